"""Writes Tests/Fixtures/tokenizers/: three small tokenizers and what the `tokenizers` package makes of many strings.

The tokenizers are trained here, on text that this script generates. Everything is seeded; a run rewrites the same bytes.

    python tools/golden/tokenizer_cases.py      # needs `tokenizers`, `transformers`, `jinja2`
"""

import json
import pathlib
import random

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from tokenizer_strings import all_strings, training_lines

TARGET = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/tokenizers"
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
          r"\s*[\r\n]+|\s+(?!\S)|\s+")
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
PLAIN_BYTES = BYTE_LEVEL | {"use_regex": False}
DIGITS = {"type": "Digits", "individual_digits": True}

CHAT = {
    "exaone": "{% for message in messages %}{% if loop.first %}{% if message.role != 'system' %}"
    "{{ '[|system|][|endofturn|]\n' }}{% endif %}{% endif %}{{ '[|' + message.role + '|]' }}{{ message.content }}"
    "{% if message.role != 'user' %}{{ '[|endofturn|]' }}{% endif %}{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '[|assistant|]' }}{% endif %}",
    "llama": "{% set day = '26 Jul 2024' %}{% set opening = '' %}{% set rest = messages %}"
    "{% if messages and messages[0].role == 'system' %}{% set opening = messages[0].content | trim %}"
    "{% set rest = messages[1:] %}{% endif %}{{ '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n' }}"
    "{{ 'Cutting Knowledge Date: December 2023\n' }}{{ 'Today Date: ' + day + '\n\n' + opening + '<|eot_id|>' }}"
    "{% for message in rest %}{{ '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' }}"
    "{{ message.content | trim }}{{ '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
}


def added(number, content, special=True, **flags):
    base = {"id": number, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": special}
    return base | flags


def exaone_added():
    tokens = [(t, True) for t in ("[PAD]", "[BOS]", "[EOS]", "[UNK]")]
    tokens += [(" " * n, False) for n in range(31, 1, -1)] + [("\t" * n, False) for n in range(9, 1, -1)]
    tokens += [("<|endoftext|>", True)]
    tokens += [(f"<|{t}|>", False) for t in ("c", "c++", "python", "java", "go", "html", "css", "sql", "rust")]
    tokens += [(f"PI:{t}", True) for t in "URL EMAIL PHONE CARD NAME DATE PLACE ID KEY USER".split()]
    tokens += [(f"[unused{i}]", True) for i in range(100)] + [(f"[extra_id_{i}]", True) for i in range(195)]
    tokens += [(f"[|{t}|]", True) for t in ("system", "tool", "assistant", "user", "endofturn")]
    assert len(tokens) == 362
    return [added(i, t, s) for i, (t, s) in enumerate(tokens)]


def train(first, merges, pre_tokenizer, normalizer, missing=()):
    """Vocabulary and merges with `first` at the lowest ids, then the letters of bytes, then `merges` merges."""
    tokenizer = Tokenizer(models.BPE())
    document = json.loads(tokenizer.to_str())
    document["normalizer"], document["pre_tokenizer"] = normalizer, pre_tokenizer
    tokenizer = Tokenizer.from_str(json.dumps(document))
    letters = [c for c in pre_tokenizers.ByteLevel.alphabet() if c not in missing]
    trainer = trainers.BpeTrainer(vocab_size=len(first) + len(letters) + merges, initial_alphabet=letters,
                                  special_tokens=[AddedToken(t, normalized=False) for t in first],
                                  show_progress=False)
    tokenizer.train_from_iterator([line for line in training_lines() if not set(line) & set("\x07\x1b")], trainer)
    return json.loads(tokenizer.to_str())["model"]


def document(model, added_tokens, normalizer, pre_tokenizer, post_processor, **changes):
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
             "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
             "vocab": model["vocab"], "merges": model["merges"]} | changes
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added_tokens,
            "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": post_processor,
            "decoder": BYTE_LEVEL, "model": model}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


