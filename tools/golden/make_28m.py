"""Writes a random EXAONE 3.x model of 28 million bf16 parameters, for memory and speed: not kept in the repository.

    python tools/golden/make_28m.py FOLDER [TOKENIZER_FOLDER]

With TOKENIZER_FOLDER, its tokenizer files are copied beside the weights (its vocabulary must not exceed 4096).
"""

import os
import shutil
import sys

import torch

from random_model import configuration, exaone_configuration, exaone_name, random_model, stored_tensors, write_checkpoint

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def main(folder, tokenizer_folder=None):
    rope_theta = 500000.0
    config = configuration(
        rope_theta=rope_theta, hidden_size=512, num_hidden_layers=8, num_attention_heads=8, num_key_value_heads=2,
        head_dim=64, intermediate_size=1536, vocab_size=4096, max_position_embeddings=4096, tie_word_embeddings=False,
        eos_token_id=361)
    model = random_model(config, 28, lambda _: torch.bfloat16)
    tensors = stored_tensors(model, exaone_name, lambda _: torch.bfloat16)
    write_checkpoint(folder, tensors, exaone_configuration(config, rope_theta, None), 361)
    for name in TOKENIZER_FILES:
        if tokenizer_folder and os.path.exists(f"{tokenizer_folder}/{name}"):
            shutil.copy(f"{tokenizer_folder}/{name}", folder)
    count = sum(tensor.numel() for tensor in tensors.values())
    print(f"{folder}: {len(tensors)} tensors, {count / 1e6:.1f} M parameters, {2 * count / 2**20:.1f} MiB")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
