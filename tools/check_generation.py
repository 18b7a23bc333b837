#!/usr/bin/env python3
"""Compares greedy texts with transformers' on the same weights in fp32.

    mvn -q compile exec:java -Dexec.mainClass=io.telecomllm.examples.peers.GreedyTexts \
      -Dexec.args="--model FILE.gguf --prompts tools/generation_prompts.txt" > ours.jsonl
    python tools/check_generation.py FILE.gguf ours.jsonl

Where a text parts from transformers', the two best logits there must be within 1e-3: a tie that rounding decides. Fails
otherwise, or if a log-probability differs by more than 1e-3. Needs torch, transformers 5.24, gguf.
"""
import json
import os
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

TIE = 1e-3


def main(path, ours):
    folder, file = os.path.split(os.path.abspath(path))
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    equal, ties, worst = 0, 0, 0.0
    for line in open(ours, encoding="utf-8"):
        if not line.startswith("{"):
            continue
        found = json.loads(line)
        prompt = tokenizer(found["prompt"], return_tensors="pt").input_ids
        ids = torch.tensor([found["ids"]])
        with torch.no_grad():
            logits = model(torch.cat([prompt, ids], 1)).logits[0, prompt.shape[1] - 1 : -1].double()
        own = torch.log_softmax(logits, -1).gather(1, ids[0][:, None])[:, 0]
        worst = max(worst, (own - torch.tensor(found["logprobs"])).abs().max().item())
        best = logits.max(-1)
        parted = [i for i in range(ids.shape[1]) if best.indices[i] != ids[0, i]]
        for i in parted:
            gap = (best.values[i] - logits[i, ids[0, i]]).item()
            print(f"{found['prompt'][:40]!r}, token {i}: {best.indices[i].item()} and {ids[0, i].item()} are {gap:.2e} apart")
            assert gap < TIE, "not a tie"
        equal += not parted
        ties += bool(parted)
    print(f"{equal} of {equal + ties} texts are transformers' own, {ties} part where two tokens tie; log-probabilities within {worst:.1e}")
    assert worst < TIE and equal + ties > 0


if __name__ == "__main__":
    main(*sys.argv[1:])
