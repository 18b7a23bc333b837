"""Has the real PEFT read the adapters that PeftExchangeTest wrote, and compares.

Run from the repository's root after the tests of core, with transformers 5.23, PEFT 0.21, torch 2.15:
    python tools/check_peft.py
For every folder: PEFT finds a place for every tensor and keeps its values; where logits lie beside
it, PEFT's logits on the original base, and those after merge_and_unload, differ by at most 1e-4.
"""

import json
import sys
import warnings
from pathlib import Path

import torch
import transformers
from peft import PeftModel, get_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

MODELS = Path("telecom-llm-core/src/test/resources/io/telecomllm/lora/models")
WRITTEN = Path("telecom-llm-core/target/peft-exchange")
TOLERANCE = 1e-4

warnings.filterwarnings("ignore")
transformers.utils.logging.disable_progress_bar()
failures = 0
folders = sorted(f for f in WRITTEN.iterdir() if f.is_dir())
for folder in folders:
    name = json.loads((folder / "adapter_config.json").read_text())["base_model_name_or_path"]
    base = AutoModelForCausalLM.from_pretrained(MODELS / name, dtype=torch.float32)
    model = PeftModel.from_pretrained(base, folder).eval()
    on_disk = load_file(folder / "adapter_model.safetensors")
    loaded = get_peft_model_state_dict(model)
    problems = [f"{key} is not PEFT's" for key in on_disk.keys() - loaded.keys()]
    problems += [f"{key} is missing" for key in loaded.keys() - on_disk.keys()]
    problems += [f"{key} differs" for key in on_disk.keys() & loaded.keys() if not torch.equal(on_disk[key], loaded[key])]
    figures = ""
    if (folder / "expected.safetensors").exists():
        expected = load_file(folder / "expected.safetensors")
        with torch.no_grad():
            beside = (model(input_ids=expected["input_ids"]).logits - expected["logits"]).abs().max().item()
            merged = model.merge_and_unload()
            merged = (merged(input_ids=expected["input_ids"]).logits - expected["logits"]).abs().max().item()
        figures = f"logits {beside:.1e}, merged {merged:.1e}"
        if not max(beside, merged) <= TOLERANCE:
            problems.append("the logits differ")
    print(f"{folder.name:26} {len(on_disk):3} tensors  {figures}  {'; '.join(problems[:4]) or 'same'}")
    failures += bool(problems)
print(f"{len(folders)} folders, {failures} with differences")
sys.exit(1 if failures or not folders else 0)
