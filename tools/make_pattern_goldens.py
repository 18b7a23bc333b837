#!/usr/bin/env python3
"""What CPython's re says of the regular expressions of PEFT adapters: every pattern on every module name.

    python tools/make_pattern_goldens.py > telecom-llm-core/src/test/resources/io/telecomllm/lora/patterns.json

"targets" are full matches, as PEFT takes target_modules and exclude_modules; "keys" are matched as PEFT matches those of
rank_pattern and alpha_pattern; "random" are expressions of a small grammar on texts of a small alphabet. A value has one
character for each name or text: 1 where it matches. Needs nothing but Python 3.7 or newer.
"""
import itertools
import json
import random
import re
import sys


def names():
    """Modules of decoders, and of models with a tower for images or sound, as PEFT sees their names."""
    attention = ["self_attn." + x for x in ("q_proj", "k_proj", "v_proj", "o_proj", "qkv_proj")]
    gated = ["mlp." + x for x in ("gate_proj", "up_proj", "down_proj", "gate_up_proj")]
    more = ["input_layernorm", "linear_attn.in_proj_qkv", "mlp.shared_expert.up_proj", "mlp.experts.3.up_proj", "mlp.gate"]
    for root, layers in [("model.layers", (0, 1, 9, 10, 11, 27)), ("base_model.model.model.layers", (2,)),
                         ("model.language_model.layers", (0, 13)), ("depth_decoder.model.layers", (1,))]:
        for layer, leaf in itertools.product(layers, attention + gated + more):
            yield f"{root}.{layer}.{leaf}"
    for layer in (0, 12):
        for leaf in ("self_attn.q_proj", "self_attn.out_proj", "mlp.fc1", "mlp.fc2"):
            yield f"vision_tower.vision_model.encoder.layers.{layer}.{leaf}"
        for leaf in ("attn.qkv", "attn.proj", "attn.proj_drop", "mlp.gate_proj", "mlp.linear_fc1"):
            yield f"model.visual.blocks.{layer}.{leaf}"
        for leaf in ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"):
            yield f"transformer.h.{layer}.{leaf}"
        for leaf in ("self_attention.query_key_value", "self_attention.dense", "mlp.dense_h_to_4h", "mlp.dense_4h_to_h"):
            yield f"transformer.h.{layer}.{leaf}"
        for leaf in ("mamba.in_proj", "mamba.out_proj", "self_attn.out_proj"):
            yield f"model.layers.{layer}.{leaf}"
        yield f"model.audio_tower.layers.{layer}.self_attn.relative_k_proj.linear"
    yield from ("lm_head", "score", "model.embed_tokens", "model.norm", "multi_modal_projector.linear_1", "q_proj", "xq_proj",
                "model.embed_vision.embedding_projection", "my.codec_model.layers.0.self_attn.q_proj")


LINEAR = "q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj"
ATTENTION = "self_attn|attention|attn|mixer"
MLP = "mlp|feed_forward|ffn|dense|mixer"
# written out by Unsloth into adapter_config.json: older releases, then those of 2026
OLD = (rf"(?:.*?(?:language|text).*?(?:{ATTENTION}|{MLP}).*?(?:{LINEAR}).*?)"
       rf"|(?:\bmodel\.layers\.[\d]{{1,}}\.(?:{ATTENTION}|{MLP})\.(?:(?:{LINEAR})))")
