"""Loads 4-bit checkpoints that telecom-llm wrote with transformers and bitsandbytes, on the CPU.

    python tools/check_bnb.py WRITTEN --origin ORIGIN

WRITTEN is the folder to check, ORIGIN the one it came from: packed by bitsandbytes, or dense, and then packed here
by bitsandbytes with WRITTEN's own quantization_config. Each packed weight must unpack to the same bytes as a decoder
of twenty lines makes of the file's tensors, and codes, scales and logits must be those of ORIGIN, bit for bit.
Needs: torch, transformers, bitsandbytes, accelerate, safetensors.
"""

import argparse
import json
import pathlib
import sys

import bitsandbytes as bnb
import torch
from safetensors import safe_open
from transformers import AutoModelForCausalLM, BitsAndBytesConfig


def tensors(folder):
    found = {}
    for file in sorted(pathlib.Path(folder).glob("*.safetensors")):
        with safe_open(file, "pt") as reader:
            found.update({name: reader.get_tensor(name) for name in reader.keys()})
    return found


def unpacked(name, file):
    """The weight as the format defines it: codes times scales, scales nested or plain, all in fp32."""
    [state] = [key for key in file if key.startswith(name + ".quant_state.bitsandbytes__")]
    state = json.loads(bytes(file[state].tolist()))
    packed = file[name].flatten()
    codes = torch.stack([packed >> 4, packed & 15], 1).flatten().long()
    scales = file[name + ".absmax"]
    if "nested_absmax" in "".join(key for key in file if key.startswith(name + ".")):
        nested = file[name + ".nested_absmax"].repeat_interleave(state["nested_blocksize"])[: scales.numel()]
        scales = file[name + ".nested_quant_map"][scales.long()] * nested + state["nested_offset"]
    values = file[name + ".quant_map"][codes].view(-1, state["blocksize"]) * scales[:, None]
    return values.view(state["shape"]).to(getattr(torch, state["dtype"]))


def same(a, b):
    """Equal bytes, so that -0 is not 0."""
    return a.dtype == b.dtype and torch.equal(a.flatten().view(torch.uint8), b.flatten().view(torch.uint8))


def load(folder, config=None):
    options = {} if config is None else {"quantization_config": config}
    model = AutoModelForCausalLM.from_pretrained(folder, device_map="cpu", dtype=torch.float32, **options)
    return model.eval()


def logits(model, seed):
    ids = torch.randint(3, model.config.vocab_size, (2, 24), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        return model(ids).logits


def packed_layers(model):
    return {name: layer for name, layer in model.named_modules() if isinstance(layer, bnb.nn.Linear4bit)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("written")
    parser.add_argument("--origin", required=True)
    arguments = parser.parse_args()

    settings = json.loads((pathlib.Path(arguments.written) / "config.json").read_text())["quantization_config"]
    origin_settings = json.loads((pathlib.Path(arguments.origin) / "config.json").read_text())
    dense = "quantization_config" not in origin_settings
    config = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=settings["bnb_4bit_quant_type"],
        bnb_4bit_use_double_quant=settings["bnb_4bit_use_double_quant"],
        bnb_4bit_compute_dtype=settings["bnb_4bit_compute_dtype"],
    )
    written = load(arguments.written)
    origin = load(arguments.origin, config if dense else None)
    file = tensors(arguments.written)

    failures = []
    layers, origin_layers = packed_layers(written), packed_layers(origin)
    if not layers or layers.keys() != origin_layers.keys():
        failures.append(f"packed layers {sorted(layers)} and {sorted(origin_layers)}")
    weights = 0
    for name, layer in layers.items():
        weight, state = layer.weight, layer.weight.quant_state
        ours = bnb.functional.dequantize_4bit(weight.data, state)
        if not same(ours, unpacked(name + ".weight", file)):
            failures.append(f"{name}: unpacked otherwise than the file says")
        other = origin_layers[name].weight
        if not same(weight.data, other.data) or not same(state.absmax, other.quant_state.absmax):
            failures.append(f"{name}: codes or scales differ from the origin's")
        if state.nested != other.quant_state.nested:
            failures.append(f"{name}: nested {state.nested}, the origin's {other.quant_state.nested}")
        elif state.nested and not same(state.offset, other.quant_state.offset):
            failures.append(f"{name}: offset {state.offset}, the origin's {other.quant_state.offset}")
        weights += ours.numel()
    difference = max((logits(written, seed) - logits(origin, seed)).abs().max().item() for seed in range(3))
    if difference != 0:
        failures.append(f"logits differ by {difference}")
    kind = f"{settings['bnb_4bit_quant_type']}, double {settings['bnb_4bit_use_double_quant']}"
    print(
        f"{arguments.written}: {kind}; {len(layers)} layers, {weights} weights; "
        f"largest difference of logits {difference}; {len(failures)} failures"
    )
    for failure in failures:
        print(" ", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
