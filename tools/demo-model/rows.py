"""Packs conversations into rows of equal length for training."""

import random

import torch

import tasks
from tokenizer import END_OF_TURN, PAD, prompt_text

ASSISTANT = 359
# Sums have short answers but are the hardest part: their tokens count more.
WEIGHTS = {"addition": 3.0, "subtraction": 4.0}


def encode(tokenizer, conversations):
  """For each conversation its ids and, for each id, the weight of predicting it (0 outside answers)."""
  texts = [prompt_text([(e.prompt, e.answer) for e in exchanges], system) for system, exchanges in conversations]
  result = []
  for (_, exchanges), encoding in zip(conversations, tokenizer.encode_batch(texts)):
    ids, weights, inside, turn = encoding.ids, [], 0.0, 0
    for token in ids:
      weights.append(inside)
      if token == ASSISTANT:
        inside, turn = WEIGHTS.get(exchanges[turn].kind, 1.0), turn + 1
      elif token == END_OF_TURN:
        inside = 0.0
    result.append((ids, weights))
  return result


class Rows:
  """An endless supply of batches: ids, targets, target weights and the mask that keeps conversations apart."""

  def __init__(self, tokenizer, is_held_out, count, length, seed):
    self.tokenizer, self.is_held_out, self.count, self.length = tokenizer, is_held_out, count, length
    self.rng, self.waiting, self.sums = random.Random(seed), [], 28

  def fill(self):
    """Rows of whole conversations, put together first-fit; what does not fit waits for the next batch."""
    rows, space = [[] for _ in range(self.count)], [self.length + 1] * self.count
    while True:
      if not self.waiting:
        fresh = [tasks.conversation(self.rng, self.is_held_out, self.sums) for _ in range(256)]
        self.waiting = [item for item in encode(self.tokenizer, fresh) if len(item[0]) <= self.length]
      item = self.waiting[-1]
      fit = next((index for index in range(self.count) if space[index] >= len(item[0])), None)
      if fit is None:
        return rows
      rows[fit].append(self.waiting.pop())
      space[fit] -= len(item[0])

  def batch(self):
    shape = (self.count, self.length + 1)
    ids = torch.full(shape, PAD)
    weights, owner = torch.zeros(shape), torch.zeros(shape, dtype=torch.long)
    for index, row in enumerate(self.fill()):
      start = 0
      for number, (tokens, token_weights) in enumerate(row):
        end = start + len(tokens)
        ids[index, start:end] = torch.tensor(tokens)
        weights[index, start:end] = torch.tensor(token_weights)
        owner[index, start:] = number + 1
        start = end
    owner = owner[:, :-1]
    mask = (owner[:, :, None] == owner[:, None, :]) & torch.ones(self.length, self.length, dtype=torch.bool).tril()
    return ids[:, :-1], ids[:, 1:], weights[:, 1:], mask[:, None]
