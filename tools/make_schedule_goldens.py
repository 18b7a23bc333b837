#!/usr/bin/env python3
"""The learning rates of transformers' schedules, every step of runs of several lengths.

    python tools/make_schedule_goldens.py > \
        telecom-llm-training/src/test/resources/io/telecomllm/training/optimizer/schedules.csv

A line: schedule, peak, warm-up steps, steps, cycles, min_lr_rate, then the rate of each step from 0 to the
number of steps.
"""
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
