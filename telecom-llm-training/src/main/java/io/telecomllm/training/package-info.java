/**
 * QLoRA fine-tuning: {@link io.telecomllm.training.QLoraTrainer} is given a model and questions,
 * and returns an adapter.
 *
 * <p><b>Concepts.</b> A <i>run</i> trains one adapter on the training questions of a {@link
 * io.telecomllm.data.Split}. It takes a fixed number of <i>optimizer steps</i>, of up to {@code
 * batchSize * gradientAccumulation} questions each. A step is computed in <i>micro-batches</i>,
 * whose size follows from the memory and changes the result only by rounding. The <i>validation
 * questions</i> of the split are never trained on: evaluations measure the loss, and perhaps the
 * accuracy, on them. A <i>checkpoint</i> is everything that an exact resume needs. The settings of
 * a run are a {@link io.telecomllm.training.settings.TrainingConfig} and a {@link
 * io.telecomllm.lora.LoraConfig}.
 *
 * <p><b>From questions to an adapter folder.</b>
 *
 * <ol>
 *   <li>{@code TrainingData} renders each question with its answer as token ids, through {@link
 *       io.telecomllm.grounding.Grounding} and the prompt, and leaves out those that are too long.
 *       For each step it derives the questions, and the order of their options, from the seed and
 *       the number of the step.
 *   <li>{@link io.telecomllm.training.memory.MemoryUse} decides how many questions to compute at a
 *       time, before the first step.
 *   <li>{@link io.telecomllm.training.batching.PackedBatch} lays the questions of a micro-batch out
 *       as rows without padding.
 *   <li>A {@link io.telecomllm.training.gradients.GradientSource} computes the loss of the answers
 *       ({@link io.telecomllm.training.objective.Likelihood}) and the gradients of the adapter.
 *   <li>{@code AnomalyWatch} checks the numbers; {@link io.telecomllm.training.run.Optimization}
 *       clips the gradients and changes the adapter by AdamW, at the rate of the schedule.
 *   <li>Between steps, {@code Validation} evaluates and {@code RunFolder} writes checkpoints, as
 *       the settings say.
 *   <li>After the last step the values of the best evaluation are put back if the settings ask for
 *       it. The {@link io.telecomllm.training.QLoraTrainer.Result} holds the adapter, a {@link
 *       io.telecomllm.training.progress.TrainingReport} and the {@link
 *       io.telecomllm.lineage.Lineage}; its method {@code save} writes a PEFT folder with {@code
 *       lineage.json}.
 * </ol>
 *
 * <p><b>Ownership.</b> A trainer is immutable and holds no native memory. It does not close the
 * model, whose weights stay frozen and which must be open during a run. A run loads the tokenizer,
 * and opens moments, gradients, a source of gradients and the lock of its folder; it closes all of
 * them when it ends. The adapter belongs to the result, and to the caller after {@link
 * io.telecomllm.training.QLoraTrainer#train}. Listeners that write files are closed by the code
 * that made them.
 *
 * <p><b>Threads.</b> A run computes on the thread that calls it, and calls listeners there. Any
 * thread may end it through a {@link io.telecomllm.training.progress.Cancellation}; an interrupt
 * ends it too. With one native thread ({@link io.telecomllm.tensor.Threads}) the same run gives the
 * same bits each time.
 *
 * <p><b>Packages.</b> {@code run} is the loop, with its state and its folder; {@code settings} are
 * its settings, {@code progress} its events and report. A step uses {@code batching}, {@code
 * objective}, {@code gradients} and {@code optimizer}; {@code memory} plans, {@code checkpoint}
 * writes to disk. Above the trainer, {@code sweep} compares settings; {@code tracking} has
 * listeners that write files, pages and MLflow runs; {@code spark} computes gradients on Spark's
 * executors.
 *
 * <p><b>Where to start reading.</b> {@link io.telecomllm.training.QLoraTrainer}, then {@link
 * io.telecomllm.training.run.TrainingRun} from its method {@code steps}, then {@link
 * io.telecomllm.training.gradients.InProcessGradients}, where a micro-batch goes forward and
 * backward.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training;
