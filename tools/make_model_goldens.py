"""Makes the random models and PEFT adapters of testing/reference/goldens, and what transformers and PEFT compute.

Run from the repository's root, with transformers 5.23, PEFT 0.21 and torch 2.15:
    python tools/make_model_goldens.py
testing/reference/README.md says what each file holds. Everything is computed in fp32 on one thread; the seeds are
fixed, so a second run with the same versions writes the same bytes.
"""

import json
import shutil
import warnings
from pathlib import Path

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import (
    AutoModelForCausalLM, FalconConfig, LlamaConfig, MistralConfig, Phi3Config, PhiConfig, Qwen2Config,
    Qwen3Config,
)

GOLDENS = Path("testing/reference/goldens")
VOCABULARY = 96
PROMPTS = (5, 24, 48)  # tokens of the three prompts; the second one is continued
CONTINUED = 16
KEPT = 3  # positions whose logits an adapter's file keeps, of each of two sequences

IDS = dict(vocab_size=VOCABULARY, pad_token_id=0, bos_token_id=1, eos_token_id=2)
SHAPE = dict(
    hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4,
    max_position_embeddings=256, **IDS)
GROUPED = SHAPE | dict(num_key_value_heads=2)
PHI3 = SHAPE | dict(original_max_position_embeddings=256)
OLD = "rope_theta and rope_scaling at the top of config.json, as published checkpoints have them"

