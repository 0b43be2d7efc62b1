"""The greedy answer of transformers' Llama to each PROMPT, as one JSON object a line.

`python greedy_transformers.py [--model FOLDER] [--max-tokens N] PROMPT...` → {"prompt", "prompt_ids", "ids", "text",
"smallest_margin"}: float32 on the CPU; `ids` with the end-of-turn token if it came, `smallest_margin` the least
distance of the best logit from the second. EXAONE 3.x computes what Llama computes: only names differ.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "kalsae-demo"
NAMES = [
  ("transformer.wte.", "model.embed_tokens."), ("transformer.h.", "model.layers."), ("transformer.ln_f.", "model.norm."),
  (".ln_1.", ".input_layernorm."), (".ln_2.", ".post_attention_layernorm."), (".attn.attention.out_proj.", ".self_attn.o_proj."),
  (".attn.attention.", ".self_attn."), (".mlp.c_fc_0.", ".mlp.gate_proj."), (".mlp.c_fc_1.", ".mlp.up_proj."),
  (".mlp.c_proj.", ".mlp.down_proj."),
]


def llama_name(name):
  for ours, theirs in NAMES:
    name = name.replace(ours, theirs)
  return name


def load(folder):
  """(model, tokenizer) of an EXAONE 3.x folder with tied embeddings."""
  values = json.loads((folder / "config.json").read_text())
  config = LlamaConfig(
    vocab_size=values["vocab_size"], hidden_size=values["hidden_size"], intermediate_size=values["intermediate_size"],
    num_hidden_layers=values["num_layers"], num_attention_heads=values["num_attention_heads"],
    num_key_value_heads=values["num_key_value_heads"], rms_norm_eps=values["layer_norm_epsilon"],
    max_position_embeddings=values["max_position_embeddings"], tie_word_embeddings=values["tie_word_embeddings"],
    rope_parameters={"rope_type": "default", "rope_theta": values["rope_theta"]},
    bos_token_id=values["bos_token_id"], eos_token_id=values["eos_token_id"], pad_token_id=values["pad_token_id"])
  model = LlamaForCausalLM(config).float().eval()
  tensors = {llama_name(name): tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
  missing, unexpected = model.load_state_dict(tensors, strict=False)
  if unexpected or set(missing) - {"lm_head.weight"}:
    raise SystemExit(f"{folder}: missing {missing}, unexpected {unexpected}")
  model.tie_weights()
  return model, PreTrainedTokenizerFast.from_pretrained(folder)


@torch.no_grad()
def greedy(model, tokenizer, prompt, limit):
  prompt_ids = tokenizer.apply_chat_template(
    [{"role": "user", "content": prompt}], add_generation_prompt=True, tokenize=True, return_dict=False)
  output = model.generate(
    torch.tensor([prompt_ids]), attention_mask=torch.ones(1, len(prompt_ids), dtype=torch.long), do_sample=False,
    max_new_tokens=limit, output_logits=True, return_dict_in_generate=True)
  ids = output.sequences[0, len(prompt_ids):].tolist()
  best = [step[0].topk(2).values for step in output.logits]
  text_ids = ids[:-1] if ids and ids[-1] == tokenizer.eos_token_id else ids
  return {"prompt": prompt, "prompt_ids": prompt_ids, "ids": ids, "text": tokenizer.decode(text_ids),
          "smallest_margin": min((top - second).item() for top, second in best)}


if __name__ == "__main__":
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--model", type=Path, default=SHIPPED)
  parser.add_argument("--max-tokens", type=int, default=96)
  parser.add_argument("prompts", nargs="+", metavar="PROMPT")
  arguments = parser.parse_args()
  loaded = load(arguments.model)
  for text in arguments.prompts:
    print(json.dumps(greedy(*loaded, text, arguments.max_tokens), ensure_ascii=False))
