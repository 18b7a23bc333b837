package io.telecomllm.tensor;

import io.telecomllm.OutOfMemoryException;
import io.telecomllm.TelecomLlmException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether attention uses libtorch's fused kernel on a GPU. It does where the kernel gives what
 * plain products give, which is tried once per device and type: an old GPU has none, and a new
 * build of libtorch may change it.
 */
final class FusedAttention {
  private static final Map<Key, Boolean> WORKS = new ConcurrentHashMap<>();

  /** The tried segment: more rows than a block of the kernel has, and none of a round number. */
  private static final int ROWS = 71;

  private static final int HEADS = 4;
  private static final int SIZE = 32;

  private record Key(Device device, DataType type) {}

  private FusedAttention() {}

  /** Returns whether a device has a kernel for a type that computes what it should. */
  static boolean works(Device device, DataType type) {
    return hasChoice(device)
        && WORKS.computeIfAbsent(new Key(device, type), FusedAttention::agrees);
  }

  /** Returns whether there is anything to choose: not on a CPU. */
  static boolean hasChoice(Device device) {
    return device.kind() == Device.Kind.CUDA;
  }

  private static boolean agrees(Key key) {
    try (Scope scope = Scope.open(key.device())) {
      Operators ops = scope.operators();
      Tensor[] inputs = new Tensor[3];
      for (int i = 0; i < inputs.length; i++) {
        Tensor x = ops.zeros(DataType.FLOAT32, ROWS, HEADS, SIZE);
        RandomOperators.normalInPlace(x, 1, i);
        inputs[i] = ops.to(x, key.type());
      }
      Segments whole =
          new Segments(
              List.of(new Segments.Segment(0, ROWS, List.of(new Segments.Range(0, ROWS)))), 0, 0);
      return same(
          attend(ops, inputs, whole, true), attend(ops, inputs, whole, false), ops, key.type());
    } catch (OutOfMemoryException e) {
      throw e;
    } catch (TelecomLlmException e) {
      // no such kernel
      return false;
    }
  }

  private static Operators.Pair attend(
      Operators ops, Tensor[] inputs, Segments segments, boolean fused) {
    return ops.attention()
        .attend(inputs[0], inputs[1], inputs[2], segments, 1 / Math.sqrt(SIZE), false, fused);
  }

  /** Returns whether values and log-sums, all of magnitude 1 to 5, differ by roundings alone. */
  static boolean same(Operators.Pair fused, Operators.Pair plain, Operators ops, DataType type) {
    float tolerance = type == DataType.FLOAT32 ? 1e-3f : 1f / 32;
    return near(ops.toFloats(fused.first()), ops.toFloats(plain.first()), tolerance)
        && near(ops.toFloats(fused.second()), ops.toFloats(plain.second()), tolerance);
  }

  private static boolean near(float[] found, float[] expected, float tolerance) {
    boolean near = found.length == expected.length;
    for (int i = 0; near && i < found.length; i++) {
      // written so that no number is not near
      near = Math.abs(found[i] - expected[i]) <= tolerance;
    }
    return near;
  }
}
