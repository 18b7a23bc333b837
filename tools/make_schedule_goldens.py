#!/usr/bin/env python3
"""The learning rates of transformers' schedules, every step of runs of several lengths.

    python tools/make_schedule_goldens.py > \
        telecom-llm-training/src/test/resources/io/telecomllm/training/optimizer/schedules.csv

    python tools/make_schedule_goldens.py scale > \
        telecom-llm-training/src/test/resources/io/telecomllm/training/optimizer/loss-scale.csv

A line of the first: schedule, peak, warm-up steps, steps, cycles, min_lr_rate, then the rate of each step from 0 to the
number of steps. A line of the second, of torch's GradScaler: a step from 0 whose gradients are not finite (or
the last one), and the scale after it.
"""
import sys
import warnings

import torch
from transformers import optimization as o

warnings.filterwarnings("ignore")  # a scheduler without optimizer steps
RUNS = [(2e-4, 0, 1), (2e-4, 1, 1), (1.0, 0, 7), (3e-3, 3, 30), (2e-4, 5, 100), (1e-5, 40, 41), (0.1, 13, 257)]


def rates(peak, steps, make):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps + 1):
        values.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    return values


def line(name, peak, warmup, steps, cycles, minimum, make):
    print(",".join([name, repr(peak), str(warmup), str(steps), str(cycles), repr(minimum)]
                   + [repr(v) for v in rates(peak, steps, make)]))


def scales():
    bad = {0, 5, 6, 2003, 2500, 4501, 4502, 6600, 9000}
    scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.0)
    for step in range(13000):
        parameter.grad = scaler.scale(torch.tensor([float("inf") if step in bad else 1.0]))
        scaler.step(optimizer)
        scaler.update()
        if step in bad or step == 12999:
            print(f"{step},{scaler.get_scale()!r}")


if sys.argv[1:] == ["scale"]:
    scales()
    sys.exit()
for peak, warmup, steps in RUNS:
    line("CONSTANT", peak, warmup, steps, 1, 0.0, lambda x: o.get_constant_schedule_with_warmup(x, warmup))
    line("LINEAR", peak, warmup, steps, 1, 0.0, lambda x: o.get_linear_schedule_with_warmup(x, warmup, steps))
    line("COSINE", peak, warmup, steps, 1, 0.0, lambda x: o.get_cosine_schedule_with_warmup(x, warmup, steps))
    for minimum in (0.1, 1.0):
        line("COSINE", peak, warmup, steps, 1, minimum,
             lambda x: o.get_cosine_with_min_lr_schedule_with_warmup(x, warmup, steps, min_lr_rate=minimum))
    for cycles in (1, 2, 3, 7):
        line("COSINE_WITH_RESTARTS", peak, warmup, steps, cycles, 0.0,
             lambda x: o.get_cosine_with_hard_restarts_schedule_with_warmup(x, warmup, steps, cycles))
