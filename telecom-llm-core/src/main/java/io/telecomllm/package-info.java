/**
 * What every program that uses the library meets: its exceptions and the mark of its internals.
 *
 * <p>Each failure that comes from outside the program, such as a damaged file, a full disk or a
 * missing device, is a {@link io.telecomllm.TelecomLlmException}. Its subclasses differ by what the
 * program can do: use another file, free memory, wait, or pick another model. A wrong argument is
 * an {@link IllegalArgumentException} with the value and the allowed range.
 *
 * <p>Types and members marked {@link io.telecomllm.Internal} may change in any release.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm;