def split(pattern):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def make_exaone():
    """The layout of EXAONE 3.x: added tokens lowest, NFKC, each digit alone, byte-level."""
    tokens, steps = exaone_added(), sequence(DIGITS, BYTE_LEVEL)
    model = train([t["content"] for t in tokens], 1400, steps, {"type": "NFKC"})
    return document(model, tokens, {"type": "NFKC"}, steps, PLAIN_BYTES)


def make_nfc():
    """Every flag of an added token, merges as text, an unknown token for bytes that the vocabulary lacks."""
    steps = sequence(split(r"\p{N}"), BYTE_LEVEL)
    letters = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    missing = [letters.pre_tokenize_str(c)[0][0] for c in "\x07\x1b"]
    model = train(["<unk>", "<s>", "</s>"], 600, steps, {"type": "NFC"}, missing)
    model["merges"] = [" ".join(pair) for pair in model["merges"]]
    n = len(model["vocab"])
    tokens = [added(0, "<unk>"), added(1, "<s>"), added(2, "</s>"),
              added(n, "<left>", lstrip=True), added(n + 1, "<right>", rstrip=True),
              added(n + 2, "<both>", False, lstrip=True, rstrip=True), added(n + 3, "word", False, single_word=True),
              added(n + 4, "\u1112\u1161\u11ab", False, normalized=True), added(n + 5, "A\u030angstr", True, normalized=True),
              added(n + 6, "word<s>", False), added(n + 7, "  ", False),
              added(model["vocab"]["é"], "é", False)]  # also the letter of byte 0xe9
    return document(model, tokens, {"type": "Sequence", "normalizers": [{"type": "NFC"}]}, steps, None,
                    unk_token="<unk>", fuse_unk=True)


