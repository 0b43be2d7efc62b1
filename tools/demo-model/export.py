"""Writes a checkpoint of training as a model folder: `python export.py WORK_FOLDER TOKENIZER_FOLDER MODEL_FOLDER`.

Weights are rounded to bfloat16; the embedding is tied, so there is no lm_head tensor.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file


def main():
  work, tokenizer, folder = (Path(argument) for argument in sys.argv[1:4])
  folder.mkdir(parents=True, exist_ok=True)
  state = torch.load(work / "checkpoint.pt")
  tensors = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in state["model"].items()}
  save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
  (folder / "model.safetensors").chmod(0o644)
  (folder / "config.json").write_text(state["config"])
  generation = {"bos_token_id": 1, "eos_token_id": 361, "pad_token_id": 0}
  (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
  for name in ("tokenizer.json", "tokenizer_config.json"):
    if tokenizer.resolve() != folder.resolve():
      shutil.copyfile(tokenizer / name, folder / name)
  count = sum(tensor.numel() for tensor in tensors.values())
  print(f"{count} parameters after {state['steps']} steps and {state['seconds'] / 60:.0f} minutes in {folder}")


if __name__ == "__main__":
  main()
