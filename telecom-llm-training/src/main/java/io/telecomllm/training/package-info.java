/** QLoRA fine-tuning: the trainer, its settings, what it reports while it runs and at the end. */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training;
