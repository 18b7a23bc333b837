#!/usr/bin/env python3
"""What transformers computes for the scalings of the rotary embedding: inverse frequencies and the
attention factor, for configurations in the form of published config.json files and in the newer one.

    python tools/make_rope_goldens.py > telecom-llm-core/src/test/resources/io/telecomllm/model/files/rope.json
"""
import json
import sys

from transformers import LlamaConfig, Phi3Config, PhiConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

LLAMA = {
    "model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "head_dim": 16,
    "max_position_embeddings": 256, "rope_theta": 10000.0,
}
CASES = [
    (LLAMA, {"type": "linear", "factor": 4.0}, [100]),
    (LLAMA, {"rope_type": "dynamic", "factor": 4.0}, [100, 256, 257, 700]),
    (LLAMA | {"rope_theta": 500000.0}, {"rope_type": "dynamic", "factor": 2.5}, [511]),
    (LLAMA, {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}, [100]),
    (LLAMA | {"head_dim": 32}, {"rope_type": "yarn", "factor": 16.0, "original_max_position_embeddings": 4096,
             "beta_fast": 16.0, "beta_slow": 2.0, "truncate": False}, [100]),
    (LLAMA, {"rope_type": "yarn", "factor": 40.0, "original_max_position_embeddings": 128,
             "mscale": 1.0, "mscale_all_dim": 0.7}, [100]),
    (LLAMA, {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64,
             "attention_factor": 1.25}, [100]),
    (LLAMA | {"rope_theta": 500000.0, "head_dim": 64},
     {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
      "original_max_position_embeddings": 8192}, [100]),
    ({"model_type": "phi3", "hidden_size": 64, "num_attention_heads": 4, "max_position_embeddings": 512,
      "original_max_position_embeddings": 32, "rope_theta": 10000.0},
     {"type": "longrope", "short_factor": [1.0 + i / 20 for i in range(8)],
      "long_factor": [1.0 + 0.9 * i for i in range(8)]}, [32, 33]),
    ({"model_type": "phi3", "hidden_size": 64, "num_attention_heads": 4, "max_position_embeddings": 512,
      "original_max_position_embeddings": 32, "rope_theta": 10000.0, "partial_rotary_factor": 0.75},
     {"type": "longrope", "short_factor": [1.0 + i / 20 for i in range(6)],
      "long_factor": [1.0 + 0.9 * i for i in range(6)]}, [32, 33]),
]
CLASSES = {"llama": LlamaConfig, "phi3": Phi3Config, "phi": PhiConfig}


def main():
    cases = []
    for base, scaling, lengths in CASES:
        for form in ("rope_scaling", "rope_parameters"):
            fields = dict(base)
            if form == "rope_parameters":
                new = dict(scaling) | {"rope_theta": fields.pop("rope_theta")}
                new["rope_type"] = new.pop("type", None) or new["rope_type"]
                for moved in ("original_max_position_embeddings", "partial_rotary_factor"):
                    if moved in fields:
                        new[moved] = fields[moved]
                fields["rope_parameters"] = new
            else:
                fields["rope_scaling"] = dict(scaling)
            config = CLASSES[base["model_type"]](**json.loads(json.dumps(fields)))
            function = ROPE_INIT_FUNCTIONS[config.rope_parameters["rope_type"]]
            for length in lengths:
                frequencies, factor = function(config, "cpu", seq_len=length)
                cases.append({"config": fields, "length": length, "attention_factor": factor,
                              "inv_freq": [float(f) for f in frequencies]})
    json.dump(cases, sys.stdout, indent=1)
    sys.stdout.write("\n")


main()
