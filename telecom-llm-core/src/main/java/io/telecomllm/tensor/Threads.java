package io.telecomllm.tensor;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/** How many threads the operators of this process compute with: a setting of the native library. */
public final class Threads {
  /** The most. */
  public static final int MOST = 1024;

  private Threads() {}

  /**
   * Sets it; else it is the number of cores. With one thread every sum is taken in one order, so a
   * run gives the same bits each time; and small models are fastest with one where other programs
   * use the cores too, since no thread waits for another.
   *
   * @param count 1 to 1024
   */
  public static void use(int count) {
    checkArgument(count >= 1 && count <= MOST, "threads are %s, must be 1 to %s", count, MOST);
    Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(count);
  }

  /** How many it is now. */
  public static int count() {
    Engine.getEngine("PyTorch");
    return JniUtils.getNumThreads();
  }
}
