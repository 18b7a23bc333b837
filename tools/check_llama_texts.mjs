/*
Compares greedy texts with llama.cpp's, on the same GGUF file and the same token ids.

    mvn -q compile exec:java -Dexec.mainClass=io.telecomllm.examples.peers.GreedyTexts \
      -Dexec.args="--model FILE.gguf --weights STORED --prompts tools/generation_prompts.txt" > ours.jsonl
    npm install --no-save node-llama-cpp@3.22.1
    node tools/check_llama_texts.mjs FILE.gguf ours.jsonl

llama.cpp writes a text of its own, one token at a time. Where it parts from ours, both have read the same tokens; each
side's log-probabilities of the two next tokens are shown, and by how much its own leads, which is also the difference
of their logits. Then llama.cpp reads our text, and the log-probabilities of our most probable token at each place are
compared. llama.cpp rounds what it multiplies with blocks to 8 bits, so near ties go either way. Fails where both leads
together exceed LEAD.
*/
import fs from "fs";
import {getLlama} from "node-llama-cpp";

const LEAD = 0.5;

const [path, ours] = process.argv.slice(2);
// one thread: llama.cpp's threads spin while they wait, which is slow next to other programs
const llama = await getLlama({gpu: false, build: "never", maxThreads: 1, logLevel: "error"});
const model = await llama.loadModel({modelPath: path});
const context = await model.createContext({
  contextSize: 512, threads: 1, flashAttention: false,
  experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32",
});
const sequence = context.getSequence();

/** Reads tokens and returns the logits after each from the given place on: of these tokens and of the best one. */
async function read(ids, from, tokens) {
  // includeMax does nothing in 3.22.1
  const asked = {logits: {filter: {tokens, includeTop: 1}}, totalLogitWeight: true};
  const results = await sequence.controlledEvaluate(
    ids.map((id, place) => (place < from ? id : [id, {generateNext: asked}])));
  return results.slice(from).map(({next}) => {
    const [[best, most]] = next.logits;
    return {best, logits: next.logits, sum: most + Math.log(next.totalLogitWeight)};
  });
}

/** Where llama.cpp's own text parts from ours: its place and token, and how probable both are; null for nowhere. */
async function parting({promptIds, ids}) {
  await sequence.clearHistory();
  let unread = promptIds;
  for (const [place, id] of ids.entries()) {
    const [{best, logits, sum}] = await read(unread, unread.length - 1, [id]);
    if (best !== id) {
      return {place, best, theirs: new Map([best, id].map((token) => [token, logits.get(token) - sum]))};
    }
    unread = [id];
  }
  return null;
}

/** By how much llama.cpp's log-probability of our best token exceeds ours, at each place of our text. */
async function differences({promptIds, ids, candidates}) {
  await sequence.clearHistory();
  const best = candidates.map(([[id]]) => id);
  const rows = await read([...promptIds, ...ids.slice(0, -1)], promptIds.length - 1, best);
  return rows.map((row, place) => ({
    same: row.best === best[place],
    more: row.logits.get(best[place]) - row.sum - candidates[place][0][1],
  }));
}

/** Two tokens with their log-probabilities, and the lead of the first. */
function pair(first, second, values) {
  const token = (id) => `${JSON.stringify(model.detokenize([id], true))} ${values.get(id)?.toFixed(3)}`;
  const lead = values.get(first) - (values.get(second) ?? -Infinity);
  return {lead, text: `${token(first)} before ${token(second)} by ${lead.toFixed(3)}`};
}

const lines = fs.readFileSync(ours, "utf8").split("\n").filter((line) => line.startsWith("{")).map(JSON.parse);
const all = [];
let equal = 0;
let widest = 0;
for (const line of lines) {
  const other = await parting(line);
  const found = await differences(line);
  all.push(...found);
  const mean = found.reduce((sum, {more}) => sum + Math.abs(more), 0) / found.length;
  let seen = `equal, ${line.ids.length} tokens`;
  if (other === null) {
    equal++;
  } else {
    const id = line.ids[other.place];
    const own = pair(id, other.best, new Map(line.candidates[other.place]));
    const theirs = pair(other.best, id, other.theirs);
    widest = Math.max(widest, own.lead + theirs.lead);
    seen = `at ${other.place} ours has ${own.text}, llama.cpp ${theirs.text}`;
  }
  console.log(`${JSON.stringify(line.prompt)}: ${seen}; log-probabilities ${mean.toFixed(4)} apart`);
}
const sizes = all.map(({more}) => Math.abs(more)).sort((a, b) => a - b);
const quantile = (part) => sizes[Math.floor(part * (sizes.length - 1))].toFixed(4);
const same = all.filter((place) => place.same).length;
const mean = all.reduce((sum, {more}) => sum + more, 0) / all.length;
console.log(`${equal} of ${lines.length} texts equal; ${same} of ${all.length} best tokens`);
console.log(`log-probabilities apart: median ${quantile(0.5)}, 90 % ${quantile(0.9)}, 99 % ${quantile(0.99)}, `
  + `most ${quantile(1)}; mean with sign ${mean.toFixed(4)}`);
process.exit(lines.length > 0 && widest < LEAD ? 0 : 1);