def make_llama():
    """The layout of Llama 3: its pattern, whole pieces first, added tokens highest, a begin-of-text token."""
    steps = sequence(split(LLAMA3), PLAIN_BYTES)
    model = train([], 900, steps, None)
    # Tokens that no merge reaches, which ignore_merges nevertheless finds.
    for whole in ("Ġreachable", "12", "ìĬ¹", "Ġ!!"):
        model["vocab"].setdefault(whole, len(model["vocab"]))
    n = len(model["vocab"])
    names = ["begin_of_text", "end_of_text", "start_header_id", "end_header_id", "eom_id", "eot_id", "python_tag"]
    tokens = [added(n + i, f"<|{t}|>") for i, t in enumerate(names)]
    bos = {"SpecialToken": {"id": "<|begin_of_text|>", "type_id": 0}}
    template = {"type": "TemplateProcessing",
                "single": [bos, {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [bos, {"Sequence": {"id": "A", "type_id": 0}}, bos, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {"<|begin_of_text|>": {"id": "<|begin_of_text|>", "ids": [n],
                                                         "tokens": ["<|begin_of_text|>"]}}}
    return document(model, tokens, None, steps, {"type": "Sequence", "processors": [PLAIN_BYTES, template]},
                    ignore_merges=True)


VARIANTS = [
    ("exaone", '"normalizer":{"type":"NFKC"}', '"normalizer":null'),
    ("exaone", '"normalizer":{"type":"NFKC"}', '"normalizer":{"type":"NFD"}'),
    ("exaone", '"normalizer":{"type":"NFKC"}', '"normalizer":{"type":"NFKD"}'),
    ("exaone", '"normalizer":{"type":"NFKC"}', '"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend",'
     '"prepend":"가"},{"type":"Replace","pattern":{"String":"a "},"content":"ᄀ "},{"type":"NFC"}]}'),
    ("exaone", '"individual_digits":true', '"individual_digits":false'),
    ("exaone", '"ignore_merges":false', '"ignore_merges":true'),
    ("llama", r"\\p{N}{1,3}", r"\\p{N}"),
    ("llama", '"ignore_merges":true', '"ignore_merges":false'),
    ("nfc", '"fuse_unk":true', '"fuse_unk":false'),
    ("nfc", '"unk_token":"<unk>"', '"unk_token":null'),
]


def decoded(text):
    return bytes.fromhex(text["hex"]).decode("utf-8", errors="replace") if isinstance(text, dict) else text


def fnv(numbers, value=0xCBF29CE484222325):
    for number in numbers:
        value = (value ^ number) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def scalar_hashes(tokenizer):
    """For each 4,096 scalars the hash of the ids of a text in which each stands after a letter, a digit and a blank."""
    hashes = []
    for start in range(0, 0x110000, 4096):
        value = 0xCBF29CE484222325
        for block in range(start, start + 4096, 256):
            scalars = [chr(c) for c in range(block, block + 256) if not 0xD800 <= c < 0xE000]
            text = "".join(f"x{c}1{c} {c}{c}." for c in scalars)
            value = fnv(tokenizer.encode(text, add_special_tokens=False).ids, value)
        hashes.append(f"{value:016x}")
    return hashes


def decode_cases(tokenizer, strings, rng):
    size = tokenizer.get_vocab_size()
    lists = [[rng.randrange(size) for _ in range(rng.randrange(1, 12))] for _ in range(80)]
    for text in rng.sample(strings, 80):
        ids = tokenizer.encode(decoded(text)).ids
        lists.append(ids[rng.randrange(3):][:12])
    lists.append([0, size + 5, 1])
    return [[ids, tokenizer.decode(ids, skip_special_tokens=False), tokenizer.decode(ids, skip_special_tokens=True)]
            for ids in lists]


CONVERSATIONS = [
    [("user", "안녕하세요?")],
    [("user", "")],
    [("system", "You are EXAONE model from LG AI Research, a helpful assistant."), ("user", "Hello!")],
    [("system", ""), ("user", "  blanks  \n\n")],
    [("user", "첫 번째\n"), ("assistant", "답  "), ("user", "\t\t두 번째"), ("assistant", " 답 2 "), ("user", "끝?\n\n\n")],
    [("user", "a"), ("system", " late system "), ("user", "b\u3000\x1c")],
    [("system", "\x1f 규칙 \u2003"), ("user", "ㅋㅋㅋ ①②③ ﬁ"), ("assistant", "가\u1100\u1161\n")],
    [("user", "def f(x):\n        return x  # 8 blanks\n\n\n\tif 1234:\r\n\r\n")],
]


def chat_cases(tokenizer, name):
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, chat_template=CHAT[name])
    cases = []
    for turns in CONVERSATIONS:
        messages = [{"role": role, "content": content} for role, content in turns]
        ids = fast.apply_chat_template(messages, tokenize=True, add_generation_prompt=True, return_dict=False)
        cases.append({"messages": turns, "ids": list(ids)})
    return {"template": CHAT[name], "cases": cases}


def write(name, value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    path = TARGET / name
    path.write_text(text + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size} bytes")
    return text


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    strings = all_strings()
    write("strings.json", strings)
    files = {}
    for name, make in (("exaone", make_exaone), ("nfc", make_nfc), ("llama", make_llama)):
        files[name] = write(f"{name}.tokenizer.json", make())
        tokenizer = Tokenizer.from_str(files[name])
        plain = [tokenizer.encode(decoded(s), add_special_tokens=False).ids for s in strings]
        tokenizer.encode_special_tokens = True
        as_text = [tokenizer.encode(decoded(s), add_special_tokens=False).ids for s in strings]
        tokenizer.encode_special_tokens = False
        golden = {"ids": plain,
                  "as_text": [[i, b] for i, (a, b) in enumerate(zip(plain, as_text)) if a != b],
                  "framed": [[i, tokenizer.encode(decoded(strings[i])).ids] for i in range(0, len(strings), 131)],
                  "decoded": decode_cases(tokenizer, strings, random.Random(7)),
                  "scalars": scalar_hashes(tokenizer)}
        if name in CHAT:
            golden["chat"] = chat_cases(tokenizer, name)
        write(f"{name}.golden.json", golden)
    variants = []
    for base, old, new in VARIANTS:
        assert files[base].count(old) == 1, old
        tokenizer = Tokenizer.from_str(files[base].replace(old, new))
        indices = range(len(variants) % 7, len(strings), 41)
        ids = [[i, tokenizer.encode(decoded(strings[i]), add_special_tokens=False).ids] for i in indices]
        variants.append({"base": base, "old": old, "new": new, "ids": ids})
    write("variants.golden.json", variants)
    print(f"{len(strings)} strings")


if __name__ == "__main__":
    main()
