/**
 * TeleQnA, and questions in its format. Plain Java, without native libraries.
 *
 * <p>{@link io.telecomllm.data.TeleQnADataset} reads a file and cleans it: each entry becomes a
 * {@link io.telecomllm.data.Question} or a {@link io.telecomllm.data.Rejection} with a reason.
 * {@link io.telecomllm.data.TeleQnADataset#split} divides the questions into a {@link
 * io.telecomllm.data.Split} for training and validation, with near-duplicates on the same side, so
 * that nothing measured was trained on. A {@link io.telecomllm.data.SplitManifest} records which
 * questions a run used, and {@link io.telecomllm.data.Accuracy} holds a result with its confidence
 * interval.
 *
 * <p>To look at sets of questions: {@link io.telecomllm.data.CleaningReport} tells what is wrong or
 * remarkable, {@link io.telecomllm.data.Intersections} what several sets share, {@link
 * io.telecomllm.data.LeakCheck} which test questions stand in training sets or texts. {@link
 * io.telecomllm.data.SplitIds} is a split by ids, such as the published one of the 3GPP subset.
 * {@link io.telecomllm.data.QuestionFormat} and {@link io.telecomllm.data.Submission} are files for
 * others.
 *
 * <p>While training, {@link io.telecomllm.data.EpochOrder} shuffles the questions and {@link
 * io.telecomllm.data.OptionShuffle} the options of each, without changing what they mean. Both
 * depend on a seed alone and give the same order in every JVM.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.data;
