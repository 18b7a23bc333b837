package io.telecomllm.tensor;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import io.telecomllm.Internal;

/** Sets the number of threads that operators compute with in this process. */
public final class Threads {
  /** The largest number of threads. */
  @Internal public static final int MOST = 1024;

  private Threads() {}

  /**
   * Sets the number of threads; the default is the number of cores. With one thread every sum is
   * added in one order, so a run gives the same bits each time. One thread is also fastest for
   * small models on a machine that other programs use, since no thread waits for another.
   *
   * @param count the number of threads, 1 to 1024
   */
  public static void use(int count) {
    checkArgument(count >= 1 && count <= MOST, "count is %s, must be 1 to %s", count, MOST);
    Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(count);
  }

  /** Returns the current number of threads. */
  public static int count() {
    Engine.getEngine("PyTorch");
    return JniUtils.getNumThreads();
  }
}
