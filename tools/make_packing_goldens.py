"""Makes testing/reference/goldens/{quantization,optimizer,qlora}: what bitsandbytes computes on a CPU.

Run from the repository's root, with bitsandbytes 0.50, transformers 5.23, PEFT 0.21 and torch 2.15:
    python tools/make_packing_goldens.py
testing/reference/README.md says what each file holds. The seeds are fixed.
"""

import shutil
import warnings
from pathlib import Path

import bitsandbytes as bnb
import bitsandbytes.functional as F
import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, Phi3Config, get_cosine_schedule_with_warmup

GOLDENS = Path("testing/reference/goldens")
BLOCK = 64
WEIGHTS = (64, 4096, 257 * BLOCK)  # one block; some; one more than share a nested scale
PARAMETERS = (4096, 4200)  # the fewest that are kept in 8 bits; a last block of 104
OPTIMIZER_STEPS = 4
RUN_STEPS = 30


def unpacked(packed, state):
    """What bitsandbytes unpacks; where FP4's code 8 stands, zero with the scale's sign, as its own table has it.

    Some of its kernels for CPUs have a negative zero there.
    """
    values = F.dequantize_4bit(packed, state)
    if state.quant_type == "fp4":
        scales = F.dequantize_blockwise(state.absmax, state.state2) + state.offset if state.nested else state.absmax
        codes = torch.stack([packed >> 4, packed & 15], 1).reshape(values.shape)
        values = torch.where(codes == 8, 0.0 * scales.repeat_interleave(BLOCK).reshape(values.shape), values)
    return values


def quantization():
    torch.manual_seed(1)
    tensors = {}
    for kind in ("nf4", "fp4"):
        tensors[kind + ".code"] = F.get_4bit_type(kind, device="cpu")
        for case, size in enumerate(WEIGHTS):
            weight = torch.randn(size) * 0.05
            if case == 1:
                weight[:BLOCK] = 0  # a block without a scale
                weight[BLOCK : 2 * BLOCK] = torch.linspace(-1, 1, BLOCK)
            row = weight.reshape(1, -1)
            packed, state = F.quantize_4bit(row, blocksize=BLOCK, compress_statistics=False, quant_type=kind)
            again, nested = F.quantize_4bit(row, blocksize=BLOCK, compress_statistics=True, quant_type=kind)
            assert torch.equal(packed, again)
            values = {
                "weight": weight, "packed": packed, "absmax": state.absmax,
                "dequantized": unpacked(packed, state),
                "nested_absmax": nested.absmax, "nested_code": nested.state2.code,
                "nested_state_absmax": nested.state2.absmax, "nested_offset": nested.offset.reshape(1),
                "nested_dequantized": unpacked(again, nested),
            }
            tensors |= {f"{kind}.{case}.{name}": value.clone().contiguous() for name, value in values.items()}
    write("quantization", tensors)


def optimizer():
    torch.manual_seed(2)
    tensors = {}
    for size in PARAMETERS:
        parameter = torch.nn.Parameter(torch.randn(1, size))
        adam = bnb.optim.AdamW8bit([parameter], lr=0.01, weight_decay=0.01)
        tensors[f"{size}.initial"] = parameter.detach().flatten().clone()
        for step in range(OPTIMIZER_STEPS):
            parameter.grad = torch.randn(1, size) * 0.1 * (1 + step)
            tensors[f"{size}.grad.{step}"] = parameter.grad.flatten().clone()
            adam.step()
            tensors[f"{size}.param.{step}"] = parameter.detach().flatten().clone()
        state = adam.state[parameter]
        for name in ("state1", "state2", "qmap1", "qmap2", "absmax1", "absmax2"):
            tensors[f"{size}.{name}"] = state[name].flatten().clone()
    write("optimizer", tensors)


