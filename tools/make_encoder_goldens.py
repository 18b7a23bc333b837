"""Makes the random text encoders of the tests, and the vectors that transformers computes with them.

Run from the repository's root, with transformers 5.24 and torch 2.15:
    python tools/make_encoder_goldens.py
Writes telecom-llm-core/src/test/resources/io/telecomllm/embedding/{cls,mean}/: a Hugging Face folder in the layout of
bge-small-en (the row of [CLS]) and of all-MiniLM (the mean of the rows), and expected.safetensors with `ids.N` and
`vector.N` of each text of texts.json. Computed in fp32 on one thread, a text at a time, so without padding.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel

TARGET = Path("telecom-llm-core/src/test/resources/io/telecomllm/embedding")
VOCABULARY = 220
POSITIONS = 40
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TEXTS = [
    "The AMF registers a UE.",
    "What does the UPF forward?",
    "",
    "Caf\u00e9 \u5e2f\u57df \U0001f4e1 x",
    "[CLS] is no token of a text, and neither is [SEP].",
    "session " * 60,
    "A PDU session belongs to one network slice, which S-NSSAI names.",
    "the amf registers a ue.",
]


def tokenizer(texts):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(
        texts, trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=SPECIALS, show_progress=False))
    ids = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ids)
    return tokenizer


def vector(model, ids, pooling):
    rows = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
    pooled = rows[0] if pooling == "cls" else rows.mean(0)
    return torch.nn.functional.normalize(pooled, dim=0)


def main():
    torch.set_num_threads(1)
    questions = json.loads(Path("tools/sample_questions.json").read_text())
    entries = questions.values() if isinstance(questions, dict) else questions
    corpus = [str(text) for entry in entries for text in (entry.values() if isinstance(entry, dict) else [entry])]
    words = tokenizer(corpus + TEXTS)
    for seed, pooling in enumerate(["cls", "mean"]):
        folder = TARGET / pooling
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "1_Pooling").mkdir(parents=True)
        torch.manual_seed(seed)
        config = BertConfig(
            vocab_size=words.get_vocab_size(), hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
            intermediate_size=40, max_position_embeddings=POSITIONS, initializer_range=0.3, layer_norm_eps=1e-12)
        model = BertModel(config, add_pooling_layer=False).eval()
        for name, parameter in model.named_parameters():
            if "LayerNorm" in name or name.endswith("bias"):
                parameter.data += 0.1 * torch.randn_like(parameter)
        model.save_pretrained(folder)
        words.save(str(folder / "tokenizer.json"), pretty=False)
        modes = {"pooling_mode_cls_token": pooling == "cls", "pooling_mode_mean_tokens": pooling == "mean"}
        settings = {"word_embedding_dimension": config.hidden_size, **modes, "pooling_mode_max_tokens": False}
        (folder / "1_Pooling/config.json").write_text(json.dumps(settings, indent=2) + "\n")
        types = ["Transformer", "Pooling", "Normalize"]
        modules = [
            {"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{name}",
             "type": f"sentence_transformers.models.{name}"} for i, name in enumerate(types)]
        (folder / "modules.json").write_text(json.dumps(modules, indent=2) + "\n")
        expected = {}
        with torch.no_grad():
            for i, text in enumerate(TEXTS):
                inside = words.encode(text, add_special_tokens=False).ids
                if i == 4:  # what spells a control token is text: the two tokens' letters
                    inside = [id for part in plain(text) for id in part_ids(words, part)]
                cls, sep = (words.token_to_id(token) for token in ("[CLS]", "[SEP]"))
                ids = [cls] + inside[:POSITIONS - 2] + [sep]
                expected[f"ids.{i}"] = torch.tensor(ids)
                expected[f"vector.{i}"] = vector(model, ids, pooling).contiguous()
        save_file(expected, folder / "expected.safetensors")
    (TARGET / "texts.json").write_text(json.dumps({"texts": TEXTS}, indent=2) + "\n")


def plain(text):
    return [word for word in text.replace("[", " [ ").replace("]", " ] ").split()]


def part_ids(words, part):
    # one word at a time: a bracket alone is punctuation, and CLS without brackets no special token
    return words.encode(part, add_special_tokens=False).ids


main()
