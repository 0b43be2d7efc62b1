"""The EXAONE 3.x decoder in plain torch; the names of its modules are the tensor names of the checkpoint format."""

import json
from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class Config:
  vocab_size: int
  hidden_size: int = 256
  num_layers: int = 5
  num_attention_heads: int = 8
  num_key_value_heads: int = 2
  intermediate_size: int = 512
  layer_norm_epsilon: float = 1e-5
  rope_theta: float = 500000.0
  max_position_embeddings: int = 1024

  @property
  def head_size(self):
    return self.hidden_size // self.num_attention_heads

  def to_json(self):
    """The text of config.json."""
    return json.dumps({
      "architectures": ["ExaoneForCausalLM"], "model_type": "exaone", **asdict(self), "activation_function": "silu",
      "attention_dropout": 0.0, "embed_dropout": 0.0, "rope_scaling": None, "tie_word_embeddings": True, "use_cache": True,
      "bos_token_id": 1, "eos_token_id": 361, "pad_token_id": 0, "initializer_range": 0.02, "torch_dtype": "bfloat16",
    }, indent=2) + "\n"

  @staticmethod
  def from_json(text):
    values = json.loads(text)
    return Config(**{name: values[name] for name in Config.__dataclass_fields__})


class RMSNorm(nn.Module):
  def __init__(self, size, epsilon):
    super().__init__()
    self.weight, self.epsilon = nn.Parameter(torch.ones(size)), epsilon

  def forward(self, x):
    return F.rms_norm(x, self.weight.shape, self.weight, self.epsilon)


def rotate(x, cosine, sine):
  """RoPE on halves: element i turns together with element i + size/2."""
  first, second = x.chunk(2, dim=-1)
  return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)


class Attention(nn.Module):
  def __init__(self, config):
    super().__init__()
    self.heads, self.pairs, self.size = config.num_attention_heads, config.num_key_value_heads, config.head_size
    self.q_proj = nn.Linear(config.hidden_size, self.heads * self.size, bias=False)
    self.k_proj = nn.Linear(config.hidden_size, self.pairs * self.size, bias=False)
    self.v_proj = nn.Linear(config.hidden_size, self.pairs * self.size, bias=False)
    self.out_proj = nn.Linear(self.heads * self.size, config.hidden_size, bias=False)

  def forward(self, x, cosine, sine, mask):
    batch, length, _ = x.shape
    q = self.q_proj(x).view(batch, length, self.heads, self.size).transpose(1, 2)
    k = self.k_proj(x).view(batch, length, self.pairs, self.size).transpose(1, 2)
    v = self.v_proj(x).view(batch, length, self.pairs, self.size).transpose(1, 2)
    q, k = rotate(q, cosine, sine), rotate(k, cosine, sine)
    share = self.heads // self.pairs
    k, v = k.repeat_interleave(share, dim=1), v.repeat_interleave(share, dim=1)
    # In float32 also when training multiplies in bf16: torch's bf16 attention gradient is three times slower on a CPU.
    with torch.autocast("cpu", enabled=False):
      y = F.scaled_dot_product_attention(q.float(), k.float(), v.float(), attn_mask=mask, is_causal=mask is None)
    return self.out_proj(y.transpose(1, 2).reshape(batch, length, -1))


class MLP(nn.Module):
  def __init__(self, config):
    super().__init__()
    self.c_fc_0 = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
    self.c_fc_1 = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
    self.c_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

  def forward(self, x):
    return self.c_proj(F.silu(self.c_fc_0(x)) * self.c_fc_1(x))


class Layer(nn.Module):
  def __init__(self, config):
    super().__init__()
    self.ln_1 = RMSNorm(config.hidden_size, config.layer_norm_epsilon)
    self.attn = nn.ModuleDict({"attention": Attention(config)})
    self.ln_2 = RMSNorm(config.hidden_size, config.layer_norm_epsilon)
    self.mlp = MLP(config)

  def forward(self, x, cosine, sine, mask):
    x = x + self.attn["attention"](self.ln_1(x), cosine, sine, mask)
    return x + self.mlp(self.ln_2(x))


class Exaone(nn.Module):
  """The model with tied embeddings; its state dict has exactly the tensors of a checkpoint."""

  def __init__(self, config):
    super().__init__()
    self.config = config
    self.transformer = nn.ModuleDict({
      "wte": nn.Embedding(config.vocab_size, config.hidden_size),
      "h": nn.ModuleList([Layer(config) for _ in range(config.num_layers)]),
      "ln_f": RMSNorm(config.hidden_size, config.layer_norm_epsilon),
    })
    frequencies = config.rope_theta ** (-torch.arange(0, config.head_size, 2, dtype=torch.float32) / config.head_size)
    angles = torch.outer(torch.arange(config.max_position_embeddings, dtype=torch.float32), frequencies)
    self.register_buffer("cosine", angles.cos(), persistent=False)
    self.register_buffer("sine", angles.sin(), persistent=False)

  def initialize(self):
    """Random weights: normal, 0.02, the projections into the residual stream smaller by depth."""
    for name, parameter in self.named_parameters():
      if parameter.dim() == 2:
        deep = name.endswith(("out_proj.weight", "c_proj.weight"))
        nn.init.normal_(parameter, std=0.02 / (2 * self.config.num_layers) ** 0.5 if deep else 0.02)
    return self

  def hidden(self, ids, mask=None):
    """Normalized states [batch, length, hidden] of ids [batch, length]; `mask` is true where a query sees a key."""
    cosine, sine = self.cosine[: ids.shape[1]], self.sine[: ids.shape[1]]
    x = self.transformer["wte"](ids)
    for layer in self.transformer["h"]:
      x = layer(x, cosine, sine, mask)
    return self.transformer["ln_f"](x)

  def logits(self, states):
    return F.linear(states, self.transformer["wte"].weight)


@torch.no_grad()
def answer(model, tokenizer, texts, limit=96, end=361):
  """Greedy answers to chat texts of equal or different length, one batch for each length."""
  answers, groups = {}, {}
  for index, text in enumerate(texts):
    ids = tokenizer.encode(text).ids
    groups.setdefault(len(ids), []).append((index, ids))
  for members in groups.values():
    ids = torch.tensor([ids for _, ids in members])
    start, done = ids.shape[1], torch.zeros(len(members), dtype=torch.bool)
    while not done.all() and ids.shape[1] - start < limit:
      following = model.logits(model.hidden(ids)[:, -1]).argmax(-1)
      done |= following == end
      ids = torch.cat((ids, following[:, None]), dim=1)
    for (index, _), row in zip(members, ids[:, start:].tolist()):
      answers[index] = row[: row.index(end)] if end in row else row
  return [tokenizer.decode(answers[index], skip_special_tokens=False) for index in range(len(texts))]