def round_scales(model):
    """What bitsandbytes does to nested scales on a CPU with AVX512-BF16 between evaluation and training.

    There it rounds them to bf16 and quantises them again. The reference run of every machine has that, so that the
    test need not know where a run was made.
    """
    for layer in model.modules():
        if isinstance(layer, bnb.nn.Linear4bit):
            state = layer.weight.quant_state
            scales = F.dequantize_blockwise(state.absmax, state.state2) + state.offset
            scales = scales.to(torch.bfloat16).float()
            state.offset = scales.mean()
            state.absmax, state.state2 = F.quantize_blockwise(scales - state.offset, blocksize=256)


def packed(folder):
    return AutoModelForCausalLM.from_pretrained(folder, device_map="cpu", dtype=torch.float32)


def qlora():
    folder = GOLDENS / "qlora"
    torch.manual_seed(3)
    config = Phi3Config(
        hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4,
        vocab_size=128, max_position_embeddings=256, original_max_position_embeddings=256, pad_token_id=0,
        bos_token_id=1, eos_token_id=2)
    dense = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    with torch.no_grad():
        for name, parameter in dense.named_parameters():
            parameter.copy_(torch.randn_like(parameter) * (0.2 if parameter.dim() > 1 else 0.1))
            if parameter.dim() == 1:
                parameter.add_(1)
    dense.save_pretrained(folder / "model-unquantized")
    AutoModelForCausalLM.from_pretrained(
        folder / "model-unquantized", device_map="cpu", dtype=torch.float32,
        quantization_config=BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.float32),
    ).save_pretrained(folder / "model")

    expected = {"input_ids": torch.randint(3, config.vocab_size, (1, 32))}
    with torch.no_grad():
        expected["logits"] = packed(folder / "model").eval()(expected["input_ids"]).logits.clone()

    model = packed(folder / "model")
    round_scales(model)
    model = get_peft_model(model, LoraConfig(
        task_type="CAUSAL_LM", r=16, lora_alpha=16, target_modules=["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]))
    model.peft_config["default"].base_model_name_or_path = "qlora/model"
    save_adapter(model, folder / "adapter-initial")
    batches = []
    for k in range(5):
        ids = torch.randint(3, config.vocab_size, (4, 24))
        labels = ids.clone()
        labels[:, :8] = -100
        labels[:, 16:] = -100
        labels[0, 8:16:2] = -100  # sequences of different numbers of labels
        expected |= {f"train.{k}.input_ids": ids, f"train.{k}.labels": labels}
        batches.append((ids, labels))
    trainable = [p for p in model.parameters() if p.requires_grad]
    adam = bnb.optim.AdamW8bit(trainable, lr=2e-3, weight_decay=0.01)
    schedule = get_cosine_schedule_with_warmup(adam, 3, RUN_STEPS)
    losses, norms, rates = [], [], []
    model.train()
    for step in range(RUN_STEPS):
        ids, labels = batches[step % len(batches)]
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(trainable, 1.0).item())
        losses.append(loss.item())
        rates.append(schedule.get_last_lr()[0])
        adam.step()
        schedule.step()
        adam.zero_grad()
    save_adapter(model, folder / "adapter-final")
    expected |= {
        "losses": torch.tensor(losses), "grad_norms": torch.tensor(norms), "learning_rates": torch.tensor(rates)}
    write("qlora", expected)
    eight = sum(p.numel() >= 4096 for p in trainable)
    print(f"{RUN_STEPS} steps, losses {losses[0]:.3f} to {losses[-1]:.3f}, {eight} of {len(trainable)} in 8 bits")


def save_adapter(model, folder):
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)


def write(folder, tensors):
    (GOLDENS / folder).mkdir(parents=True, exist_ok=True)
    save_file(tensors, GOLDENS / folder / "expected.safetensors")
    print(folder, (GOLDENS / folder / "expected.safetensors").stat().st_size, "bytes")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    shutil.rmtree(GOLDENS / "qlora", ignore_errors=True)
    quantization()
    optimizer()
    qlora()
