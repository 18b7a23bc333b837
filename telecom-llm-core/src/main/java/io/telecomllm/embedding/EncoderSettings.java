package io.telecomllm.embedding;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.tensor.ComputeType;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import java.util.Optional;

/**
 * What a program may choose of a {@link TextEncoder}; what is empty is read from the folder.
 *
 * @param queryInstruction the text in front of every query, such as {@link #BGE_INSTRUCTION}; if
 *     empty, the prompt named {@code query} of config_sentence_transformers.json, or none
 * @param pooling how the rows of a text become one vector; if empty, as 1_Pooling/config.json says
 * @param device where it computes
 * @param computeType the type of weights and products: FLOAT32, BFLOAT16 or FLOAT16
 */
public record EncoderSettings(
    Optional<String> queryInstruction,
    Optional<Pooling> pooling,
    Device device,
    DataType computeType) {
  /**
   * The instruction that bge's English models of version 1.5 were trained with (Xiao et al. 2023,
   * "C-Pack").
   */
  public static final String BGE_INSTRUCTION =
      "Represent this sentence for searching relevant passages: ";

  private static final int MAX_INSTRUCTION = 1_000;

  /** Checks the ranges. */
  public EncoderSettings {
    int length = queryInstruction.map(String::length).orElse(0);
    checkArgument(
        length <= MAX_INSTRUCTION,
        "queryInstruction has %s characters, expected at most %s",
        length,
        MAX_INSTRUCTION);
    ComputeType.checked(computeType);
  }

  /** Returns the settings of the folder, computed on the CPU in the fastest type that it has. */
  public static EncoderSettings defaults() {
    Device cpu = Device.cpu();
    return new EncoderSettings(Optional.empty(), Optional.empty(), cpu, ComputeType.fastest(cpu));
  }

  /** Returns a copy with this text in front of every query. */
  public EncoderSettings queryInstruction(String text) {
    return new EncoderSettings(Optional.of(text), pooling, device, computeType);
  }

  /** Returns a copy with this pooling. */
  public EncoderSettings pooling(Pooling chosen) {
    return new EncoderSettings(queryInstruction, Optional.of(chosen), device, computeType);
  }

  /** Returns a copy that computes on this device in this type. */
  public EncoderSettings on(Device chosen, DataType type) {
    return new EncoderSettings(queryInstruction, pooling, chosen, type);
  }
}