TAGGED = rf".*?(?:vision|image|visual|patch|language|text).*?(?:{ATTENTION}|{MLP}).*?\.(?:{LINEAR})"
NEW = rf"(?:{TAGGED})|(?:\bmodel\.layers\.[\d]{{1,}}(?!.*\.experts\.\d)\..*?(?:{ATTENTION}|{MLP}).*?\.(?:(?:{LINEAR})))"
TARGETS = [
    r".*\.q_proj", r".*q_proj$", r"q_proj", r".*(q_proj|v_proj)", r".*\.(q_proj|v_proj)$", r"^.*\.(?:q|k|v|o)_proj$",
    rf".*\.(?:{LINEAR})", r".*(self_attn|mlp)\.[a-z_]+", r".*\.mlp\..*", r".*proj", r"(?:.*\.)?lm_head",
    r"model\.layers\.(0|1|2)\.self_attn\.(q|v)_proj", r".*layers\.(?:[0-9]|1[01])\..*_proj", r".*\.layers\.\d+\.mlp\.\w+",
    r".*layers\.(?:1\d|2[0-7])\.(?:self_attn|mlp)\.(?:q|up)_proj", r"(?P<root>.*)\.layers\.(?P<layer>\d{2,})\..*o_proj",
    r"model\.layers\.\d{1,2}\.self_attn\.qkv_proj", r".*\.[kv]_proj", r".*\.(?:[^.]+_)?proj", r"[\w.]+\.attn\.c_(attn|proj)",
    r".*(query_key_value|dense|dense_h_to_4h|dense_4h_to_h)", r".*\.h\.\d+\.(?:attn|mlp)\.c_\w{2,4}", r".*decoder.*(SelfAttention).*",
    # all but the tower: before, after and within
    r"^(?!.*vision_tower).*(q_proj|k_proj|v_proj|o_proj)$", r"(?!.*(?:visual|vision|audio)).*\.(?:q|k|v)_proj",
    r"^(?!.*\b(visual|lm_head)\b).*(?:proj|fc1|fc2)$", r"(?=.*language_model).*\.(?:up|down)_proj", r"(?!lm_head$)(?!score$)[a-z_]+",
    r"^(?:(?!vision).)*_proj$", r".*\.(?!gate)\w+_proj", r".*(?!.*\.experts\.).*\.up_proj", r"model\.(?!visual)[^.]+\..*proj",
    r"(?:(?!experts|visual)[a-z_]+\.|\d+\.)+(?:q|up)_proj", r".*layers\.(?!(?:0|1)\.)\d+\..*q_proj", r".*\.(?=self_attn|mlp).*(?=_proj$)_proj",
    r"(?!.*\.(?:mixer|mamba)\.(?:conv1d|out_proj)$).*\.(?:out_proj|in_proj)",
    r"(?!(?:.*\.)?(?:codec_model|audio_tokenizer)\.).*?(?:self_attn|mlp).*?\.(?:q_proj|up_proj)",
    OLD, NEW, rf"(?:{NEW})|(?:.*?\baudio_tower\.(?:.*\.)?relative_k_proj\.linear)|(?:.*?\bembed_vision\.embedding_projection)",
    rf"(?!(?:model\.layers\.0\.mlp\.gate|model\.layers\.9\.mlp\.up_proj)$)(?:{NEW})",
    # what PEFT writes for several adapters put together
    r"(.*\.q_proj)|(.*\.(k_proj|v_proj))", r"(^model\.layers\.1\..*$)|((?!.*visual).*\.fc1)",
    # what other engines read differently, or not at all
    r".*\.(?:[]q[]|k)_proj", r".{,24}", r".{30,}_proj\Z", r"\Amodel\.\w+\Z", r".*\x2eq_proj", r"(?#all)model\.norm", r"mo{1}del\.norm|\blm_head\b",
]
KEYS = [
    "q_proj", "self_attn.q_proj", "model.layers.0.self_attn.q_proj", "layers.1.mlp.up_proj", "mlp.gate", "proj", "lm_head",
    r".*\.q_proj", r"layers\.\d+\.mlp\.down_proj", r"(q|k|v)_proj", "q_proj|k_proj", r"^q_proj", r"^model\.layers\.0\..*", r"1.*\.o_proj",
    r".*\.layers\.(?:9|10)\..*", r"(?!.*experts).*up_proj", r"self_attn\.(?!o_proj)\w+", r"layers\.(?!0\.).*q_proj$", "layers.[01].*",
    r"\bq_proj", r"experts\.\d+\.\w+", r"h\.12\..*c_proj", r"[a-z]+_proj", "mlp..*_proj", r".*\.self_attn\.o_proj",
]
FORMS = ["{}{}", "(?:{})*{}", "(?:{})?{}", "({}){{1,2}}{}", "(?:{}|{})", "(?={}){}", "(?!{}){}", "(?:(?!{}){})+?", "{}{{,2}}{}", "\\b{}{}", "{}$|{}"]
ATOMS = ["q", "_", ".", "[q.]", "[^_]", r"\.", r"\w", r"\d", "0", r"\b", "^q", "q$", ""]


def expression(chance, depth):
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(ATOMS)
    return chance.choice(FORMS).format(expression(chance, depth - 1), expression(chance, depth - 1))


def bits(found):
    return "".join("1" if f else "0" for f in found)


def table(patterns, texts, match):
    return {p: bits(match(p, t) for t in texts) for p in patterns}


def main():
    modules = list(dict.fromkeys(names()))
    chance = random.Random(3407)
    texts = ["".join(t) for n in range(4) for t in itertools.product("q_.", repeat=n)] + ["q0", "0.q", "q_0.q", "qqqqq", "_._._", "0.0"]
    drawn = {}
    while len(drawn) < 400:
        pattern = expression(chance, 3)
        try:
            re.compile(pattern)
        except re.error:  # such as a repeated ^
            continue
        if len(pattern) <= 80:
            drawn[pattern] = None
    json.dump(
        {
            "names": modules,
            "targets": table(TARGETS, modules, re.fullmatch),
            "keys": table(KEYS, modules, lambda k, n: re.match(rf"(.*\.)?({k})$", n)),
            "texts": texts,
            "random": table(drawn, texts, re.fullmatch),
        },
        sys.stdout, indent=0)
    print()


if __name__ == "__main__":
    main()
