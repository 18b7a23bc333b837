#!/usr/bin/env bash
# One would guess: torch's fused attention on a CPU takes for one query (decoding a token) at most as long
# as for two: it reads the same keys and values, which is what takes the time.
#
# What happens: in torch 2.7.1, in bf16 with heads that do not share keys, one query takes over twice as
# long as two, and with keys as a cache holds them (token by token, all heads of a token side by side)
# more than three times: products with a single row take another, slow path. Repeating the query and
# dropping the second result is the fast way to decode. In fp32 there is no such gap.
#
# Why it matters: decoding with a cache asks for exactly one query; with a few hundred tokens of context
# this alone doubles the time of a token of a model with 32 heads.
#
# Needs Python 3 and a CPU with AVX512-BF16. Installs torch 2.7.1 (3 GB) in a temporary folder.
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
heads, size, keys = 32, 96, 600


def seconds(queries, dtype):
    held = [torch.randn(keys, heads, size).to(dtype).transpose(0, 1).unsqueeze(0) for _ in range(4)]
    q = torch.randn(1, heads, 1, size).to(dtype).expand(-1, -1, queries, -1).contiguous()
    taken = []
    for i in range(40):
        start = time.perf_counter()
        torch.nn.functional.scaled_dot_product_attention(q, held[i % 4], held[(i + 1) % 4])
        taken.append(time.perf_counter() - start)
    return sorted(taken)[10]


for dtype in (torch.bfloat16, torch.float32):
    ratio = seconds(1, dtype) / seconds(2, dtype)
    print(f"{dtype}: one query takes {ratio:.2f} times as long as two", file=sys.stderr)
    print(dtype, "one query takes over twice as long as two:", ratio > 2)
PYTHON
venv/bin/python ask.py | tee seen.txt

cat > expected.txt <<'TEXT'
torch 2.7.1
torch.bfloat16 one query takes over twice as long as two: True
torch.float32 one query takes over twice as long as two: False
TEXT
diff expected.txt seen.txt && echo "as described"
