/** Text from a language model: decode, sample, stop, constrain, draft ahead. */
@NullMarked
package io.telecomllm.generation;

import org.jspecify.annotations.NullMarked;
