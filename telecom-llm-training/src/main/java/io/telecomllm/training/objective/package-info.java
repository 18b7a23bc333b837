/** What training minimises: the cross-entropy at the supervised tokens, with its gradients. */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.objective;
