"""Makes the small PEFT reference adapters that the shared folder lacks, into the test resources of core.

Run from the repository's root with the reference packages (transformers 5.23, PEFT 0.21, torch 2.15):
    python tools/make_adapter_goldens.py
Each folder has the layout of shared/goldens/adapters: the PEFT folder, base.json and expected.safetensors.
Logits are those of the last positions only, to keep the files small. The base models are made here
too, tiny and random, beside the adapters: nothing depends on the shared folder's values.
"""

import json
from pathlib import Path

import torch
from bitsandbytes.functional import dequantize_4bit, quantize_4bit
from peft import LoraConfig, PeftModel, get_peft_model
from peft.utils.loftq_utils import _low_rank_decomposition
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, Phi3Config, PhiConfig

RESOURCES = Path("telecom-llm-core/src/test/resources/io/telecomllm/lora")
TARGET = RESOURCES / "adapters"
MODELS = RESOURCES / "models"
VOCABULARY = 64
SEQUENCE = 12
KEPT = 2  # positions whose logits are kept, of each of two sequences

CASES = {
    "phi3-rank-pattern": ("phi3", dict(
        r=2, lora_alpha=4, target_modules=["qkv_proj", "o_proj", "down_proj"],
        rank_pattern={"o_proj": 3, "model.layers.1.self_attn.qkv_proj": 1},
        alpha_pattern={r"layers\.[02]\.mlp\.down_proj": 6})),
    "phi3-rslora-rank-pattern": ("phi3", dict(
        r=2, lora_alpha=4, use_rslora=True, target_modules=["qkv_proj", "o_proj"],
        rank_pattern={"o_proj": 3}, alpha_pattern={"o_proj": 5})),
    "phi3-regex": ("phi3", dict(
        r=2, lora_alpha=2, target_modules=r"^(?!.*layers\.1\.).*\.(?:q\w+|down)_proj$")),
    "phi3-exclude": ("phi3", dict(
        r=2, lora_alpha=2, target_modules="all-linear", exclude_modules=r".*\.[01]\..*|.*gate_up_proj")),
    "phi3-layers": ("phi3", dict(
        r=2, lora_alpha=2, target_modules=["o_proj"], layers_to_transform=1, layers_pattern="layers")),
    "phi3-save-norms": ("phi3", dict(
        r=2, lora_alpha=2, target_modules=["o_proj"], layers_to_transform=[2],
        modules_to_save=["layernorm", "norm"])),
    "phi3-save-head": ("phi3", dict(
        r=2, lora_alpha=2, target_modules=["o_proj"], layers_to_transform=[0], modules_to_save=["lm_head"])),
    "phi3-save-linear": ("phi3", dict(
        r=2, lora_alpha=2, target_modules=["qkv_proj"], layers_to_transform=[1], modules_to_save=["1.self_attn.o_proj"])),
    "phi3-dora-rslora": ("phi3", dict(
        r=2, lora_alpha=3, use_dora=True, use_rslora=True, target_modules=["gate_up_proj", "o_proj"])),
    "phi2-bias-all": ("phi2", dict(
        r=2, lora_alpha=2, bias="all", target_modules=["q_proj", "fc2"], layers_to_transform=[0, 1])),
    "phi2-bias-dora": ("phi2", dict(
        r=2, lora_alpha=4, bias="lora_only", use_dora=True, target_modules=["fc1", "v_proj"], layers_to_transform=[1])),
}


def models():
    shape = dict(
        hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2, num_key_value_heads=2,
        vocab_size=VOCABULARY, max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=2)
    for name, config in {
        "phi3": Phi3Config(original_max_position_embeddings=64, **shape),
        "phi2": PhiConfig(partial_rotary_factor=0.5, hidden_act="gelu_new", **shape),
    }.items():
        torch.manual_seed(3)
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
        with torch.no_grad():
            for n, p in model.named_parameters():
                p.copy_(torch.randn_like(p) * (0.3 if p.dim() > 1 else 0.1) + (1 if "norm.weight" in n else 0))
        model.save_pretrained(MODELS / name)
        (MODELS / name / "generation_config.json").unlink()


def make(name, base, settings):
    torch.manual_seed(len(name))
    folder = TARGET / name
    model = AutoModelForCausalLM.from_pretrained(MODELS / base, dtype=torch.float32)
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **settings))
    with torch.no_grad():
        for n, p in model.named_parameters():
            if p.requires_grad:
                p.add_(torch.randn_like(p) * (0.02 if p.dim() > 1 else 0.1))
    # what PEFT writes, read back by PEFT: a bias that the folder does not hold would show
    model.peft_config["default"].base_model_name_or_path = base
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    (folder / "base.json").write_text(json.dumps({"base": base}))
    again = AutoModelForCausalLM.from_pretrained(MODELS / base, dtype=torch.float32)
    model = PeftModel.from_pretrained(again, folder, is_trainable=True).eval()

    ids = torch.randint(3, VOCABULARY, (2, SEQUENCE))
    labels = ids.clone()
    labels[:, : SEQUENCE // 2] = -100
    out = model(input_ids=ids, labels=labels)
    out.loss.backward()
    expected = {
        "input_ids": ids,
        "labels": labels,
        "logits": out.logits[:, -KEPT:].detach().contiguous(),
        "loss": out.loss.detach().reshape(1),
    }
    for n, p in model.named_parameters():
        if p.requires_grad and p.grad is not None:
            key = "grad." + n.replace(".default", "")
            expected[key] = p.grad.clone()
    with torch.no_grad():
        merged = model.merge_and_unload()
        expected["merged_logits"] = merged(input_ids=ids).logits[:, -KEPT:].contiguous()
    save_file(expected, folder / "expected.safetensors")
    size = sum(f.stat().st_size for f in folder.iterdir())
    print(f"{name:28} {size:8} bytes, {len(expected) - 5} gradients, loss {out.loss.item():.4f}")


def initializations():
    """The products that a new adapter of one small layer begins with; LoftQ after NF4 by bitsandbytes."""
    layer = "model.layers.0.self_attn.o_proj"
    products = {}
    for name, settings in {
        "pissa": dict(r=2, lora_alpha=4, init_lora_weights="pissa"),
        "pissa-rslora": dict(r=3, lora_alpha=4, use_rslora=True, init_lora_weights="pissa"),
    }.items():
        model = AutoModelForCausalLM.from_pretrained(MODELS / "phi3", dtype=torch.float32)
        original = model.get_submodule(layer).weight.detach().clone()
        adapted = get_peft_model(model, LoraConfig(target_modules=["o_proj"], **settings))
        module = adapted.base_model.model.get_submodule(layer)
        products[name] = module.get_delta_weight("default").detach().clone()
        rest = module.base_layer.weight.detach() + products[name] - original
        assert rest.abs().max() < 1e-5  # PEFT took out of the base what the adapter adds
    # a block a row: bitsandbytes 0.50 on a CPU gives all blocks one scale where rows are shorter than blocks
    packed, state = quantize_4bit(original.reshape(-1, 64), blocksize=64, compress_statistics=True, quant_type="nf4")
    lost = original - dequantize_4bit(packed, state).float().reshape(original.shape)
    roots = _low_rank_decomposition(lost, reduced_rank=2)
    products["loftq"] = (roots["L"] @ roots["R"]).contiguous()
    save_file(products, TARGET.parent / "initializations.safetensors")
    print({n: round(p.norm().item(), 4) for n, p in products.items()})


models()
initializations()
for case, (base, settings) in CASES.items():
    make(case, base, settings)
