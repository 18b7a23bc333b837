#!/usr/bin/env python3
"""Reads TensorBoardFile's event files with the real tensorboard and compares them with metrics.jsonl.

    python tools/check_tensorboard.py [FOLDER]     (pip install tensorboard==2.21.0)

Each folder below FOLDER that holds a metrics.jsonl and event files of the same run is one; without
FOLDER it is what TensorBoardFileTest leaves, a run that was killed in the middle of a record and went
on at an earlier step. Scalars are kept as 32-bit floats. The exit status is 1 if a scalar is missing,
is there too often or differs.
"""

import collections
import json
import math
import pathlib
import struct
import sys

from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

LEFT = "telecom-llm-training/target/tracking"
TAGS = {
    "train/loss": ("step", "loss"),
    "train/grad_norm": ("step", "grad_norm"),
    "train/learning_rate": ("step", "learning_rate"),
    "train/tokens_per_second": ("step", "tokens_per_second"),
    "eval/loss": ("evaluation", "eval_loss"),
    "eval/accuracy": ("evaluation", "eval_accuracy"),
}


def expected(folder):
    """By tag, the pairs of step and value that metrics.jsonl holds."""
    pairs = collections.defaultdict(list)
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        line = json.loads(line)
        for tag, (event, field) in TAGS.items():
            if line["event"] == event and not (tag == "eval/accuracy" and line[field] is None):
                value = line[field]
                # null is a number that is not finite
                pairs[tag].append((line["step"], None if value is None else single(value)))
    return pairs


def single(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def check(folder):
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    problems, wanted = [], expected(folder)
    for tag in sorted(set(wanted) | set(events.Tags()["scalars"])):
        scalars = events.Scalars(tag) if tag in events.Tags()["scalars"] else []
        found = [(s.step, s.value if math.isfinite(s.value) else None) for s in scalars]
        same = found == wanted.get(tag, [])
        values = [value for _, value in found if value is not None]
        ends = f"{values[0]:.6g} to {values[-1]:.6g}" if values else "none is finite"
        print(f"{folder.name:16} {tag:26}{len(found):6} values, {ends}  {'same' if same else 'DIFFERS'}")
        problems += [] if same else [tag]
    # what the web page reads: the settings are among the texts
    texts = plugin_event_multiplexer.EventMultiplexer({"run": str(folder)}).Reload()
    plugins = texts.PluginRunToTagToContent("text").get("run", {})
    for tag in plugins:
        text = texts.Tensors("run", tag)[0].tensor_proto.string_val[0].decode()
        print(f"{folder.name:16} {tag:26}{len(text.splitlines()):6} lines of text, the third: {text.splitlines()[2]}")
    return problems + ([] if "settings" in plugins else ["no settings among the texts"])


def main(root=LEFT):
    folders = sorted(path.parent for path in pathlib.Path(root).rglob("metrics.jsonl"))
    problems = [problem for folder in folders for problem in check(folder)]
    print(f"{len(folders)} runs, {len(problems)} differences")
    return bool(problems) or not folders


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
