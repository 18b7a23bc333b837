"""Runs GGUF files in llama.cpp and compares its greedy tokens with those expected.

usage: check_gguf.py FOLDER   (pip install llama-cpp-python==0.3.36)

Beside each NAME.gguf lies NAME.expected.json: {"prompt": [ids], "expected": [ids], "n_ctx": positions},
or for a file that holds a vocabulary alone {"text": a text, "ids": [ids]}.
The tests of the packages model and prompt leave such files in telecom-llm-core/target/gguf. The exit
status is 1 if a file does not load or a token differs by more than a near tie of quantized weights.
"""

import json
import pathlib
import sys

import llama_cpp
import numpy as np

# llama.cpp rounds activations to 8 bits before it multiplies them by blocks; where two tokens are
# nearly as likely it may take the other, which is no fault of the file
BLOCKS = ("Q8_0", "Q4_0")
TIE = 0.2  # standard deviations of the logits


def compare(path, prompt, expected, n_ctx):
    """Where llama.cpp, following the expected tokens, would have said another: (place, token, lead).

    No entry means that its greedy continuation is the expected one. The lead is by how much its own
    token's logit exceeds the expected one's, in standard deviations of the logits.
    """
    model = llama_cpp.Llama(
        str(path), n_ctx=n_ctx, n_batch=512, n_threads=2, verbose=False, flash_attn=False,
        type_k=llama_cpp.GGML_TYPE_F32, type_v=llama_cpp.GGML_TYPE_F32,
    )
    others, step = [], prompt
    for place, token in enumerate(expected):
        model.eval(step)
        logits = np.ctypeslib.as_array(model._ctx.get_logits(), shape=(model.n_vocab(),))
        found = int(logits.argmax())
        if found != token:
            others.append((place, found, float((logits[found] - logits[token]) / logits.std())))
        step = [token]
    model.close()
    return others


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
            others = compare(path, case["prompt"], expected, case["n_ctx"])
        except Exception as error:  # a file that llama.cpp refuses is a finding, not an end
            print(f"{path.name}: not run: {error}")
            failures += 1
            continue
        tolerance = TIE if any(kind in path.name for kind in BLOCKS) else 0
        apart = [other for other in others if other[2] > tolerance]
        print(f"{path.name}: {len(expected) - len(others)} of {len(expected)} greedy tokens equal"
              + "".join(f"; at {place} it leads {token} by {lead:.4f}" for place, token, lead in others))
        failures += len(apart) > 0
    print(f"{failures} files differ")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main(sys.argv[1])
