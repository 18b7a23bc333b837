/** Programs of a page each that show what the library does. */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples;
