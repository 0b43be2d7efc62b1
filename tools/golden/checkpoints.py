"""Writes tiny random checkpoints with what transformers computes from them in float32: see README.md.

    python tools/golden/checkpoints.py [FOLDER]        (default: Tests/Fixtures/checkpoints)
"""

import base64
import sys

import numpy
import torch

from random_model import (
    configuration, exaone_configuration, exaone_name, random_model, stored_tensors, write_checkpoint, write_json)

PROMPT_LENGTHS = (1, 7, 64, 65, 130)
GREEDY_LENGTHS = (7, 65)
GREEDY_COUNT = 32
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}


def encoded(tensor):
    """Little-endian float32 in base64."""
    return base64.b64encode(tensor.detach().numpy().astype("<f4").tobytes()).decode()


def last_rows(model, ids):
    """Logits of the last position, and that position's row after the embedding and after each layer."""
    rows = []
    hooks = [model.model.embed_tokens.register_forward_hook(lambda _, __, output: rows.append(output[0, -1]))]
    for layer in model.model.layers:
        hooks.append(layer.register_forward_hook(
            lambda _, __, output: rows.append((output[0] if isinstance(output, tuple) else output)[0, -1])))
    logits = model(torch.tensor([ids]), use_cache=False).logits[0, -1]
    for hook in hooks:
        hook.remove()
    return logits, rows


def greedy(model, prompt):
    """Greedy ids, each computed from the whole text, with the lead of the largest logit over the second."""
    ids, chosen, margins = list(prompt), [], []
    for _ in range(GREEDY_COUNT):
        logits, _ = last_rows(model, ids)
        top = torch.topk(logits, 2)
        chosen.append(top.indices[0].item())
        margins.append(round((top.values[0] - top.values[1]).item(), 6))
        ids.append(chosen[-1])
    return {"ids": list(prompt), "generated": chosen, "margins": margins}


def golden(model, seed):
    generator = numpy.random.Generator(numpy.random.PCG64(seed + 1))
    vocabulary = model.config.vocab_size
    prompts = {length: generator.integers(0, vocabulary, length).tolist() for length in PROMPT_LENGTHS}
    entries = []
    for length, ids in prompts.items():
        logits, rows = last_rows(model, ids)
        entry = {"ids": ids, "logits": encoded(logits)}
        if length == 65:
            entry["hidden"] = [encoded(row) for row in rows]
        entries.append(entry)
    return {"seed": seed, "prompts": entries, "greedy": [greedy(model, prompts[length]) for length in GREEDY_LENGTHS]}


def bfloat16(_):
    return torch.bfloat16


def exaone(folder, seed, *, rope_theta, rope_scaling=None, **sizes):
    config = configuration(rope_theta=rope_theta, rope_scaling=rope_scaling, **sizes)
    model = random_model(config, seed, bfloat16)
    fields = exaone_configuration(config, rope_theta, rope_scaling)
    write_checkpoint(folder, stored_tensors(model, exaone_name, bfloat16), fields, sizes["eos_token_id"])
    return model


def llama(folder, seed, *, rope_theta, rope_scaling, **sizes):
    """In two files, the first in float16, the second in float32; config.json as transformers 5 writes it."""
    config = configuration(rope_theta=rope_theta, rope_scaling=rope_scaling, **sizes)

    def shard(name):
        return 0 if "embed_tokens" in name or ".layers.0." in name else 1

    def storage(name):
        return (torch.float16, torch.float32)[shard(name)]

    model = random_model(config, seed, storage)
    fields = {key: value for key, value in config.to_dict().items() if not key.startswith("_")}
    fields.pop("transformers_version", None)
    fields["architectures"] = ["LlamaForCausalLM"]
    write_checkpoint(
        folder, stored_tensors(model, lambda name: name, storage), fields, sizes["eos_token_id"], shards=shard)
    return model


def main(root):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    models = {
        "exaone-3.0": exaone(
            f"{root}/exaone-3.0", 30, rope_theta=500000.0, hidden_size=96, num_hidden_layers=2, num_attention_heads=3,
            num_key_value_heads=1, head_dim=32, intermediate_size=128, vocab_size=640, max_position_embeddings=4096,
            tie_word_embeddings=False, eos_token_id=361),
        "exaone-3.5-tied": exaone(
            f"{root}/exaone-3.5-tied", 38, rope_theta=10000.0,
            rope_scaling={**LLAMA3, "original_max_position_embeddings": 64}, hidden_size=60, num_hidden_layers=3,
            num_attention_heads=4, num_key_value_heads=2, head_dim=20, intermediate_size=108, vocab_size=512,
            max_position_embeddings=512, tie_word_embeddings=True, eos_token_id=361),
        "llama-3.1": llama(
            f"{root}/llama-3.1", 31, rope_theta=500000.0,
            rope_scaling={**LLAMA3, "original_max_position_embeddings": 128}, hidden_size=64, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=2, head_dim=16, intermediate_size=80, vocab_size=512,
            max_position_embeddings=1024, tie_word_embeddings=False, eos_token_id=[501, 508, 509]),
    }
    for seed, (name, model) in enumerate(models.items(), start=100):
        with torch.no_grad():
            values = golden(model, seed)
        write_json(f"{root}/{name}/golden.json", values)
        margins = [margin for run in values["greedy"] for margin in run["margins"]]
        logits = numpy.frombuffer(base64.b64decode(values["prompts"][-1]["logits"]), "<f4")
        print(
            f"{name}: logits {logits.min():.2f} … {logits.max():.2f}, "
            f"{sum(margin > 0.02 for margin in margins)} of {len(margins)} greedy margins above 0.02, "
            f"{len(set(values['greedy'][0]['generated']))} distinct ids")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "Tests/Fixtures/checkpoints")
