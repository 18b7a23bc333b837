#!/usr/bin/env bash
# One would guess: Qwen3 asked for an answer, and the same conversation with the answer in it, differ by
# the answer and its end alone.
#
# What happens: in a finished conversation the template of Qwen3-0.6B writes an empty thought before the
# last answer, <think>, two line ends, </think>, two line ends; the generation prompt does not have it,
# and neither have earlier answers. With enable_thinking=False the generation prompt has it, too.
#
# Why it matters: answers scored or trained right after the generation prompt stand where the model has
# always seen <think>. Training text made turn by turn differs from training text made as a whole.
#
# Needs Python 3. Installs transformers 5.24.0, and takes the template from the sources of
# llama-cpp-python 0.3.16, which hold it; nothing of them is built or run.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "transformers==5.24.0" "jinja2==3.1.6"
venv/bin/pip download -q --no-deps --no-binary :all: "llama-cpp-python==0.3.16"
tar xzf llama_cpp_python-0.3.16.tar.gz --wildcards --strip-components=5 '*/models/templates/Qwen-Qwen3-0.6B.jinja'

cat > ask.py <<'PYTHON'
import transformers
from tokenizers import Tokenizer, models

print("transformers", transformers.__version__)
tokenizer = transformers.PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.BPE({"<|im_end|>": 0}, [])), eos_token="<|im_end|>")
with open("Qwen-Qwen3-0.6B.jinja") as file:
    tokenizer.chat_template = file.read()
first = [{"role": "user", "content": "5 + 4?"}]
answered = first + [{"role": "assistant", "content": "9"}]
again = answered + [{"role": "user", "content": "And 3?"}]
for name, messages, settings in (
    ("asked", first, dict(add_generation_prompt=True)),
    ("asked, no thinking", first, dict(add_generation_prompt=True, enable_thinking=False)),
    ("answered", answered, {}),
    ("asked again", again, dict(add_generation_prompt=True)),
):
    print(f"{name}: {tokenizer.apply_chat_template(messages, tokenize=False, **settings)!r}")
PYTHON
venv/bin/python ask.py 2> warnings.txt | tee seen.txt

cat > expected.txt <<'TEXT'
transformers 5.24.0
asked: '<|im_start|>user\n5 + 4?<|im_end|>\n<|im_start|>assistant\n'
asked, no thinking: '<|im_start|>user\n5 + 4?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n'
answered: '<|im_start|>user\n5 + 4?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n9<|im_end|>\n'
asked again: '<|im_start|>user\n5 + 4?<|im_end|>\n<|im_start|>assistant\n9<|im_end|>\n<|im_start|>user\nAnd 3?<|im_end|>\n<|im_start|>assistant\n'
TEXT
diff expected.txt seen.txt && echo "as described"
