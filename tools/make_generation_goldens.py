#!/usr/bin/env python3
"""What transformers' logits processors leave of a distribution, for each of several settings.

    python tools/make_generation_goldens.py > telecom-llm-core/src/test/resources/io/telecomllm/generation/sampling.json

Each case has the settings and the probabilities of the next token: the processors in the order in which generate()
applies them, then a softmax. Logits have ties, which top-k keeps together. Needs torch and transformers 5.24.
"""
import json

import torch
from transformers import GenerationConfig, GenerationMixin, PretrainedConfig
from transformers.generation import LogitsProcessorList
from transformers.generation.logits_process import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

CASES = [
    {"temperature": 1.0},
    {"temperature": 0.7},
    {"temperature": 1.0, "top_k": 5},
    {"temperature": 1.0, "top_k": 3},
    {"temperature": 1.0, "top_p": 0.8},
    {"temperature": 1.5, "top_p": 0.05},
    {"temperature": 1.0, "min_p": 0.2},
    {"temperature": 0.5, "top_k": 12, "top_p": 0.9, "min_p": 0.05},
    {"temperature": 2.0, "top_k": 100, "top_p": 0.99, "min_p": 0.3, "repetition_penalty": 1.3},
    {"temperature": 1.0, "repetition_penalty": 2.0},
    {"temperature": 1.0, "repetition_penalty": 0.8, "top_k": 4},
]


def processors(case):
    """The processors of these settings, checked against the order that generate() has."""
    made = LogitsProcessorList()
    if "repetition_penalty" in case:
        made.append(RepetitionPenaltyLogitsProcessor(case["repetition_penalty"]))
    if case["temperature"] != 1.0:
        made.append(TemperatureLogitsWarper(case["temperature"]))
    if "top_k" in case:
        made.append(TopKLogitsWarper(case["top_k"]))
    if "top_p" in case:
        made.append(TopPLogitsWarper(case["top_p"]))
    if "min_p" in case:
        made.append(MinPLogitsWarper(case["min_p"]))

    class Dummy(GenerationMixin):
        generation_config = GenerationConfig()
        config = PretrainedConfig()
        device = torch.device("cpu")

    config = GenerationConfig(do_sample=True, **{"top_k": 0, **case})
    theirs = Dummy()._get_logits_processor(generation_config=config, input_ids_seq_length=3)
    assert [type(p) for p in theirs] == [type(p) for p in made], (case, theirs)
    return made


def main():
    generator = torch.Generator().manual_seed(7)
    logits = (3 * torch.randn(40, generator=generator)).tolist()
    order = sorted(range(40), key=lambda i: -logits[i])
    # numbers 3 and 4 are equal, so that the third place is tied
    logits[order[3]] = logits[order[2]]
    prompt = [order[0], order[5], order[-1], order[5]]
    cases = []
    for case in CASES:
        scores = processors(case)(torch.tensor([prompt]), torch.tensor([logits]))
        cases.append({**case, "probabilities": torch.softmax(scores.double(), -1)[0].tolist()})
    print(json.dumps({"logits": logits, "prompt": prompt, "cases": cases}))


if __name__ == "__main__":
    main()
