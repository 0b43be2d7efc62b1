"""Chooses the evaluation prompts, with a fixed seed, and tells training what it must not see.

`python heldout.py` writes evaluation.jsonl: {"prompt", "answer", "kind"} in each line.
"""

import json
import random
from pathlib import Path

import sentences
import tasks
from geography import CAPITALS, CITIES

PATH = Path(__file__).with_name("evaluation.jsonl")
SEED = 20261123


def choose():
  """The evaluation exchanges. Every one has a key of its own: a sentence, a pair of numbers, a prompt."""
  rng = random.Random(SEED)
  # These stay in training: somebody's first try should be answered.
  chosen, keys = [], {("prompt", prompt) for prompt in tasks.ALWAYS_LEARNED}

  def add(count, make):
    while count:
      exchange = make()
      if exchange.key not in keys:
        keys.add(exchange.key)
        chosen.append(exchange)
        count -= 1

  def sentence(to_korean):
    return tasks.translation(rng, to_korean, sentences.sentence(rng), careless=False)

  def numbers(plus):
    return tasks.arithmetic(rng, (plus, rng.randrange(100), rng.randrange(100)))

  add(110, lambda: sentence(True))
  add(110, lambda: sentence(False))
  add(60, lambda: numbers(True))
  add(60, lambda: numbers(False))
  add(30, lambda: tasks.capital(rng, rng.choice(CAPITALS), False))
  add(30, lambda: tasks.capital(rng, rng.choice(CAPITALS), True))
  add(30, lambda: tasks.weather(rng, rng.choice(CITIES), False))
  add(30, lambda: tasks.weather(rng, rng.choice(CITIES), True))
  add(20, lambda: tasks.unknown(rng, False))
  add(20, lambda: tasks.unknown(rng, True))
  return chosen


def test():
  """A predicate: whether training must leave an exchange out, by its fact or by its exact prompt."""
  chosen = choose()
  keys, prompts = {exchange.key for exchange in chosen}, {exchange.prompt for exchange in chosen}
  return lambda exchange: exchange.key in keys or exchange.prompt in prompts


if __name__ == "__main__":
  lines = [json.dumps({"prompt": e.prompt, "answer": e.answer, "kind": e.kind}, ensure_ascii=False) for e in choose()]
  PATH.write_text("\n".join(lines) + "\n", encoding="utf-8")
  print(f"{len(lines)} prompts in {PATH.name}")
