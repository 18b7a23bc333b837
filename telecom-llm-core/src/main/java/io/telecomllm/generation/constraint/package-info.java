/**
 * What a generated text may be: {@link io.telecomllm.generation.constraint.Constraint}, an
 * automaton over bytes, and the one for a list of options.
 */
@NullMarked
package io.telecomllm.generation.constraint;

import org.jspecify.annotations.NullMarked;
