package io.telecomllm.tensor;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.telecomllm.OutOfMemoryException;
import io.telecomllm.TelecomLlmException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Calls an operator of libtorch: converts Java arguments to native values and errors to exceptions
 * that name the operator.
 */
final class Call {
  /** How libtorch begins the line that says what is wrong; a list of backends may follow it. */
  private static final Pattern ERROR = Pattern.compile("\\w*Error: ");

  private Call() {}

  static IValue run(String operator, Object... arguments) {
    // set per thread: the optimizer would make an operator's first calls slow and hold memory
    JniUtils.setGraphExecutorOptimize(false);
    Threads.follow();
    IValue[] values = new IValue[arguments.length];
    try {
      for (int i = 0; i < arguments.length; i++) {
        values[i] = value(arguments[i]);
      }
      return IValueUtils.runMethod(Script.kernels(), operator, values);
    } catch (EngineException e) {
      throw translated(operator, e);
    } finally {
      for (IValue value : values) {
        if (value != null) {
          value.close();
        }
      }
    }
  }

  private static RuntimeException translated(String operator, EngineException e) {
    String message = String.valueOf(e.getMessage());
    String told = told(message);
    if (message.contains("not enough memory")
        || message.contains("out of memory")
        || message.contains("can't allocate memory")) {
      return new OutOfMemoryException("out of memory in operator " + operator + ": " + told, e);
    }
    return new TelecomLlmException("operator " + operator + " failed: " + told, e);
  }

  /** Returns the line that says what is wrong: the one of the error, or the last. */
  private static String told(String message) {
    List<String> lines = message.strip().lines().toList();
    return lines.stream()
        .filter(line -> ERROR.matcher(line).lookingAt())
        .reduce((first, second) -> second)
        .orElse(lines.isEmpty() ? "" : lines.get(lines.size() - 1));
  }

  private static IValue value(Object argument) {
    if (argument instanceof Tensor tensor) {
      return IValue.from(tensor.array());
    } else if (argument instanceof Integer number) {
      return IValue.from((long) number);
    } else if (argument instanceof Long number) {
      return IValue.from((long) number);
    } else if (argument instanceof Double number) {
      return IValue.from((double) number);
    } else if (argument instanceof Boolean flag) {
      return IValue.from((boolean) flag);
    } else if (argument instanceof DataType type) {
      return IValue.from((long) type.code());
    } else if (argument instanceof String text) {
      return IValue.from(text);
    } else if (argument instanceof Device device) {
      return IValue.from(device.toString());
    } else if (argument instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    } else if (argument instanceof List<?> tensors) {
      return IValue.listFrom(
          tensors.stream().map(t -> ((Tensor) t).array()).toArray(PtNDArray[]::new));
    }
    throw new IllegalArgumentException("cannot be passed to an operator: " + argument.getClass());
  }
}
