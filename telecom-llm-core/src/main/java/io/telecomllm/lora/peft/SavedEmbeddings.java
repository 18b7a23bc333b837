package io.telecomllm.lora.peft;

import io.telecomllm.IncompatibleException;
import io.telecomllm.lora.AdaptableNetwork;
import io.telecomllm.lora.AdaptedLayer;
import io.telecomllm.lora.AdapterPlan;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Embedding and head in an adapter's file. PEFT writes them not only for modules to save but
 * whenever it was asked to ({@code save_embedding_layers}) or the vocabulary was resized, and puts
 * them in the place of the base model's.
 */
final class SavedEmbeddings {
  private final PeftNames names;
  private final AdaptableNetwork network;
  private final AdaptableNetwork.Embeddings own;
  private final String embedding;
  private final String head;
  private final Set<String> planned;

  /**
   * Finds embedding and head among the tensors of a file.
   *
   * @param planned what the configuration in the folder asks for
   */
  SavedEmbeddings(PeftNames names, AdaptableNetwork network, AdapterPlan planned) {
    this.names = names;
    this.network = network;
    own = network.embeddings();
    embedding = AdaptedLayer.PREFIX + own.embedding();
    head = AdaptedLayer.PREFIX + own.head();
    this.planned = planned.replaced().keySet();
  }

  /** Returns the configuration with embedding and head as modules to save, if the file has them. */
  LoraConfig named(LoraConfig config) {
    boolean wholeModel = !planned.contains(own.embedding()) && !planned.contains(own.head());
    boolean oneMatrix = own.tied() && (wholeModel || config.ensureWeightTying());
    Set<String> saved = new LinkedHashSet<>(config.modulesToSave());
    if (names.has(embedding) && !planned.contains(own.embedding())) {
      saved.add(module(own.embedding()));
    }
    if (names.has(head) && !planned.contains(own.head())) {
      saved.add(module(oneMatrix ? own.embedding() : own.head()));
    }
    boolean added = saved.size() > config.modulesToSave().size();
    return added
        ? config.toBuilder()
            .modulesToSave(saved)
            .ensureWeightTying(config.ensureWeightTying() || oneMatrix)
            .build()
        : config;
  }

  private static String module(String weight) {
    return weight.substring(0, weight.lastIndexOf('.'));
  }

  /**
   * Returns the names to read, of which a matrix for both has one.
   *
   * @throws IncompatibleException if a matrix has another number of rows than the base model's, or
   *     the file has two matrices where the base model has one
   */
  PeftNames checked(AdapterPlan plan) {
    for (String name : List.of(own.embedding(), own.head())) {
      String onDisk = AdaptedLayer.PREFIX + name;
      List<Long> shape = network.replaceable().get(name);
      if (names.has(onDisk) && shape != null) {
        requireRows(names.file().info(names.key(onDisk)), names.key(onDisk), shape.get(0));
      }
    }
    if (plan.tied().isEmpty()) {
      return names;
    }
    if (names.has(embedding) && names.has(head)) {
      requireSame(names.key(embedding), names.key(head));
    }
    return names.once(embedding, head);
  }

  private void requireRows(TensorInfo info, String key, long rows) {
    if (!info.shape().isEmpty() && info.shape().get(0) != rows) {
      throw new IncompatibleException(
          names.file().path()
              + ": tensor "
              + key
              + " has "
              + info.shape().get(0)
              + " rows, one for each token, the base model has "
              + rows
              + ": the adapter was trained with another size of vocabulary; it needs the base model"
              + " of that size, as resize_token_embeddings of transformers makes it");
    }
  }

  private void requireSame(String key, String other) {
    TensorSource file = names.file();
    if (!file.sameTensor(key, other)) {
      throw new IncompatibleException(
          file.path()
              + ": the tensors "
              + key
              + " and "
              + other
              + " differ, but the base model has one matrix for embedding and head");
    }
  }
}
