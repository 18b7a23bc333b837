#!/usr/bin/env bash
# One would guess: the answer added to a conversation only makes its text longer. What a model is trained
# on (the finished conversation) begins with what it is asked with (the same without the answer).
#
# What happens: with the chat template of Mistral-Nemo-Instruct-2407 the system message stands before the
# last user message, and only if that is the conversation's last message. Once the answer is there, the
# system message is gone, without an error.
#
# Why it matters: a trainer that renders finished conversations never shows the model its instruction;
# the model then meets it for the first time when it is asked. Masks that cut the prompt off by its
# length cut in the wrong place.
#
# Needs Python 3. Installs transformers 5.24.0, and takes the template from the sources of
# llama-cpp-python 0.3.9, which hold it; nothing of them is built or run.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "transformers==5.24.0" "jinja2==3.1.6"
venv/bin/pip download -q --no-deps --no-binary :all: "llama-cpp-python==0.3.9"
tar xzf llama_cpp_python-0.3.9.tar.gz --wildcards --strip-components=5 \
  '*/models/templates/mistralai-Mistral-Nemo-Instruct-2407.jinja'

cat > ask.py <<'PYTHON'
import transformers
from tokenizers import Tokenizer, models

print("transformers", transformers.__version__)
tokenizer = transformers.PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.BPE({"<s>": 0, "</s>": 1}, [])), bos_token="<s>", eos_token="</s>")
with open("mistralai-Mistral-Nemo-Instruct-2407.jinja") as file:
    tokenizer.chat_template = file.read()
asked = [{"role": "system", "content": "Answer with a number."}, {"role": "user", "content": "What is 5 + 4?"}]
answered = asked + [{"role": "assistant", "content": "9"}]
print("asked:   ", repr(tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)))
print("answered:", repr(tokenizer.apply_chat_template(answered, tokenize=False)))
PYTHON
venv/bin/python ask.py 2> warnings.txt | tee seen.txt

cat > expected.txt <<'TEXT'
transformers 5.24.0
asked:    '<s>[INST]Answer with a number.\n\nWhat is 5 + 4?[/INST]'
answered: '<s>[INST]What is 5 + 4?[/INST]9</s>'
TEXT
diff expected.txt seen.txt && echo "as described"
