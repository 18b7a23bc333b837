#!/usr/bin/env bash
# One would guess: node-llama-cpp's filter of logits with includeMax, "always include the max logit token",
# returns the most probable token with its logit, as includeTop: 1 does, beside the tokens asked for by id.
#
# What happens: in node-llama-cpp 3.22.1 includeMax adds nothing. The tokens asked for come back without it,
# and no error says so; includeTop: 1 works.
#
# Why it matters: who compares another program's greedy text with llama.cpp's finds the other's token first
# in every list, since no rival is in it: all texts look equal. tools/check_llama_texts.mjs asks by includeTop.
#
# Needs Node 20 and Python 3. Makes a model of random weights (200 KB) in a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "gguf==0.19.0"
npm init -y > /dev/null
npm install --silent --ignore-scripts "node-llama-cpp@3.22.1" > /dev/null

cat > make.py <<'PYTHON'
import numpy as np
from gguf import GGUFWriter, TokenType

words = ["<unk>", "<s>", "</s>"] + [f"<0x{i:02X}>" for i in range(256)] + [f"w{i}" for i in range(61)]
size = len(words)
w = GGUFWriter("tiny.gguf", "llama")
w.add_context_length(64)
w.add_embedding_length(32)
w.add_block_count(1)
w.add_feed_forward_length(64)
w.add_head_count(2)
w.add_head_count_kv(2)
w.add_layer_norm_rms_eps(1e-5)
w.add_vocab_size(size)
w.add_tokenizer_model("llama")
w.add_token_list(words)
w.add_token_scores([0.0] * size)
w.add_token_types([TokenType.UNKNOWN] + [TokenType.CONTROL] * 2 + [TokenType.BYTE] * 256 + [TokenType.NORMAL] * 61)
w.add_bos_token_id(1)
w.add_eos_token_id(2)
r = np.random.default_rng(7)
shapes = {"token_embd": (size, 32), "output": (size, 32), "blk.0.attn_q": (32, 32), "blk.0.attn_k": (32, 32),
          "blk.0.attn_v": (32, 32), "blk.0.attn_output": (32, 32), "blk.0.ffn_gate": (64, 32),
          "blk.0.ffn_up": (64, 32), "blk.0.ffn_down": (32, 64)}
for name, shape in shapes.items():
    w.add_tensor(f"{name}.weight", r.standard_normal(shape).astype(np.float32))
for name in ["output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"]:
    w.add_tensor(f"{name}.weight", np.ones(32, np.float32))
w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()
PYTHON
venv/bin/python make.py

cat > ask.mjs <<'NODE'
import {readFileSync} from "node:fs";
import {getLlama} from "node-llama-cpp";

const text = readFileSync("node_modules/node-llama-cpp/package.json", "utf8");
console.log("node-llama-cpp", JSON.parse(text).version);
const llama = await getLlama({gpu: false, build: "never", logLevel: "disabled"});
const model = await llama.loadModel({modelPath: "tiny.gguf"});
const context = await model.createContext({contextSize: 64});
const sequence = context.getSequence();

async function tokens(filter) {
  await sequence.clearHistory();
  const [, {next}] = await sequence.controlledEvaluate([1, [5, {generateNext: {logits: {filter}}}]]);
  return [...next.logits.keys()];
}

const [best] = await tokens({tokens: [], includeTop: 1});
const other = best === 9 ? 10 : 9;
for (const wish of [{includeTop: 1}, {includeMax: true}]) {
  const found = await tokens({tokens: [other], ...wish});
  console.log(JSON.stringify(wish), "beside another token: most probable one there:", found.includes(best));
}
process.exit(0);
NODE
node ask.mjs | tee seen.txt

cat > expected.txt <<'TEXT'
node-llama-cpp 3.22.1
{"includeTop":1} beside another token: most probable one there: true
{"includeMax":true} beside another token: most probable one there: false
TEXT
diff expected.txt seen.txt && echo "as described"
