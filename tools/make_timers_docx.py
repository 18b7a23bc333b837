#!/usr/bin/env python3
"""Writes timers.docx, which WordReaderTest reads: a document by another program, python-docx 1.2.0.

    pip install python-docx==1.2.0
    python tools/make_timers_docx.py telecom-llm-core/src/test/resources/io/telecomllm/knowledge/documents/timers.docx
"""

import sys

from docx import Document

d = Document()
d.add_heading('Timers of a small network', 0)
d.add_heading('1\tScope', 1)
d.add_paragraph('This page was written to test a reader; no network works like this.')
d.add_heading('2\tTimers', 1)
d.add_heading('2.1\tList of timers', 2)
d.add_paragraph('Two timers are used:')
d.add_paragraph('the short one, which runs for 15 s;', style='List Bullet')
d.add_paragraph('the long one, which runs for 54 min.', style='List Bullet')
d.add_paragraph('Start the short timer.', style='List Number')
d.add_paragraph('Stop it on an answer.', style='List Number')
p = d.add_paragraph('The probability of a loss is 10')
r = p.add_run('-5')
r.font.superscript = True
p.add_run(' for a packet of class')
p.add_run('\u00a0A.')
t = d.add_table(rows=3, cols=3)
t.style = 'Table Grid'
for i, row in enumerate([['Timer', 'Value', 'Unit'], ['short', '15', 's'], ['long', '54', 'min']]):
    for j, value in enumerate(row):
        t.cell(i, j).text = value
d.add_heading('2.2\tMerged cells', 2)
t = d.add_table(rows=3, cols=2)
t.cell(0, 0).merge(t.cell(1, 0)).text = 'both rows'
t.cell(0, 1).text = 'first'
t.cell(1, 1).text = 'second'
t.cell(2, 0).merge(t.cell(2, 1)).text = 'both columns'
d.add_heading('2.3\tVoid', 2)
d.core_properties.author = 'telecom-llm'
d.save(sys.argv[1])
