#!/usr/bin/env bash
# One would guess: oneDNN's 8-bit linear operator of torch (onednn::qlinear_pointwise), whose weights are
# signed bytes, takes signed activations as fast as unsigned ones: it accepts both, and quantising to
# -127..127 needs no zero point. And one row takes at most as long as four.
#
# What happens: in torch 2.7.1 on a CPU with AVX512-VNNI signed activations give the same numbers, but
# take over fifty times as long, and the time grows with the rows: they fall through to a reference
# kernel, without a warning. The same codes plus 128, as unsigned bytes with a zero point of 128, are
# fast. One row takes longer than four; it pays to add rows of anything.
#
# Why it matters: whoever quantises activations for each token by the largest magnitude gets signed codes
# by nature, and would conclude that 8-bit products are useless on a CPU.
#
# Needs Python 3 and a CPU with AVX512-VNNI. Installs torch 2.7.1 (3 GB) in a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "torch==2.7.1" numpy

cat > ask.py <<'PYTHON'
import sys
import time

import torch

print("torch", torch.__version__.split("+")[0])
out, columns = 4096, 2048
weights = [torch.randint(-127, 128, (out, columns), dtype=torch.int8) for _ in range(8)]
packed = [torch.ops.onednn.qlinear_prepack(w, None) for w in weights]
scales, zeros = torch.ones(out), torch.zeros(out, dtype=torch.int64)


def product(x, zero, w):
    return torch.ops.onednn.qlinear_pointwise(
        x, 1.0, zero, w, scales, zeros, None, 1.0, 0, torch.float32, "none", [], "")


def seconds(x, zero):
    taken = []
    for i in range(24):
        start = time.perf_counter()
        product(x, zero, packed[i % 8])
        taken.append(time.perf_counter() - start)
    return sorted(taken)[8]


codes = torch.randint(-127, 128, (4, columns), dtype=torch.int8)
shifted = (codes.to(torch.int16) + 128).to(torch.uint8)
same = torch.equal(product(codes, 0, packed[0]), product(shifted, 128, packed[0]))
print("signed and unsigned give the same:", same)
fast, slow = seconds(shifted, 128), seconds(codes, 0)
print(f"signed: {slow / fast:.0f} times", file=sys.stderr)
print("signed takes over 50 times as long:", slow > 50 * fast)
one = seconds(shifted[:1].contiguous(), 128)
print(f"one row: {one / fast:.2f} times four", file=sys.stderr)
print("one row takes longer than four:", one > 1.03 * fast)
PYTHON
venv/bin/python ask.py | tee seen.txt

cat > expected.txt <<'TEXT'
torch 2.7.1
signed and unsigned give the same: True
signed takes over 50 times as long: True
one row takes longer than four: True
TEXT
diff expected.txt seen.txt && echo "as described"
