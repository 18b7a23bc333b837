package io.telecomllm.inference;

import java.time.Duration;

/**
 * Is told of the answers and the failures of an answerer, on the thread that answers, which waits
 * for it. Called by several threads at the same time. It must not throw: the call may fail with
 * what it throws. Every method does nothing unless overridden.
 *
 * <p>The caller may have the answer of an asynchronous call before the listener is told of it.
 */
public interface AnswerListener {
  /**
   * Called for each answer to a multiple-choice question, given or not.
   *
   * @param time from the call until the answer was there, with the time that it waited
   */
  default void answered(Answer answer, Duration time) {}

  /**
   * Called for each answer in words, also for one that was cancelled and is not complete.
   *
   * @param time from the call until the answer was complete, with the time that it waited
   */
  default void written(OpenAnswer answer, Duration time) {}

  /** Called for each call that fails: refused, late, cancelled or wrong ones, too. */
  default void failed(Throwable failure) {}
}
