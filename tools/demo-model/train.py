"""Trains the demo model: `python train.py TOKENIZER_FOLDER WORK_FOLDER --minutes 60`.

The schedule follows the clock: warm-up, then cosine to zero at the end of the given minutes. Each checkpoint is
WORK_FOLDER/checkpoint.pt; `--resume` goes on from it. Batches are seeded; the number of steps depends on the machine.
"""

import argparse
import math
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn import functional as F

import heldout
from check import exact_answers
from model import Config, Exaone
from muon import Muon
from rows import Rows
from tokenizer import VOCABULARY

MATRIX_RATE, OTHER_RATE, WARM_UP = 0.02, 3e-3, 0.01


def optimizers(model):
  """Muon for the matrices of the layers, AdamW for the embedding and the norms."""
  matrices = [p for name, p in model.named_parameters() if p.dim() == 2 and "wte" not in name]
  others = [p for name, p in model.named_parameters() if p.dim() != 2 or "wte" in name]
  return [Muon(matrices, rate=MATRIX_RATE), torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.95), weight_decay=0.0)]


def loss_of(model, hidden, batch):
  ids, targets, weights, mask = batch
  with torch.autocast("cpu", dtype=torch.bfloat16):
    states = hidden(ids, mask)
    chosen = weights > 0
    logits = model.logits(states[chosen])
  losses = F.cross_entropy(logits.float(), targets[chosen], reduction="none")
  return (losses * weights[chosen]).sum() / weights[chosen].sum()


def save(path, model, steps, seconds, opts):
  state = {"config": model.config.to_json(), "model": model.state_dict(), "steps": steps, "seconds": seconds,
           "optimizers": [opt.state_dict() for opt in opts]}
  torch.save(state, path.with_suffix(".new"))
  path.with_suffix(".new").rename(path)


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("tokenizer", type=Path)
  parser.add_argument("work", type=Path)
  parser.add_argument("--minutes", type=float, default=60)
  parser.add_argument("--threads", type=int, default=1)
  parser.add_argument("--rows", type=int, default=24)
  parser.add_argument("--length", type=int, default=128)
  parser.add_argument("--save-every", type=float, default=4, metavar="MINUTES")
  parser.add_argument("--seed", type=int, default=1)
  parser.add_argument("--compile", action="store_true", help="fuse the steps of the network with torch.compile")
  parser.add_argument("--resume", action="store_true")
  args = parser.parse_args()
  torch.set_num_threads(args.threads)
  torch.manual_seed(args.seed)
  args.work.mkdir(parents=True, exist_ok=True)
  tokenizer = Tokenizer.from_file(str(args.tokenizer / "tokenizer.json"))
  model = Exaone(Config(VOCABULARY)).initialize()
  opts = optimizers(model)
  steps, spent, path = 0, 0.0, args.work / "checkpoint.pt"
  if args.resume and path.exists():
    state = torch.load(path)
    model.load_state_dict(state["model"])
    for opt, saved in zip(opts, state["optimizers"]):
      opt.load_state_dict(saved)
    steps, spent = state["steps"], state["seconds"]
  rows = Rows(tokenizer, heldout.test(), args.rows, args.length, f"{args.seed} {steps}")
  # Compiled, a step takes a quarter less time; needs a C++ compiler.
  hidden = torch.compile(model.hidden, dynamic=False) if args.compile else model.hidden
  print(sum(p.numel() for p in model.parameters()), "parameters", flush=True)
  budget, started, saved, mean = args.minutes * 60, time.monotonic() - spent, spent, None
  while (seconds := time.monotonic() - started) < budget:
    part = seconds / budget
    factor = min(1.0, part / WARM_UP + 0.01) * (0.5 + 0.5 * math.cos(math.pi * part))
    for opt, rate in zip(opts, (MATRIX_RATE, OTHER_RATE)):
      opt.param_groups[0]["lr"] = rate * factor
    # Sums are learned slowest: much of the first part, less in the end.
    rows.sums = 70 if part < 0.7 else 18
    loss = loss_of(model, hidden, rows.batch())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for opt in opts:
      opt.step()
      opt.zero_grad(set_to_none=True)
    steps += 1
    mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
    if steps % 50 == 0:
      print(f"{seconds:6.0f} s  step {steps}  loss {mean:.4f}", flush=True)
    if seconds - saved > args.save_every * 60:
      saved = seconds
      save(path, model, steps, seconds, opts)
      print(exact_answers(model, tokenizer, every=5), flush=True)
  save(path, model, steps, budget, opts)
  print(exact_answers(model, tokenizer, every=1), flush=True)


if __name__ == "__main__":
  main()
