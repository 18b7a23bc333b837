"""Makes testing/reference/data and goldens/smollm2: questions, two tokenizers, an instruct model in GGUF, its scores.

Run from the repository's root, with torch 2.15, transformers 5.23, tokenizers 0.23, gguf 0.19 and pyzipper 0.4:
    python tools/make_data_goldens.py
The questions are the quickstart's and those of sample_questions.json, all written for this repository; the tokenizers
are trained on them; the model is random. testing/reference/README.md says what each file holds.
"""

import json
import shutil
import warnings
from pathlib import Path

import gguf
import numpy as np
import pyzipper
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

REFERENCE = Path("testing/reference")
EMBEDDED = Path("examples/src/main/resources/io/telecomllm/examples/questions.json")
SAMPLES = Path("tools/sample_questions.json")
PASSWORD = b"teleqnadataset"
INSTRUCTION = "You answer multiple choice questions about telecommunications. Reply with the option number and its text."
SCORED = 20
CONTINUED = 16

SPACE = "\u2581"
PHI3_CONTROLS = ["<|endoftext|>", "<|assistant|>", "<|system|>", "<|end|>", "<|user|>"]
PHI3_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>\\n' + message['content'] + '<|end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}")
CHATML_CONTROLS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CHATML_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\\nYou are a small model that tests ask.<|im_end|>\\n' }}{% endif %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")

TEXTS = [
    "What does the AMF do when a UE deregisters? [3GPP Release 17]",
    "option 2: To release the PDU session",
    "  leading spaces and    runs        of them",
    "tabs\tand\nnew lines\n\n",
    "\u03a9 \u2265 3 dB \u00b5s \u2014 \u201cquotes\u201d \u2026",
    "\U0001f4e1 signs and \u6f22\u5b57",
    "<|user|>\nHi<|end|>\n<|assistant|>\n",
    "<s>marked</s>",
    "",
    "5G NR at 3.5GHz with 100MHz (TDD)",
    "a" * 100,
]
CHATS = [
    [("user", "What is a UE?")],
    [("system", "You know telecom."), ("user", "Explain HARQ.")],
    [("user", "Hi"), ("assistant", "Hello."), ("user", "Bye <|end|>")],
]


def questions():
    """The quickstart's questions, then the samples, by the ids that TeleQnA's have."""
    every = list(json.loads(EMBEDDED.read_text()).values()) + json.loads(SAMPLES.read_text())
    return {f"question {i}": entry for i, entry in enumerate(every)}


def write_zip(entries):
    path = REFERENCE / "data/questions.zip"
    with pyzipper.AESZipFile(path, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as file:
        file.setpassword(PASSWORD)
        file.writestr("questions.txt", json.dumps(entries, indent=1, ensure_ascii=False))


def texts(entries):
    return ["\n".join(str(value) for value in entry.values()) for entry in entries.values()]


def merges_by_score(vocabulary):
    """The merges of a SentencePiece vocabulary as LLaMA's published tokenizer.json has them.

    Every pair of tokens that makes a third, in the order of the third one's score, which falls with its id and is
    lowest for runs of spaces; then in the order of the pair's ids.
    """
    pairs = []
    for token, number in vocabulary.items():
        run = len(token) > 1 and set(token) == {SPACE}
        score = -1e9 if run else -number
        for cut in range(1, len(token)):
            left, right = token[:cut], token[cut:]
            if left in vocabulary and right in vocabulary:
                pairs.append((-score, vocabulary[left], vocabulary[right], f"{left} {right}"))
    return [tuple(merge.split(" ")) for *_, merge in sorted(pairs)]


def sentence_piece(corpus):
    """A tokenizer built as Phi-3's: bytes where a character is unknown, one space before a text, <s> first."""
    first = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    trained = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    # in training words are apart, and digits, so that no token holds several; a text is one piece later
    trained.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Metaspace(), pre_tokenizers.Digits(individual_digits=True)])
    runs = [SPACE * n for n in (2, 4, 8)]
    trained.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=1100, special_tokens=first + runs, show_progress=False))
    vocabulary = dict(sorted(trained.get_vocab().items(), key=lambda entry: entry[1]))
    tokenizer = Tokenizer(models.BPE(
        vocab=vocabulary, merges=merges_by_score(vocabulary), unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(SPACE), normalizers.Replace(" ", SPACE)])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A", "<s> $A <s>:1 $B:1", [("<s>", 1)])
    for token in first[:3] + PHI3_CONTROLS:
        tokenizer.add_special_tokens([
            AddedToken(token, rstrip=token not in ("<unk>", "<s>", "<|endoftext|>"), normalized=False)])
    return tokenizer


