#!/usr/bin/env python3
"""What transformers' Jinja makes of chat templates and expressions.

    python tools/make_template_goldens.py > telecom-llm-core/src/test/resources/io/telecomllm/jinja/templates.json

The templates are our own, each with what a published shape is known for: where the control tokens stand, what is
trimmed, where the system message goes, what is written without one, what happens to earlier answers. "renders" has two
texts for each conversation, with and without a generation prompt; null where the template raises. "snippets" are small
templates, one for each part of the language, with their text. Needs jinja2 3.1.
"""
import json

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    """The block that marks what an assistant wrote."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_write"), [], [], body).set_lineno(line)

    def _write(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


ENV = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
ENV.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
ENV.globals["raise_exception"] = raise_exception

EACH = "{% for m in messages %}"

TEMPLATES = {
    "phi-3": EACH + "{{ '<|' + m['role'] + '|>\n' + m['content'] + '<|end|>\n' }}{% endfor %}"
             "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}",
    "phi-3.5": EACH + "{% if m.role == 'system' and m.content %}{{ '<|system|>\n' ~ m.content ~ '<|end|>\n' }}"
               "{% elif m.role == 'user' %}{{ '<|user|>\n' ~ m.content ~ '<|end|>\n' }}"
               "{% elif m.role == 'assistant' %}{{ '<|assistant|>\n' ~ m.content ~ '<|end|>\n' }}{% endif %}{% endfor %}"
               "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}",
    "phi-4-mini": EACH + "{% if m.role == 'system' and 'tools' in m and m['tools'] is not none %}{{ m['tools'] | tojson }}"
                  "{% else %}{{ '<|' ~ m.role ~ '|>' ~ m.content ~ '<|end|>' }}{% endif %}{% endfor %}"
                  "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}",
    "llama-2": "{% if messages[0].role == 'system' %}{% set rest = messages[1:] %}{% set s = messages[0].content %}"
               "{% else %}{% set rest = messages %}{% set s = false %}{% endif %}{% for m in rest %}"
               "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('user and assistant take turns') }}"
               "{% endif %}{% if loop.index0 == 0 and s != false %}"
               "{% set c = '<<SYS>>\n' + s + '\n<</SYS>>\n\n' + m.content %}{% else %}{% set c = m.content %}{% endif %}"
               "{% if m.role == 'user' %}{{ bos_token + '[INST] ' + c.strip() + ' [/INST]' }}"
               "{% elif m.role == 'assistant' %}{{ ' ' + c.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    "llama-3": "{% set ns = namespace(first=true) %}" + EACH
               + "{% set c = '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n' + m.content | trim + '<|eot_id|>' %}"
               "{% if loop.index0 == 0 %}{% set c = bos_token + c %}{% endif %}{{ c }}{% endfor %}"
               "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
    "llama-3.1": """{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not day is defined %}
    {%- set day = "26 Jul 2024" %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set first = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set first = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{{- "Knowledge until: December 2023\\n" }}
{{- "Day: " + day + "\\n\\n" }}
{{- first }}
{{- "<|eot_id|>" }}
{%- for m in messages %}
    {%- if not (m.role == 'ipython' or m.role == 'tool' or 'tool_calls' in m) %}
        {{- '<|start_header_id|>' + m['role'] + '<|end_header_id|>\\n\\n'+ m['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in m %}
        {{- raise_exception("no tools") }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""",
    "llama-3.2": """{{- bos_token }}
{%- if not day is defined %}
    {%- if strftime_now is defined %}
        {%- set day = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set day = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\nDay: " + day + "\\n\\n" }}
{%- if messages[0].role == 'system' %}
    {{- messages[0].content | trim }}
{%- endif %}
{{- "<|eot_id|>" }}
{%- for m in messages if m.role != 'system' %}
    {{- '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' + m.content | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}""",
    "mistral-v1": "{{ bos_token }}" + EACH + "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
                  "{{ raise_exception('roles must alternate user/assistant') }}{% endif %}"
                  "{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}"
                  "{% else %}{{ m.content + eos_token + ' ' }}{% endif %}{% endfor %}",
    "mistral-v2": "{% if messages[0].role == 'system' %}{% set s = messages[0].content %}{% set rest = messages[1:] %}"
                  "{% else %}{% set rest = messages %}{% endif %}{{ bos_token }}{% for m in rest %}"
                  "{% if m.role == 'user' %}{% if loop.first and s is defined %}"
                  "{{ '[INST] ' + s + '\n\n' + m.content + '[/INST]' }}{% else %}{{ '[INST] ' + m.content + '[/INST]' }}"
                  "{% endif %}{% else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}",
    "mistral-v3": """{%- if messages[0]["role"] == "system" %}
    {%- set s = messages[0]["content"] %}
    {%- set rest = messages[1:] %}
{%- else %}
    {%- set rest = messages %}
{%- endif %}
{%- set users = rest | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{{- bos_token }}
{%- for m in rest %}
    {%- if m["role"] == "user" %}
        {%- if loop.last and s is defined %}
            {{- "[INST]" + s + "\\n\\n" + m["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST]" + m["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif m["role"] == "assistant" %}
        {{- m["content"] + eos_token }}
        {%- set ns.index = ns.index + 1 %}
    {%- else %}
        {{- raise_exception("only user and assistant roles") }}
    {%- endif %}
{%- endfor %}
""",
    "qwen2": EACH + "{% if loop.first and messages[0].role != 'system' %}"
             "{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}"
             "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>' + '\n' }}{% endfor %}"
             "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "qwen2.5": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {{- "# Tools" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou are Q, made by Q.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for m in messages %}
    {%- if (m.role == "user") or (m.role == "system" and not loop.first) or (m.role == "assistant" and not m.tool_calls) %}
        {{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>' + '\\n' }}
    {%- elif m.role == "assistant" %}
        {{- raise_exception("no tools") }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    "qwen3": """{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- set ns = namespace(searching=true, last=messages|length - 1) %}
{%- for m in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.searching and m.role == "user" and m.content is string and not(m.content.startswith('<result>') and m.content.endswith('</result>')) %}
        {%- set ns.searching = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for m in messages %}
    {%- if m.content is string %}
        {%- set content = m.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (m.role == "user") or (m.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + m.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif m.role == "assistant" %}
        {%- set thought = '' %}
        {%- if '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and (loop.last or (not loop.last and thought)) %}
            {{- '<|im_start|>' + m.role + '\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + m.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}""",
    "thinking": EACH + "{{ '<|im_start|>' + m.role + '\n' + m.content.split('</think>')[-1] + '<|im_end|>\n' }}{% endfor %}"
                "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>\n' }}{% endif %}",
    "zephyr": EACH + "\n{% if m.role == 'user' %}\n{{ '<|user|>\n' + m.content + eos_token }}\n"
              "{% elif m.role == 'system' %}\n{{ '<|system|>\n' + m.content + eos_token }}\n"
              "{% elif m.role == 'assistant' %}\n{{ '<|assistant|>\n' + m.content + eos_token }}\n{% endif %}\n"
              "{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
    "tinyllama": EACH + "{{ '<|' ~ m.role ~ '|>\n' ~ m.content ~ eos_token ~ '\n' }}{% endfor %}"
                 "{%- if add_generation_prompt -%}{{ '<|assistant|>\n' }}{%- endif -%}",
    "hermes": "{{ bos_token }}" + EACH + "{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n'}}"
              "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "chatml": EACH + "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>' + '\n' }}{% endfor %}"
              "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "chatml-no-line-end": EACH + "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>' }}{% endfor %}"
                          "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "chatml-marks": EACH + "{{ '<|im_start|>' + m.role + '\n##' + m.content + '<|im_end|>\n' }}{% endfor %}"
                    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n##' }}{% endif %}",
    "falcon": EACH + "{% if not loop.first %}{{ '\n' }}{% endif %}{% if m.role == 'system' %}{{ m.content.strip() }}"
              "{% elif m.role == 'user' %}{{ '\nUser: ' + m.content.strip().replace('\r\n', '\n') }}"
              "{% else %}{{ '\nAssistant: ' + m.content.strip() }}{% endif %}{% endfor %}"
              "{% if add_generation_prompt %}{{ '\n\nAssistant:' }}{% endif %}",
    "gemma": "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
             "{% endif %}" + EACH + "{% if m.role == 'assistant' %}{% set role = 'model' %}{% else %}{% set role = m.role %}"
             "{% endif %}{{ '<start_of_turn>' + role + '\n' + m.content | trim + '<end_of_turn>\n' }}{% endfor %}"
             "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}",
    "generation-block": EACH + "{% if m.role == 'assistant' %}{{ '<|a|>' }}{% generation %}{{ m.content + '<|e|>' }}"
                        "{% endgeneration %}{% else %}{{ '<|' + m.role[:1] + '|>' + m.content + '<|e|>' }}{% endif %}"
                        "{% endfor %}{% if add_generation_prompt %}{{ '<|a|>' }}{% endif %}",
    "macro": "{% macro turn(who, text='') -%}\n  <|{{ who }}|>{{ text }}<|end|>\n{%- endmacro %}" + EACH
             + "{{ turn(m.role, text=m.content) }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}",
}

SNIPPETS = [
    "{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 2 - 3 - 4 }}",
    "{{ 1 < 2 }} {{ 1 < 2 < 3 }} {{ 3 > 2 == true }} {{ 'a' < 'b' }} {{ 1 == 1.0 }} {{ true == 1 }} {{ none == none }}",
    "{{ not true }} {{ true and false or true }} {{ none or 'x' }} {{ 0 and 1 }} {{ '' or [] or 'last' }}",
    "{{ 'a' 'b' }} {{ 'a' ~ 1 ~ true ~ none }} {{ 'ab' * 3 }} {{ 'x' in 'axb' }} {{ 'x' not in ['y'] }}",
    "{{ 'yes' if 1 else 'no' }} {{ 'yes' if 0 }}|{{ 'a' if false else 'b' if true else 'c' }}",
    "{{ [1, 2, 3][1] }} {{ [1, 2, 3][-1] }} {{ [1, 2, 3][1:] | join(',') }} {{ 'hello'[::-1] }} {{ 'hello'[1:-1:2] }} {{ 'abc'[5:] }}",
    "{{ {'a': 1}.a }} {{ {'a': 1}['a'] }} {{ {'a': 1}.get('b', 2) }} {{ {'a': 1}.get('b') }} {{ 'a' in {'a': 1} }}",
    "{% for k, v in {'x': 1, 'y': 2}.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for x in [3, 1, 2] if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }}{{ ', ' if not loop.last }}{% else %}none{% endfor %}",
    "{% for x in [] %}a{% else %}empty{% endfor %}{% for x in 'ab' %}{{ x }}-{{ loop.revindex0 }} {% endfor %}",
    "{% for x in range(5) %}{% if x == 1 %}{% continue %}{% endif %}{% if x == 3 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in [1, 2, 3] %}{{ loop.previtem is defined }}{{ loop.nextitem }} {% endfor %}",
    "{% set x = 1 %}{% for y in [1] %}{% set x = 2 %}{% endfor %}{{ x }}{% if true %}{% set x = 3 %}{% endif %}{{ x }}",
    "{% set ns = namespace(a=1) %}{% for y in [1, 2] %}{% set ns.a = ns.a + y %}{% endfor %}{{ ns.a }}",
    "{% set a, b = 1, 2 %}{{ b }}{{ a }}{% set c %}in {{ a }}{% endset %}[{{ c }}]",
    "{{ '  x '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ ' x '.lstrip() }}|{{ ' x '.rstrip() }}|{{ 'a,b,,c'.split(',') | join('-') }}|{{ ' a  b '.split() | join('-') }}|{{ 'a-b-c'.split('-', 1) | last }}",
    "{{ 'abc'.upper() }} {{ 'ABC' | lower }} {{ 'hello world'.title() }} {{ 'hELLO'.capitalize() }} {{ 'aXbX'.replace('X', '-') }} {{ 'a' | replace('a', 'b') }} {{ 'abc'.find('c') }} {{ 'aab'.count('a') }}",
    "{{ 'abc'.startswith('a') }} {{ 'abc'.endswith('c') }} {{ '-'.join(['a', 'b']) }} {{ 'x' is string }} {{ 1 is string }}",
    "{{ missing is defined }} {{ missing is not defined }} {{ missing }}| {{ missing | default('d') }} {{ '' | default('e', true) }} {{ none | default('f') }}",
    "{{ none is none }} {{ 1 is number }} {{ {} is mapping }} {{ [] is iterable }} {{ 3 is odd }} {{ 4 is divisibleby 2 }} {{ 1 in [1] }} {{ true is true }} {{ 'a' is in ['a'] }}",
    "{{ [1, 2] | length }} {{ 'abc' | length }} {{ {'a': 1} | length }} {{ [1, 2] | first }} {{ [1, 2] | last }} {{ '5' | int + 1 }} {{ 'x' | int }}",
    "{{ [{'r': 'u', 'c': 1}, {'r': 'a', 'c': 2}] | selectattr('r', 'equalto', 'a') | map(attribute='c') | list | first }} {{ [1, none, 2] | reject('none') | list | length }} {{ ['a', 'b'] | map('upper') | join }}",
    "{{ {'a': [1, 'x\"', none, true, 1.5], 'b': {}} | tojson }} {{ 'ü' | tojson }}",
    "a\n{% if true %}\nb\n{% endif %}\nc",
    "a\n  {% if true %}\n  b\n  {%- endif %}\n c {{- ' d' }} \n",
    "x  {%- if true -%}  y  {%- endif -%}  z\n{# note #}\nw {#- note -#} v",
    "  {%+ if true %}kept{% endif %}",
    "{% if false %}1{% elif 0 %}2{% elif 'x' %}3{% else %}4{% endif %}",
    "{{ \"tab\\tline\\nquote\\\"\" }}{{ 'it\\'s' }}{{ '\\u00e4' }}",
    "{% macro f(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }} {{ f(1, 3) }} {{ f(b=4, a=5) }}",
    "{{ -1 | abs }} {{ (-1) | abs }} {{ 'a' | upper ~ 'b' }} {{ 1 if not false and 2 > 1 else 0 }}",
    "{{ raise_exception('stop') }}",
    "{{ missing.attribute }}",
    "{{ 'a' + 1 }}",
]


def talk(*messages):
    return [{"role": role, "content": content} for role, content in messages]


TALKS = [
    talk(("user", "Hi")),
    talk(("system", "Be brief."), ("user", "Hi")),
    talk(("system", " Be brief. \n"), ("user", " Hi\t\n")),
    talk(("user", "Hi"), ("assistant", "Ho")),
    talk(("system", "S"), ("user", "Hi"), ("assistant", " Ho ")),
    talk(("system", "S"), ("user", "A"), ("assistant", "B"), ("user", "C")),
    talk(("user", "A"), ("assistant", "B"), ("user", "C"), ("assistant", "D")),
    talk(("user", "A <b> \u00fc \U0001f4e1\n\nx"), ("assistant", "<think>\nt\n</think>\n\nB"), ("user", "C")),
]


def render(source, **values):
    try:
        return ENV.from_string(source).render(**values)
    except (jinja2.exceptions.TemplateError, TypeError):
        return None


def renders(source):
    return [render(source, messages=messages, tools=None, documents=None, add_generation_prompt=asks, bos_token="<s>",
                   eos_token="</s>") for messages in TALKS for asks in (True, False)]


print(json.dumps({
    "jinja": jinja2.__version__,
    "talks": TALKS,
    "templates": [{"name": name, "source": source, "renders": renders(source)} for name, source in TEMPLATES.items()],
    "snippets": [{"source": source, "text": render(source)} for source in SNIPPETS],
}, indent=1))
