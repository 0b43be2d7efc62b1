"""Exact answers in torch, without the runtime: `python check.py MODEL_FOLDER` on all of evaluation.jsonl."""

import json
import sys
from collections import Counter
from pathlib import Path

import torch
from tokenizers import Tokenizer

import heldout
from model import Config, Exaone, answer
from tokenizer import prompt_text


def exact_answers(model, tokenizer, every=1, wrong=None):
  """A line for each kind: exact answers of questions; `every` n-th question only. Wrong ones go into the list `wrong`."""
  lines = [json.loads(line) for line in heldout.PATH.read_text(encoding="utf-8").splitlines()][::every]
  answers = answer(model, tokenizer, [prompt_text([(line["prompt"], None)]) for line in lines])
  right, asked = Counter(), Counter()
  for line, given in zip(lines, answers):
    for kind in (line["kind"], "all"):
      asked[kind] += 1
      right[kind] += given == line["answer"]
    if wrong is not None and given != line["answer"]:
      wrong.append((line["prompt"], line["answer"], given))
  return "\n".join(f"  {kind:24} {right[kind]:4} of {asked[kind]:4}  {100 * right[kind] / asked[kind]:6.1f} %" for kind in asked)


def load(folder):
  """The shipped model, its bf16 weights in float32."""
  from safetensors.torch import load_file
  model = Exaone(Config.from_json((folder / "config.json").read_text()))
  model.load_state_dict({name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()})
  return model.eval()


if __name__ == "__main__":
  folder, wrong = Path(sys.argv[1]), []
  print(exact_answers(load(folder), Tokenizer.from_file(str(folder / "tokenizer.json")), wrong=wrong))
  for prompt, right_answer, given in wrong:
    print(f"{prompt!r}\n    right {right_answer!r}\n    given {given!r}")