def write_sentence_piece(tokenizer):
    folder = REFERENCE / "data/phi3-tokenizer"
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "LlamaTokenizer", "add_bos_token": False, "add_eos_token": False, "bos_token": "<s>",
        "eos_token": "<|endoftext|>", "unk_token": "<unk>", "pad_token": "<|endoftext|>", "model_max_length": 4096,
        "chat_template": PHI3_TEMPLATE, "clean_up_tokenization_spaces": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2))
    chat = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), **settings)
    expected = {"encodings": [], "chat": []}
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        expected["encodings"].append({
            "text": text, "ids": ids, "ids_without_special": tokenizer.encode(text, add_special_tokens=False).ids,
            "decoded": tokenizer.decode(ids, skip_special_tokens=True)})
    for turns in CHATS:
        messages = [{"role": role, "content": content} for role, content in turns]
        for prompt in (True, False):
            text = chat.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompt)
            expected["chat"].append({
                "messages": messages, "add_generation_prompt": prompt, "text": text,
                "ids": tokenizer.encode(text, add_special_tokens=False).ids})
    (folder / "expected.json").write_text(json.dumps(expected, indent=1))


def byte_level(corpus):
    """A tokenizer built as SmolLM2's: bytes, digits one by one, the control tokens of ChatML."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=600, special_tokens=CHATML_CONTROLS, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def permuted(rows, heads):
    """The rows of a rotated projection in GGUF's order: the halves of a head in turn."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def restored(rows, heads):
    return rows.reshape(heads, rows.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(rows.shape)


def write_gguf(path, tokenizer):
    """A random LLaMA in Q4_1. Returns it in fp32, with the values that the file holds."""
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    config = LlamaConfig(
        hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        head_dim=16, vocab_size=len(vocabulary), max_position_embeddings=2048, rms_norm_eps=1e-5,
        tie_word_embeddings=True, rope_parameters={"rope_type": "default", "rope_theta": 100000.0},
        bos_token_id=1, eos_token_id=2, pad_token_id=2)
    torch.manual_seed(4)
    model = LlamaForCausalLM(config).eval()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_freq_base(100000.0)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(len(vocabulary))
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_1)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([token for token, _ in vocabulary])
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_token_types([control if token in CHATML_CONTROLS else normal for token, _ in vocabulary])
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHATML_TEMPLATE)

    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    kinds = gguf.GGMLQuantizationType
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            stored = names.get_name(name, try_suffixes=(".weight",))
            if parameter.dim() == 1:
                parameter.copy_(1 + torch.randn_like(parameter) * 0.1)
                writer.add_tensor(stored, parameter.numpy().copy())
                continue
            # the embedding is the head, too: logits of a few units
            rows = torch.randn_like(parameter).numpy() * (0.5 if "embed" in name else 0.25)
            turned = next((count for part, count in heads.items() if part in name), None)
            packed = gguf.quants.quantize(permuted(rows, turned) if turned else rows, kinds.Q4_1)
            writer.add_tensor(stored, packed, raw_dtype=kinds.Q4_1)
            values = gguf.quants.dequantize(packed, kinds.Q4_1)
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(restored(values, turned) if turned else values)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return model


def write_scores(model, tokenizer, entries):
    folder = REFERENCE / "goldens/smollm2"
    folder.mkdir(parents=True)
    digits = [tokenizer.token_to_id(str(digit)) for digit in range(1, 6)]
    scored = []
    for number, (name, entry) in enumerate(list(entries.items())[:: len(entries) // SCORED][:SCORED]):
        options = [entry[key] for key in entry if key.startswith("option ")]
        lines = [entry["question"]] + [f"option {i + 1}: {option}" for i, option in enumerate(options)]
        text = (
            f"<|im_start|>system\n{INSTRUCTION}<|im_end|>\n<|im_start|>user\n" + "\n".join(lines)
            + "<|im_end|>\n<|im_start|>assistant\n")
        ids = tokenizer.encode(text + "option ").ids
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0]
        probabilities = torch.log_softmax(logits[-1], 0)[digits[: len(options)]]
        scored.append({
            "id": name, "prompt": text, "scored_ids": ids, "log_probabilities_of_digits": probabilities.tolist()})
        if number == 0:
            prompt = torch.tensor([tokenizer.encode(text).ids])
    with torch.no_grad():
        last = model(prompt).logits[0, -8:].contiguous()
        output = model.generate(
            prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=CONTINUED, min_new_tokens=CONTINUED,
            do_sample=False)
    save_file({"input_ids": prompt, "logits_last8": last, "greedy_output_ids": output}, folder / "expected.safetensors")
    golden = {"digits": digits, "questions": scored, "greedy_text": tokenizer.decode(output[0].tolist(), False)}
    (folder / "questions.json").write_text(json.dumps(golden, indent=1))
    print(f"{len(scored)} questions of {min(len(s['scored_ids']) for s in scored)} tokens and more")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    for made in ("data", "goldens/smollm2"):
        shutil.rmtree(REFERENCE / made, ignore_errors=True)
    (REFERENCE / "data").mkdir(parents=True)
    entries = questions()
    write_zip(entries)
    corpus = texts(entries)
    write_sentence_piece(sentence_piece(corpus))
    tokenizer = byte_level(corpus)
    model = write_gguf(REFERENCE / "data/tiny.Q4_1.gguf", tokenizer)
    write_scores(model, tokenizer, entries)
