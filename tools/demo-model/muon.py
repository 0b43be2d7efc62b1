"""The Muon optimizer: momentum whose matrices are made orthogonal by Newton-Schulz steps before they are applied."""

import torch


def orthogonal(matrices, steps=5):
  """Near-orthogonal versions of a batch of matrices [count, rows, columns]."""
  x = (matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
  tall = x.shape[1] > x.shape[2]
  x = x.transpose(1, 2) if tall else x
  for _ in range(steps):
    square = x @ x.transpose(1, 2)
    x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
  return (x.transpose(1, 2) if tall else x).float()


class Muon(torch.optim.Optimizer):
  def __init__(self, parameters, rate, momentum=0.95, decay=0.01):
    super().__init__(parameters, {"lr": rate, "momentum": momentum, "decay": decay})

  @torch.no_grad()
  def step(self):
    for group in self.param_groups:
      shapes = {}
      for parameter in group["params"]:
        state = self.state[parameter]
        mean = state.setdefault("mean", torch.zeros_like(parameter))
        mean.lerp_(parameter.grad, 1 - group["momentum"])
        shapes.setdefault(parameter.shape, []).append((parameter, parameter.grad.lerp(mean, group["momentum"])))
      for (rows, columns), members in shapes.items():
        updates = orthogonal(torch.stack([update for _, update in members]))
        scale = group["lr"] * max(1, rows / columns) ** 0.5
        for (parameter, _), update in zip(members, updates):
          parameter.mul_(1 - group["lr"] * group["decay"]).add_(update, alpha=-scale)
