#!/usr/bin/env python3
"""Loads model folders that telecom-llm wrote with transformers and compares their logits with those
of the folders they came from.

    python tools/check_models.py WRITTEN ORIGIN

Both hold one folder a model. Needs: torch, transformers.
"""

import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM


def logits(folder, seed):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = torch.randint(3, model.config.vocab_size, (2, 48), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        return model(ids).logits


def main(written, origin):
    failures = 0
    for seed, folder in enumerate(sorted(pathlib.Path(written).iterdir())):
        difference = (logits(folder, seed) - logits(pathlib.Path(origin) / folder.name, seed)).abs().max().item()
        failures += not difference <= 1e-5
        print(f"{folder.name:24s} largest difference of logits {difference:.1e}")
    print(f"{failures} failures")
    return failures


sys.exit(main(*sys.argv[1:]) > 0)
