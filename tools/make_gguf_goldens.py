"""Writes a GGUF file with the reference implementation, for GgufWriterTest: 12 x 64 values in each encoding, and metadata of each type.

usage: make_gguf_goldens.py telecom-llm-core/src/test/resources/io/telecomllm/weights/reference.gguf
(pip install gguf==0.19.0)
"""

import sys

import gguf
import numpy as np


def values():
    """Ordinary weights, then blocks of 32 that each try one thing."""
    random = np.random.default_rng(3407)
    x = (random.standard_normal((12, 64)) * 0.05).astype(np.float32)
    x[2, :32] = 0  # no scale at all
    x[2, 32:] = 2.0**-30  # a scale below the least half
    x[3, :32] = np.arange(-16, 16)  # both signs at the largest magnitude: the first one counts
    x[3, 32:] = np.arange(-16, 16)[::-1] + 0.5  # halves
    x[4, :32] = np.linspace(-127, 127, 32)  # halves between the steps of Q8_0
    x[4, 32:] = np.arange(32) * 0.5 - 7.5
    x[5, :32] = random.standard_normal(32) * 6e4 / 8  # near the largest half
    x[5, 32:] = np.float32(65504) * np.where(np.arange(32) % 2, 1, -1)
    x[6, :32] = random.standard_normal(32) * 1e-6  # subnormal halves
    x[6, 32:] = np.arange(32) * 2.0**-25  # halves between subnormals
    x[7] = 1 + np.arange(64) * 2.0**-12  # halves between halves: ties to even
    x[8] = 1 + np.arange(64) * 2.0**-9  # and between brain floats
    x[9, :32] = 2.0 ** np.arange(-26, 6)
    x[9, 32:] = -(2.0 ** np.arange(-26, 6))
    x[10, :] = np.where(np.arange(64) % 7 == 3, -1, 1) * 3.3e-4
    return np.clip(x, -65504, 65504).astype(np.float32)


def main(path):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_uint32("llama.block_count", 2)
    writer.add_uint64("test.large", 2**40 + 1)
    writer.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5)
    writer.add_bool("tokenizer.ggml.add_bos_token", True)
    writer.add_bool("tokenizer.ggml.add_space_prefix", False)
    writer.add_string("general.name", "tiny \u2581\U0001f4e1")
    writer.add_array("tokenizer.ggml.tokens", ["<s>", "\u2581", "ab"])
    writer.add_array("tokenizer.ggml.scores", [0.0, -1.5, -1e10])
    writer.add_array("tokenizer.ggml.token_type", [3, 1, -1])
    x = values()
    kinds = gguf.GGMLQuantizationType
    for kind in (kinds.F32, kinds.F16, kinds.BF16, kinds.Q8_0, kinds.Q4_0):
        data = gguf.quants.quantize(x, kind)
        writer.add_tensor(kind.name + ".weight", data, raw_dtype=kind)
    writer.add_tensor("odd.weight", x[0, :5])  # 20 bytes: padding behind it
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])
