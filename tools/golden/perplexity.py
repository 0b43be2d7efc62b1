"""Writes what transformers says of random texts, window by window, and how far Q8_0 weights are from it: see README.md.

    python tools/golden/perplexity.py [FOLDER]        (default: Tests/Fixtures)
"""

import json
import os
import sys

import gguf
import numpy
import torch
from gguf import GGMLQuantizationType as Type
from safetensors.torch import load_file
from transformers import LlamaForCausalLM

from random_model import configuration, exaone_name, write_json

LENGTH = 300
# Tokens of a window and from one to the next; the second half counts, or the last `stride` predictions.
WINDOWS = ((64, 64), (96, 32), (140, 140))


def exaone(folder):
    """The checkpoint of checkpoints.py, in float32."""
    with open(f"{folder}/config.json") as file:
        fields = json.load(file)
    model = LlamaForCausalLM(configuration(
        rope_theta=fields["rope_theta"], hidden_size=fields["hidden_size"], num_hidden_layers=fields["num_layers"],
        num_attention_heads=fields["num_attention_heads"], num_key_value_heads=fields["num_key_value_heads"],
        head_dim=fields["hidden_size"] // fields["num_attention_heads"], intermediate_size=fields["intermediate_size"],
        vocab_size=fields["vocab_size"], max_position_embeddings=fields["max_position_embeddings"],
        tie_word_embeddings=fields["tie_word_embeddings"], eos_token_id=fields["eos_token_id"])).eval()
    stored = load_file(f"{folder}/model.safetensors")
    for name, parameter in model.named_parameters():
        parameter.data = stored[exaone_name(name)].float()
    return model


def rounded(model):
    """Every matrix as Q8_0 holds it."""
    for parameter in model.parameters():
        if parameter.dim() == 2:
            packed = gguf.quants.quantize(parameter.detach().numpy(), Type.Q8_0)
            parameter.data = torch.from_numpy(gguf.quants.dequantize(packed, Type.Q8_0))
    return model


def scored(model, ids, length, stride):
    """Log-probabilities in float64 of the rows that count, and the tokens behind them."""
    first = length - 1 - stride if stride < length else length // 2
    rows, targets = [], []
    for start in range(0, len(ids) - length + 1, stride):
        window = ids[start:start + length]
        logits = model(torch.tensor([window]), use_cache=False).logits[0].double()
        rows.append(torch.log_softmax(logits, dim=-1)[first:-1])
        targets += window[first + 1:]
    return torch.cat(rows), torch.tensor(targets)


def entry(model, other, ids, length, stride):
    own, targets = scored(model, ids, length, stride)
    away, _ = scored(other, ids, length, stride)
    losses = -own.gather(1, targets[:, None])[:, 0]
    others = -away.gather(1, targets[:, None])[:, 0]
    divergence = (own.exp() * (own - away)).sum(dim=-1)
    perplexity = losses.mean().exp().item()
    return {
        "length": length, "stride": stride, "tokens": len(targets), "perplexity": perplexity,
        "standard_error": perplexity * losses.std().item() / len(targets)**0.5,
        "q8_0": {
            "perplexity": others.mean().exp().item(), "mean_divergence": divergence.mean().item(),
            "largest_divergence": divergence.max().item(),
            "same_top_share": (own.argmax(-1) == away.argmax(-1)).double().mean().item()}}


def main(root):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    folder = f"{root}/checkpoints/exaone-3.0"
    with torch.no_grad():
        model, other = exaone(folder), rounded(exaone(folder))
        generator = numpy.random.Generator(numpy.random.PCG64(50))
        ids = generator.integers(0, model.config.vocab_size, LENGTH).tolist()
        entries = [entry(model, other, ids, length, stride) for length, stride in WINDOWS]
    write_json(f"{root}/perplexity.golden.json", {"checkpoint": "exaone-3.0", "ids": ids, "windows": entries})
    for values in entries:
        print(values)


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    main(sys.argv[1] if len(sys.argv) > 1 else f"{here}/../../Tests/Fixtures")
