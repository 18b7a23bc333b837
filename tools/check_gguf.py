"""Runs GGUF files in llama.cpp and compares its greedy tokens with those expected.

usage: check_gguf.py FOLDER   (pip install llama-cpp-python==0.3.36)

Beside each NAME.gguf lies NAME.expected.json: {"prompt": [ids], "expected": [ids], "n_ctx": positions},
or for a file that holds a vocabulary alone {"text": a text, "ids": [ids]}.
The tests of the package model leave such files in telecom-llm-core/target/gguf. The exit status is 1
if a file does not load or a token differs.
"""

import json
import pathlib
import sys

import llama_cpp
import numpy as np


def greedy(path, prompt, count, n_ctx):
    """The ids that llama.cpp continues the prompt with, each the one of the largest logit."""
    model = llama_cpp.Llama(
        str(path), n_ctx=n_ctx, n_batch=512, n_threads=2, verbose=False, flash_attn=False,
        type_k=llama_cpp.GGML_TYPE_F32, type_v=llama_cpp.GGML_TYPE_F32, logits_all=False,
    )
    ids, step = [], list(prompt)
    margins = []
    for _ in range(count):
        model.eval(step)
        logits = np.ctypeslib.as_array(model._ctx.get_logits(), shape=(model.n_vocab(),)).copy()
        two = np.sort(logits)[-2:]
        margins.append(float(two[1] - two[0]))
        ids.append(int(logits.argmax()))
        step = ids[-1:]
    model.close()
    return ids, margins


def tokenizes(path, text, ids):
    """Whether llama.cpp cuts the text into these tokens."""
    model = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
    found = model.tokenize(text.encode(), add_bos=False, special=False)
    model.close()
    print(f"{path.name}: " + (f"{len(ids)} tokens of a text equal" if found == ids else f"{found} for {ids}"))
    return found == ids


def main(folder):
    failures = 0
    for path in sorted(pathlib.Path(folder).rglob("*.gguf")):
        case = json.loads(path.with_name(path.name[: -len(".gguf")] + ".expected.json").read_text())
        if "text" in case:
            failures += not tokenizes(path, case["text"], case["ids"])
            continue
        expected = case["expected"]
        try:
            found, margins = greedy(path, case["prompt"], len(expected), case["n_ctx"])
        except Exception as error:  # a file that llama.cpp refuses is a finding, not an end
            print(f"{path.name}: not run: {error}")
            failures += 1
            continue
        equal = next((i for i, (a, b) in enumerate(zip(found, expected)) if a != b), len(expected))
        note = "" if equal == len(expected) else f", then {found[equal]} for {expected[equal]} by a margin of {margins[equal]:.4f}"
        print(f"{path.name}: {equal} of {len(expected)} greedy tokens equal{note}")
        failures += equal != len(expected)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main(sys.argv[1])
