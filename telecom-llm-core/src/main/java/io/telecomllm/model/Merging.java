package io.telecomllm.model;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Table;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Copies a model and adds an adapter's update to the copied weights. */
final class Merging {
  private Merging() {}

  static LanguageModel merge(
      Network network,
      LoraAdapter adapter,
      Workspace workspace,
      Optional<QuantizationConfig> packing) {
    Decoder decoder = network.decoder();
    Scope scope = Scope.open(network.device());
    try {
      Map<String, Linear> linears =
          decoder.linears().collect(Collectors.toMap(Linear::weightName, Function.identity()));
      Map<String, Tensor> vectors = decoder.vectors();
      Map<String, Table> tables = decoder.separateTables();
      boolean tied =
          decoder.config().tiedEmbeddings()
              && (adapter.tied().isPresent()
                  || adapter.replacement(decoder.embeddingName()) == null)
              && adapter.replacement(decoder.ownHeadName()) == null;
      ModelConfig config = decoder.config().toBuilder().tiedEmbeddings(tied).build();
      DecoderBuilder.Source source =
          (name, type, owner, shape) -> {
            Operators ops = owner.operators();
            Tensor replacement = adapter.replacement(name);
            if (replacement != null) {
              return ops.copy(ops.to(replacement, type));
            }
            Tensor vector = vectors.get(name);
            if (vector != null) {
              return ops.copy(ops.to(vector, type));
            }
            Table table = tables.get(name);
            if (table != null) {
              return table.copy(workspace, type, owner);
            }
            Linear linear = linears.get(name);
            if (linear == null) {
              throw new IllegalStateException("no weight " + name);
            }
            try (Scope work = owner.child()) {
              Operators temporary = work.operators();
              Tensor sum = linear.weight().copy(workspace, DataType.FLOAT32, work);
              Tensor update = adapter.update(linear.name(), temporary.copy(sum), temporary);
              if (update != null) {
                temporary.addInPlace(sum, update, 1);
              }
              return owner.adopt(temporary.copy(temporary.to(sum, type)));
            }
          };
      return new DecoderBuilder(config, network.computeType(), packing, scope)
          .model(source, network.provenance().afterMerging());
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }
}
