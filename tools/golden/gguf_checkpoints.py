"""Writes tiny GGUF files with what transformers computes from their weights in float32: see README.md.

    python tools/golden/gguf_checkpoints.py [FOLDER]        (default: Tests/Fixtures/checkpoints)
"""

import os
import sys

import gguf
import numpy
import torch
from gguf import GGMLQuantizationType as Type
from transformers import LlamaForCausalLM

from checkpoints import LLAMA3, golden
from random_model import configuration, random_model, write_json

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../bench"))
import make_gguf

OUTER_NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
LAYER_NAMES = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def gguf_name(name):
    name = name.removesuffix(".weight")
    if name in OUTER_NAMES:
        return OUTER_NAMES[name] + ".weight"
    _, _, layer, *inner = name.split(".")
    return f"blk.{layer}.{LAYER_NAMES['.'.join(inner)]}.weight"


def exaone(path):
    """The mixture of Q4_K and Q6_K that published files have, written by tools/bench/make_gguf.py."""
    size = make_gguf.SIZES["mini"]
    make_gguf.write(path, size, "q4_k_m", seed=41)
    tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    model = LlamaForCausalLM(configuration(
        rope_theta=500000.0, hidden_size=size["hidden"], num_hidden_layers=size["layers"],
        num_attention_heads=size["heads"], num_key_value_heads=size["kv_heads"], head_dim=size["head"],
        intermediate_size=size["ffn"], vocab_size=size["vocabulary"], max_position_embeddings=size["context"],
        tie_word_embeddings=False, eos_token_id=make_gguf.END_OF_TURN)).eval()
    for name, parameter in model.named_parameters():
        tensor = tensors[gguf_name(name)]
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32)
        parameter.data = torch.from_numpy(values.reshape(parameter.shape))
    return model


def neighbouring_pairs(values, heads):
    """Rows as llama.cpp wants them of Llama: the two rows of a head that rotate together side by side."""
    rows, columns = values.shape
    return values.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def llama_type(name):
    """Another storage for each part of what is one matrix in a program, and one for each kind of conversion."""
    part = name.split(".")[-2]
    kinds = {"attn_q": Type.Q8_0, "attn_k": Type.F16, "attn_v": Type.Q4_0, "token_embd": Type.BF16, "ffn_up": Type.Q4_0}
    return Type.F32 if part.endswith("norm") else kinds.get(part, Type.Q8_0)


def llama(path):
    """Tied head, permuted rows of queries and keys, llama3 frequencies as divisors, no tokenizer."""
    scaling = {**LLAMA3, "original_max_position_embeddings": 64}
    config = configuration(
        rope_theta=10000.0, rope_scaling=scaling, hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=32, intermediate_size=96, vocab_size=512, max_position_embeddings=512,
        tie_word_embeddings=True, eos_token_id=7)
    model = random_model(config, 42, lambda _: torch.float32)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(512)
    writer.add_embedding_length(64)
    writer.add_block_count(2)
    writer.add_feed_forward_length(96)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_key_length(32)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(10000.0)
    writer.add_eos_token_id(7)
    writer.add_eot_token_id(9)
    for name, parameter in model.named_parameters():
        kind = llama_type(gguf_name(name))
        stored = gguf.quants.quantize(parameter.detach().numpy(), kind)
        values = gguf.quants.dequantize(stored, kind).astype(numpy.float32)
        parameter.data = torch.from_numpy(values.reshape(parameter.shape))
        heads = {"q_proj": 4, "k_proj": 2}.get(name.split(".")[-2])
        if heads:
            stored = gguf.quants.quantize(neighbouring_pairs(values, heads), kind)
        writer.add_tensor(gguf_name(name), stored, raw_dtype=kind)
    exponents = torch.arange(0, 32, 2, dtype=torch.float32) / 32
    divisors = 1 / 10000.0**exponents / model.model.rotary_emb.inv_freq
    writer.add_tensor("rope_freqs.weight", divisors.numpy().astype(numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return model


def main(root):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for seed, (name, write) in enumerate({"exaone-q4_k_m": exaone, "llama-mixed": llama}.items(), start=110):
        os.makedirs(f"{root}/{name}", exist_ok=True)
        model = write(f"{root}/{name}/model.gguf")
        with torch.no_grad():
            values = golden(model, seed)
        write_json(f"{root}/{name}/golden.json", values)
        margins = sorted(margin for run in values["greedy"] for margin in run["margins"])
        print(f"{name}: leads of greedy ids {margins[0]:.4f} to {margins[-1]:.4f}")


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    main(sys.argv[1] if len(sys.argv) > 1 else f"{here}/../../Tests/Fixtures/checkpoints")
