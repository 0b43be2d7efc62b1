"""Random Llama-shaped models: weights from a seed, and the two families' names and configuration keys."""

import json
import os

import numpy
import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

# Llama's name of a tensor within its layer, and EXAONE 3.x's.
EXAONE_LAYER_NAMES = {
    "input_layernorm": "ln_1",
    "self_attn.q_proj": "attn.attention.q_proj",
    "self_attn.k_proj": "attn.attention.k_proj",
    "self_attn.v_proj": "attn.attention.v_proj",
    "self_attn.o_proj": "attn.attention.out_proj",
    "post_attention_layernorm": "ln_2",
    "mlp.gate_proj": "mlp.c_fc_0",
    "mlp.up_proj": "mlp.c_fc_1",
    "mlp.down_proj": "mlp.c_proj",
}
EXAONE_OUTER_NAMES = {
    "model.embed_tokens.weight": "transformer.wte.weight",
    "model.norm.weight": "transformer.ln_f.weight",
    "lm_head.weight": "lm_head.weight",
}


def exaone_name(name):
    """What EXAONE 3.x calls the tensor that Llama calls `name`."""
    if name in EXAONE_OUTER_NAMES:
        return EXAONE_OUTER_NAMES[name]
    _, _, layer, *inner = name.removesuffix(".weight").split(".")
    return f"transformer.h.{layer}.{EXAONE_LAYER_NAMES['.'.join(inner)]}.weight"


def exaone_configuration(config, rope_theta, rope_scaling):
    """config.json with the keys that EXAONE 3.x is published with."""
    fields = {
        "activation_function": "silu",
        "architectures": ["ExaoneForCausalLM"],
        "attention_dropout": 0.0,
        "bos_token_id": 1,
        "embed_dropout": 0.0,
        "eos_token_id": config.eos_token_id,
        "hidden_size": config.hidden_size,
        "initializer_range": 0.02,
        "intermediate_size": config.intermediate_size,
        "layer_norm_epsilon": config.rms_norm_eps,
        "max_position_embeddings": config.max_position_embeddings,
        "model_type": "exaone",
        "num_attention_heads": config.num_attention_heads,
        "num_key_value_heads": config.num_key_value_heads,
        "num_layers": config.num_hidden_layers,
        "pad_token_id": 0,
        "rope_scaling": rope_scaling,
        "rope_theta": rope_theta,
        "tie_word_embeddings": config.tie_word_embeddings,
        "torch_dtype": "bfloat16",
        "use_cache": True,
        "vocab_size": config.vocab_size,
    }
    if config.head_dim * config.num_attention_heads != config.hidden_size:
        fields["head_dim"] = config.head_dim
    return fields


def configuration(*, rope_theta, rope_scaling=None, **sizes):
    """A LlamaConfig; `rope_scaling` without rope_theta, None for none."""
    parameters = {"rope_type": "default", **(rope_scaling or {}), "rope_theta": rope_theta}
    return LlamaConfig(
        rms_norm_eps=1e-5, rope_parameters=parameters, bos_token_id=1, pad_token_id=0,
        attn_implementation="eager", dtype="float32", **sizes)


def random_model(config, seed, storage):
    """A float32 model whose weights are exact in `storage(name)`.

    Activations stay near 1 and logits near 3, so that the largest logit usually leads clearly. The module itself is
    never converted: that would round the rotary frequencies too.
    """
    model = LlamaForCausalLM(config).eval()
    generator = numpy.random.Generator(numpy.random.PCG64(seed))
    for name, parameter in sorted(model.named_parameters()):
        values = torch.from_numpy(generator.standard_normal(tuple(parameter.shape), dtype=numpy.float32))
        if "norm" in name:
            values = 1 + 0.2 * values
        elif "embed_tokens" in name:
            # A tied table is the head too: with a scale of 1 every token would predict itself.
            values = values * (3 / config.hidden_size**0.5 if config.tie_word_embeddings else 1)
        else:
            branch = 1.5 if config.tie_word_embeddings else 1
            gain = {"lm_head": 3, "o_proj": branch, "down_proj": branch}.get(name.split(".")[-2], 1)
            values = values * gain / parameter.shape[1] ** 0.5
        parameter.data = values.to(storage(name)).to(torch.float32)
    return model


def stored_tensors(model, name_of, storage):
    """The tensors of a checkpoint, a tied head left out."""
    tensors = {}
    for name, parameter in model.named_parameters():
        stored = parameter.detach().to(storage(name)).contiguous()
        assert torch.equal(stored.to(torch.float32), parameter.detach()), name
        tensors[name_of(name)] = stored
    return tensors


def write_json(path, value, **options):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, **options)
        file.write("\n")


def write_checkpoint(folder, tensors, config_fields, eos, shards=None):
    """A Hugging Face folder; `shards(name)` gives a tensor's file number where there are several."""
    os.makedirs(folder, exist_ok=True)
    write_json(f"{folder}/config.json", config_fields, indent=2)
    write_json(f"{folder}/generation_config.json", {"bos_token_id": 1, "eos_token_id": eos, "pad_token_id": 0}, indent=2)
    if shards is None:
        save_file(tensors, f"{folder}/model.safetensors", metadata={"format": "pt"})
        return
    count = 1 + max(shards(name) for name in tensors)
    weight_map = {}
    for number in range(count):
        file = f"model-{number + 1:05}-of-{count:05}.safetensors"
        part = {name: tensor for name, tensor in tensors.items() if shards(name) == number}
        save_file(part, f"{folder}/{file}", metadata={"format": "pt"})
        weight_map.update({name: file for name in sorted(part)})
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    write_json(
        f"{folder}/model.safetensors.index.json", {"metadata": {"total_size": size}, "weight_map": weight_map}, indent=2)