MODELS = {
    "falcon7b": (FalconConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, multi_query=True, parallel_attn=True, bias=False,
        alibi=False, new_decoder_architecture=False, **IDS), OLD),
    "llama2": (LlamaConfig(head_dim=8, rms_norm_eps=1e-5, **SHAPE), None),
    "llama2-linear-rope": (LlamaConfig(
        head_dim=8, rope_parameters={"rope_type": "linear", "factor": 4.0, "rope_theta": 10000.0}, **SHAPE), OLD),
    "llama3": (LlamaConfig(
        head_dim=8, tie_word_embeddings=True, rope_parameters={
            "rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 64}, **GROUPED), OLD),
    "mistral": (MistralConfig(head_dim=8, sliding_window=7, **GROUPED), None),
    "phi2": (PhiConfig(
        hidden_act="gelu_new", rope_parameters={
            "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}, **SHAPE), OLD),
    "phi3": (Phi3Config(**PHI3), OLD),
    "phi3-as-llama": (LlamaConfig(head_dim=8, **SHAPE), OLD),
    "phi3-longrope": (Phi3Config(
        original_max_position_embeddings=32, rope_parameters={
            "rope_type": "longrope", "rope_theta": 10000.0, "factor": 16.0, "original_max_position_embeddings": 32,
            "short_factor": [1.0, 1.05, 1.1, 1.15], "long_factor": [1.0, 1.9, 2.8, 3.7]},
        **SHAPE | dict(max_position_embeddings=512)), None),
    "phi3-sliding": (Phi3Config(sliding_window=9, **PHI3 | dict(num_key_value_heads=2)), None),
    "qwen2": (Qwen2Config(**GROUPED), None),
    # a head is larger than hidden_size / heads, as in the published models
    "qwen3": (Qwen3Config(head_dim=16, tie_word_embeddings=True, **GROUPED), OLD),
}
SHARDED = {"llama2": "60KB"}

EVERY_LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ADAPTERS = {
    "falcon7b": ("falcon7b", dict(target_modules=["query_key_value"])),
    "llama3-layers": ("llama3", dict(target_modules=["q_proj", "v_proj"], layers_to_transform=[1])),
    "phi2-bias": ("phi2", dict(target_modules=["q_proj", "k_proj", "v_proj", "fc1"], bias="lora_only")),
    "phi3-as-llama-all": ("phi3-as-llama", dict(target_modules=EVERY_LINEAR)),
    "phi3-dora": ("phi3", dict(target_modules=["qkv_proj", "down_proj"], use_dora=True)),
    "phi3-fused": ("phi3", dict(target_modules=["qkv_proj", "o_proj", "gate_up_proj", "down_proj"])),
    "phi3-rslora": ("phi3", dict(target_modules=["qkv_proj", "o_proj"], use_rslora=True)),
    "qwen2-all-linear": ("qwen2", dict(target_modules=EVERY_LINEAR)),
    "qwen3-all-linear": ("qwen3", dict(target_modules=EVERY_LINEAR)),
}


def randomize(model):
    """Weights that give each layer a say: ordinary matrices, norms near one, biases near zero."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            vector = parameter.dim() == 1
            norm = vector and name.endswith("weight")
            scale = 0.1 if vector else 0.6 if "embed" in name else 0.35
            parameter.copy_(torch.randn_like(parameter) * scale + (1 if norm else 0))


def write_old_form(folder):
    """Moves rope_parameters to where published checkpoints have them."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    partial = rope.pop("partial_rotary_factor", 1.0)
    if partial != 1.0:
        config["partial_rotary_factor"] = partial
    kind = rope.pop("rope_type")
    # the name of the field changed, too: LLaMA 3's files already have the newer one
    form = "rope_type" if kind == "llama3" else "type"
    config["rope_scaling"] = None if kind == "default" else {form: kind} | rope
    config["torch_dtype"] = config.pop("dtype")
    path.write_text(json.dumps(config, indent=2))


def continued(model, ids, cached):
    return model.generate(
        ids, max_new_tokens=CONTINUED, min_new_tokens=CONTINUED, do_sample=False, use_cache=cached)


def make_model(number, name, config, old_form):
    torch.manual_seed(100 + number)
    folder = GOLDENS / "models" / name
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager").eval()
    randomize(model)
    if name == "phi3-as-llama":
        copy_phi3(model)
    model.save_pretrained(folder, max_shard_size=SHARDED.get(name, "1GB"))
    if old_form:
        write_old_form(folder)
    # what is on disk is what is measured
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    expected = {}
    with torch.no_grad():
        for i, length in enumerate(PROMPTS):
            ids = torch.randint(3, VOCABULARY, (1, length))
            expected[f"{i}.input_ids"] = ids
            expected[f"{i}.logits"] = model(ids).logits
        output = continued(model, expected["1.input_ids"], cached=True)
        assert torch.equal(output, continued(model, expected["1.input_ids"], cached=False)), name
    expected["greedy.output_ids"] = output
    save_file(expected, folder / "expected.safetensors")
    tokens = len(set(output[0, PROMPTS[1]:].tolist()))
    print(f"{name:20} largest logit {expected['2.logits'].abs().max():5.1f}, {tokens} different tokens continued")


def copy_phi3(llama):
    """The weights of the model phi3, its fused layers cut into LLaMA's."""
    phi3 = AutoModelForCausalLM.from_pretrained(GOLDENS / "models/phi3", dtype=torch.float32)
    state = {}
    for name, value in phi3.state_dict().items():
        if "qkv_proj" in name:
            parts = zip(("q_proj", "k_proj", "v_proj"), value.chunk(3))
            state |= {name.replace("qkv_proj", part): rows for part, rows in parts}
        elif "gate_up_proj" in name:
            parts = zip(("gate_proj", "up_proj"), value.chunk(2))
            state |= {name.replace("gate_up_proj", part): rows for part, rows in parts}
        else:
            state[name] = value
    llama.load_state_dict(state)
    llama.config.rms_norm_eps = phi3.config.rms_norm_eps


def make_adapter(number, name, base, settings):
    torch.manual_seed(200 + number)
    folder = GOLDENS / "adapters" / name
    model = AutoModelForCausalLM.from_pretrained(GOLDENS / "models" / base, dtype=torch.float32)
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", r=4, lora_alpha=8, **settings))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.05)
    model.peft_config["default"].base_model_name_or_path = base
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    (folder / "base.json").write_text(json.dumps({"base": base}))
    # read back by PEFT: what the folder does not hold would show
    again = AutoModelForCausalLM.from_pretrained(GOLDENS / "models" / base, dtype=torch.float32)
    model = PeftModel.from_pretrained(again, folder, is_trainable=True).eval()

    ids = torch.randint(3, VOCABULARY, (2, 16))
    labels = ids.clone()
    labels[:, :10] = -100
    out = model(input_ids=ids, labels=labels)
    out.loss.backward()
    expected = {
        "input_ids": ids, "labels": labels, "loss": out.loss.detach().reshape(1),
        "logits": out.logits[:, -KEPT:].detach().contiguous(),
    }
    gradients = {
        "grad." + n.replace(".default", ""): p.grad.clone() for n, p in model.named_parameters() if p.requires_grad}
    with torch.no_grad():
        merged = model.merge_and_unload()
        expected["merged_logits"] = merged(input_ids=ids).logits[:, -KEPT:].contiguous()
    save_file(expected | gradients, folder / "expected.safetensors")
    print(f"{name:20} {len(gradients)} gradients, loss {out.loss.item():.4f}")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    for kind in ("models", "adapters"):
        shutil.rmtree(GOLDENS / kind, ignore_errors=True)
    for number, (name, (config, old_form)) in enumerate(MODELS.items()):
        make_model(number, name, config, old_form)
    for number, (name, (base, settings)) in enumerate(ADAPTERS.items()):
        make_adapter(number, name, base, settings)
