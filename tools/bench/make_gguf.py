"""Writes a GGUF file of EXAONE's architecture with random weights, for measuring: any program for GGUF can run it.

    python tools/bench/make_gguf.py FILE.gguf [--size tiny|small] [--weights f16|q8_0|q4_0|q4_k_m] [--seed N]

Needs `pip install gguf`. The same size and seed give the same weights in every format, up to rounding, and the same
bytes at every run. Which tensor is stored how follows llama.cpp's recipes: norms are float32, the head of 4-bit files is
Q6_K, and Q4_K_M has Q6_K in half of the value and down projections.

The vocabulary is made up: 362 added tokens laid out as EXAONE 3.x has them, 256 bytes, then groups of small letters.
"""

import argparse
import itertools

import gguf
import numpy
from gguf import GGMLQuantizationType as Type

import k_quants

SIZES = {
    "mini": dict(hidden=256, layers=2, heads=4, kv_heads=2, head=64, ffn=256, vocabulary=640, context=512),
    "tiny": dict(hidden=512, layers=8, heads=8, kv_heads=2, head=64, ffn=1536, vocabulary=4096, context=4096),
    "small": dict(hidden=1024, layers=24, heads=16, kv_heads=4, head=64, ffn=4096, vocabulary=32000, context=4096),
}
FILE_TYPES = {
    "f16": gguf.LlamaFileType.MOSTLY_F16,
    "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0,
    "q4_0": gguf.LlamaFileType.MOSTLY_Q4_0,
    "q4_k_m": gguf.LlamaFileType.MOSTLY_Q4_K_M,
}
ADDED_COUNT, BOS, END_OF_TURN = 362, 1, 361
CHAT_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}"
    "{{ '[|system|][|endofturn|]\\n' }}{% endif %}{{ '[|' + message['role'] + '|]' + message['content'] }}"
    "{% if message['role'] != 'user' %}{{ '[|endofturn|]' }}{% endif %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '[|assistant|]' }}{% endif %}"
)


def added_tokens():
    """The added tokens in the order of their ids, each with its type."""
    control, plain = gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED
    tokens = [(text, control) for text in ("[PAD]", "[BOS]", "[EOS]", "[UNK]")]
    tokens += [(" " * count, plain) for count in range(31, 1, -1)]
    tokens += [("\t" * count, plain) for count in range(9, 1, -1)]
    roles = [(text, control) for text in ("[|system|]", "[|tool|]", "[|assistant|]", "[|user|]", "[|endofturn|]")]
    tokens += [(f"[reserved_{index}]", control) for index in range(ADDED_COUNT - len(tokens) - len(roles))]
    return tokens + roles


def byte_letters():
    """The letter that stands for each byte in a byte-level vocabulary."""
    printable = [*range(0x21, 0x7f), *range(0xa1, 0xad), *range(0xae, 0x100)]
    others = (byte for byte in range(256) if byte not in printable)
    return sorted([chr(byte) for byte in printable] + [chr(256 + index) for index, _ in enumerate(others)])


def vocabulary(size):
    """Tokens, their types and the merges."""
    added = added_tokens()
    tokens = [text for text, _ in added] + byte_letters()
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    merges = []
    groups = itertools.chain.from_iterable(itertools.product(letters, repeat=length) for length in itertools.count(2))
    for group in itertools.islice(groups, size - len(tokens)):
        merges.append(f"{''.join(group[:-1])} {group[-1]}")
        tokens.append("".join(group))
    types = [kind for _, kind in added] + [gguf.TokenType.NORMAL] * (size - len(added))
    return tokens, types, merges


def takes_more_bits(layer, layers):
    """The layers whose value and down projections Q4_K_M stores as Q6_K."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def tensor_shapes(size):
    """Name, shape and standard deviation of every tensor in the file's order; a deviation of None makes a norm."""
    hidden, ffn = size["hidden"], size["ffn"]
    q, kv = size["heads"] * size["head"], size["kv_heads"] * size["head"]
    yield "token_embd", (size["vocabulary"], hidden), 1
    for layer in range(size["layers"]):
        yield f"blk.{layer}.attn_norm", (hidden,), None
        for part, rows in (("q", q), ("k", kv), ("v", kv)):
            yield f"blk.{layer}.attn_{part}", (rows, hidden), hidden**-0.5
        yield f"blk.{layer}.attn_output", (hidden, q), q**-0.5
        yield f"blk.{layer}.ffn_norm", (hidden,), None
        for part in ("gate", "up"):
            yield f"blk.{layer}.ffn_{part}", (ffn, hidden), hidden**-0.5
        yield f"blk.{layer}.ffn_down", (hidden, ffn), ffn**-0.5
    yield "output_norm", (hidden,), None
    yield "output", (size["vocabulary"], hidden), 3 * hidden**-0.5


def tensor_type(name, shape, weights, layers):
    if len(shape) == 1:
        return Type.F32
    if weights in ("f16", "q8_0"):
        return Type.F16 if weights == "f16" else Type.Q8_0
    if name == "output":
        return Type.Q6_K
    if weights == "q4_0":
        return Type.Q4_0
    _, layer, part = name.split(".") if name.startswith("blk.") else ("", "0", "")
    return Type.Q6_K if part in ("attn_v", "ffn_down") and takes_more_bits(int(layer), layers) else Type.Q4_K


def stored(values, kind):
    """The bytes of [rows, columns] float32 in the storage `kind`."""
    if kind == Type.Q4_K:
        return k_quants.q4_k(values)
    return k_quants.q6_k(values) if kind == Type.Q6_K else gguf.quants.quantize(values, kind)


def add_metadata(writer, size, weights):
    writer.add_name("random weights for measuring")
    writer.add_file_type(FILE_TYPES[weights])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(size["context"])
    writer.add_embedding_length(size["hidden"])
    writer.add_block_count(size["layers"])
    writer.add_feed_forward_length(size["ffn"])
    writer.add_head_count(size["heads"])
    writer.add_head_count_kv(size["kv_heads"])
    writer.add_key_length(size["head"])
    writer.add_value_length(size["head"])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(500000.0)
    writer.add_rope_dimension_count(size["head"])
    tokens, types, merges = vocabulary(size["vocabulary"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("exaone")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(END_OF_TURN)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def random_tensors(size, seed):
    """Name and float32 values of every tensor; activations stay near 1 and logits near 3."""
    generator = numpy.random.Generator(numpy.random.PCG64(seed))
    for name, shape, deviation in tensor_shapes(size):
        values = generator.standard_normal(shape, dtype=numpy.float32)
        yield name, 1 + numpy.float32(0.2) * values if deviation is None else values * numpy.float32(deviation)


def write(path, size, weights, seed):
    writer = gguf.GGUFWriter(path, "exaone")
    add_metadata(writer, size, weights)
    kinds = {}
    for name, shape, _ in tensor_shapes(size):
        kind = kinds[name] = tensor_type(name, shape, weights, size["layers"])
        block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
        count = int(numpy.prod(shape))
        writer.add_tensor_info(f"{name}.weight", shape, numpy.float32, count // block * block_bytes, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    # One tensor at a time, so that memory holds the largest and not the file.
    for name, values in random_tensors(size, seed):
        rows = values.reshape(-1, values.shape[-1])
        writer.write_tensor_data(numpy.ascontiguousarray(stored(rows, kinds[name])))
    writer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--size", choices=SIZES, default="tiny")
    parser.add_argument("--weights", choices=FILE_TYPES, default="f16")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write(options.file, SIZES[options.size], options.weights, options.seed)


if __name__ == "__main__":
    main()
