/** What leaves the library: adapters merged into their base, with what the merging cost. */
@org.jspecify.annotations.NullMarked
package io.telecomllm.export;
