"""Trains the byte-level BPE tokenizer on sentences of the grammar and writes it as EXAONE 3.x lays it out.

`python tokenizer.py FOLDER` writes tokenizer.json and tokenizer_config.json. Ids: 0-361 added tokens, 362-617 the byte
symbols, then one id for each merge.
"""

import json
import random
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

import heldout
import tasks

VOCABULARY = 2496
PAD, BOS, END_OF_TURN = 0, 1, 361

# The chat format of EXAONE 3.0: an empty system turn if there is none; no end-of-turn token after a user's text.
CHAT_TEMPLATE = (
  "{% for message in messages %}{% if loop.first %}{% if message.role != 'system' %}"
  "{{ '[|system|][|endofturn|]\\n' }}{% endif %}{% endif %}{{ '[|' + message.role + '|]' }}{{ message.content }}"
  "{% if message.role != 'user' %}{{ '[|endofturn|]' }}{% endif %}{{ '\\n' }}{% endfor %}"
  "{% if add_generation_prompt %}{{ '[|assistant|]' }}{% endif %}"
)


def added_tokens():
  """The 362 added tokens in the order of their ids, each with whether it is a special token."""
  tokens = [(text, True) for text in ("[PAD]", "[BOS]", "[EOS]", "[UNK]")]
  tokens += [(" " * count, False) for count in range(31, 1, -1)]
  tokens += [("\t" * count, False) for count in range(9, 1, -1)]
  tokens += [("<|endoftext|>", True)]
  tokens += [(f"[reserved_{index}]", True) for index in range(19)]
  tokens += [(f"[unused{index}]", True) for index in range(100)]
  tokens += [(f"[extra_id_{index}]", True) for index in range(189)]
  tokens += [(text, False) for text in (
    "</tool_call>", "<tool_call>", "</tool_result>", "<tool_result>", "</think>", "<think>")]
  return tokens + [(text, True) for text in ("[|system|]", "[|tool|]", "[|assistant|]", "[|user|]", "[|endofturn|]")]


def prepared(tokenizer):
  tokenizer.normalizer = normalizers.NFKC()
  tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
  tokenizer.decoder = decoders.ByteLevel()
  return tokenizer


def corpus(count, seed=7):
  """Texts for counting pairs: prompts and answers of `count` conversations, without tool tags, plus all fixed texts."""
  rng, is_held_out = random.Random(seed), heldout.test()
  for _ in range(count):
    system, exchanges = tasks.conversation(rng, is_held_out)
    if system:
      yield system
    for exchange in exchanges:
      yield exchange.prompt + "\n"
      yield exchange.answer.replace("<tool_call>", "").replace("</tool_call>", "")


def train():
  added = added_tokens()
  learner = prepared(Tokenizer(models.BPE()))
  learner.train_from_iterator(corpus(120_000), trainers.BpeTrainer(
    vocab_size=VOCABULARY, special_tokens=[text for text, _ in added], show_progress=False,
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
  model = json.loads(learner.to_str())["model"]
  tokenizer = prepared(Tokenizer(models.BPE(vocab=model["vocab"], merges=[tuple(pair) for pair in model["merges"]])))
  for text, special in added:
    token = AddedToken(text, normalized=False, special=special)
    tokenizer.add_special_tokens([token]) if special else tokenizer.add_tokens([token])
  assert tokenizer.get_vocab_size() == VOCABULARY
  assert [tokenizer.token_to_id(text) for text, _ in added] == list(range(362))
  assert tokenizer.token_to_id("!") == 362
  return tokenizer


def write(tokenizer, folder):
  folder.mkdir(parents=True, exist_ok=True)
  tokenizer.save(str(folder / "tokenizer.json"))
  config = {
    "add_bos_token": False, "add_eos_token": False, "bos_token": "[BOS]", "eos_token": "[|endofturn|]", "pad_token": "[PAD]",
    "unk_token": "[UNK]", "chat_template": CHAT_TEMPLATE, "clean_up_tokenization_spaces": False, "model_max_length": 1024,
    "tokenizer_class": "PreTrainedTokenizerFast",
  }
  (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def prompt_text(exchanges, system=None):
  """The chat format for a question: all turns, then the opening of the model's answer."""
  text = f"[|system|]{system or ''}[|endofturn|]\n"
  for prompt, answer in exchanges:
    text += f"[|user|]{prompt}\n[|assistant|]" + (f"{answer}[|endofturn|]\n" if answer is not None else "")
  return text


if __name__ == "__main__":
  write(train(), Path(sys.argv[1]))
