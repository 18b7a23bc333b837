/** The code of the pages below docs/guide, a class a page; a test compares both. */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples.guide;
