#!/usr/bin/env bash
# One would guess: where config.json has the new rope_parameters and the old rope_scaling, transformers
# 5 reads the new field, or both of them together, or refuses.
#
# What happens: transformers 5.24.0 takes the old rope_scaling instead of the new field, whole: the new
# one's rope_theta is lost as well, and the base falls back to the old top-level rope_theta, or to
# 10000 where there is none. Only an empty rope_scaling leaves the new field in place.
#
# Why it matters: a converter that adds the new field and keeps the old one, or a user who edits the
# new one to extend the context, gets a model with other angles, which shows only as worse answers.
#
# Needs Python 3. Installs transformers 5.24.0 in a temporary folder, without torch.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "transformers==5.24.0"

cat > ask.py <<'PYTHON'
import json
import transformers

print("transformers", transformers.__version__)
new = {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0}
old = {"rope_type": "linear", "factor": 4.0}
cases = {
    "new alone": {"rope_parameters": new},
    "both, rope_theta 500000": {"rope_parameters": new, "rope_scaling": old, "rope_theta": 500000.0},
    "both, no rope_theta": {"rope_parameters": new, "rope_scaling": old},
    "both, the old one empty": {"rope_parameters": new, "rope_scaling": {}},
}
for name, fields in cases.items():
    with open("config.json", "w") as file:
        json.dump({"model_type": "llama", "hidden_size": 64, "num_attention_heads": 2,
                   "num_hidden_layers": 1, "intermediate_size": 64, "vocab_size": 96,
                   "max_position_embeddings": 128} | fields, file)
    rope = transformers.AutoConfig.from_pretrained(".").rope_parameters
    print(f"{name}: factor {rope['factor']}, theta {rope['rope_theta']}")
PYTHON
venv/bin/python ask.py 2> warnings.txt | tee seen.txt

cat > expected.txt <<'TEXT'
transformers 5.24.0
new alone: factor 8.0, theta 1000000.0
both, rope_theta 500000: factor 4.0, theta 500000.0
both, no rope_theta: factor 4.0, theta 10000.0
both, the old one empty: factor 8.0, theta 1000000.0
TEXT
diff expected.txt seen.txt && echo "as described"
