/**
 * QLoRA fine-tuning. {@link io.telecomllm.training.QLoraTrainer} is the entry: it is given a model
 * and questions, and returns an adapter.
 *
 * <p>Below it {@code run} is the loop over optimizer steps, with its state and its folder; {@code
 * settings} are what a caller can choose, {@code progress} what a caller can watch. A step takes
 * its questions from {@code batching}, their loss from {@code objective}, the gradients from {@code
 * gradients} and changes the adapter with {@code optimizer}; {@code memory} says how many questions
 * are computed at a time, {@code checkpoint} writes to disk what a resumed run needs. Above the
 * trainer {@code sweep} compares settings; {@code tracking} holds listeners that write files and
 * pages; {@code spark} computes gradients on Spark's executors.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training;
