#!/usr/bin/env bash
# One would guess: add_bos_token in tokenizer_config.json says whether the tokenizer puts bos in front
# of a text, as its name says and as it did in transformers 4 for LLaMA's tokenizers.
#
# What happens: transformers 5.24.0 does not heed it. The post-processor in tokenizer.json alone
# decides: with one that adds bos, bos is added although add_bos_token is false; without one, none is
# added although it is true.
#
# Why it matters: published models have both, and they disagree (Phi-3-mini's say false and add).
# Prompts of a base model get another first token by the version of transformers that trained it, and
# no error tells.
#
# Needs Python 3. Installs transformers 5.24.0 and tokenizers in a temporary folder, without torch.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "transformers==5.24.0"

cat > ask.py <<'PYTHON'
import json
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors

print("transformers", transformers.__version__)
for post_processor in ("adds bos", "none"):
    for flag in (None, False, True):
        tokenizer = Tokenizer(models.BPE({"<s>": 0, "</s>": 1, "h": 2, "e": 3, "l": 4, "o": 5}, []))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.add_special_tokens(["<s>", "</s>"])
        if post_processor == "adds bos":
            tokenizer.post_processor = processors.TemplateProcessing(
                single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 0)])
        tokenizer.save("tokenizer.json")
        settings = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>"}
        if flag is not None:
            settings["add_bos_token"] = flag
        with open("tokenizer_config.json", "w") as file:
            json.dump(settings, file)
        loaded = transformers.AutoTokenizer.from_pretrained(".")
        ids = loaded("hello")["input_ids"]
        print(f"post-processor {post_processor}, add_bos_token {flag}: {ids}")
PYTHON
venv/bin/python ask.py 2> warnings.txt | tee seen.txt

cat > expected.txt <<'TEXT'
transformers 5.24.0
post-processor adds bos, add_bos_token None: [0, 2, 3, 4, 4, 5]
post-processor adds bos, add_bos_token False: [0, 2, 3, 4, 4, 5]
post-processor adds bos, add_bos_token True: [0, 2, 3, 4, 4, 5]
post-processor none, add_bos_token None: [2, 3, 4, 4, 5]
post-processor none, add_bos_token False: [2, 3, 4, 4, 5]
post-processor none, add_bos_token True: [2, 3, 4, 4, 5]
TEXT
diff expected.txt seen.txt && echo "as described"
