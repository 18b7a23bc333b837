/**
 * An interpreter of the part of Jinja that published chat templates use. {@link
 * io.telecomllm.jinja.JinjaTemplate} parses a template and renders it with given values.
 *
 * <p>A template comes from strangers. It sees text, numbers, lists and maps, never an object of
 * Java; it has no file, no clock and no network; its steps, its output, its nesting and its memory
 * are limited. What the interpreter does not know is an error that names it.
 *
 * <p>Semantics are those of Jinja 3.1 with {@code trim_blocks} and {@code lstrip_blocks}, as
 * transformers sets it up.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.jinja;
