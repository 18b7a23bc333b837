package io.telecomllm.training.run;

import io.telecomllm.IncompatibleException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.ContentWriter;
import io.telecomllm.files.Disk;
import io.telecomllm.json.StrictJson;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.checkpoint.Checkpoint;
import io.telecomllm.training.checkpoint.Checkpoints;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.TensorReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The folder of a run: checkpoints with everything that an exact resume needs. A checkpoint holds
 * {@code adapter}, a PEFT folder that can be used as it is, {@code optimizer.safetensors}, {@code
 * state.json}, and {@code best.safetensors} if an earlier step was better.
 */
final class RunFolder implements AutoCloseable {
  private static final String ADAPTER = "adapter";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String BEST = "best.safetensors";
  private static final String STATE = "state.json";

  private final Checkpoints checkpoints;
  private final Map<String, String> facts;
  private final String baseName;
  private Optional<Checkpoint> last;

  private RunFolder(Checkpoints checkpoints, Map<String, String> facts, String baseName) {
    this.checkpoints = checkpoints;
    this.facts = facts;
    this.baseName = baseName;
    this.last = checkpoints.newest();
  }

  /**
   * Opens a folder for a run.
   *
   * @param keep the number of checkpoints to keep; 0 keeps all
   * @throws IncompatibleException if the folder holds another run, naming what differs
   * @throws TelecomLlmException if the folder cannot be used, or another trainer uses it
   */
  static RunFolder open(Path folder, int keep, Lineage origin) {
    Checkpoints checkpoints = Checkpoints.open(folder, keep == 0 ? Integer.MAX_VALUE : keep);
    try {
      RunFolder run = new RunFolder(checkpoints, ResumeFacts.of(origin), origin.base().name());
      run.last.ifPresent(run::requireSameRun);
      return run;
    } catch (RuntimeException e) {
      checkpoints.close();
      throw e;
    }
  }

  private void requireSameRun(Checkpoint checkpoint) {
    String differences = ResumeFacts.differences(checkpoint.facts(), facts);
    if (!differences.isEmpty()) {
      throw new IncompatibleException(
          checkpoint.folder()
              + " belongs to another run: it differs in "
              + differences
              + "; take another folder, or the settings of that run");
    }
  }

  /** Returns the adapter of the newest checkpoint, or a new one. */
  LoraAdapter adapter(LanguageModel model, LoraConfig lora, long seed) {
    return last.isPresent()
        ? PeftFolder.load(last.get().path(ADAPTER), model)
        : LoraAdapter.create(lora, model, seed);
  }

  /** Returns the state of the newest checkpoint, or that of a new run. */
  RunState state(LanguageModel model) {
    return last.map(checkpoint -> RunState.of(StrictJson.read(checkpoint.path(STATE))))
        .orElseGet(() -> RunState.begin(model.computeType()));
  }

  /** Restores the moments and the best adapter from the newest checkpoint, if there is one. */
  void restore(RunState state, Optimization optimization, BestAdapter best) {
    if (last.isEmpty()) {
      return;
    }
    Checkpoint checkpoint = last.get();
    try (Scope scope = Scope.open(best.device());
        SafetensorsFile file = SafetensorsFile.open(checkpoint.path(OPTIMIZER))) {
      optimization.restore(state.steps.size(), read(file, optimization.state(), scope));
    }
    Path kept = checkpoint.files().get(BEST);
    if (kept == null) {
      if (state.best().isPresent()) {
        best.keep();
      }
      return;
    }
    try (Scope scope = Scope.open(best.device());
        SafetensorsFile file = SafetensorsFile.open(kept)) {
      best.keep(read(file, best.parameters(), scope));
    }
  }

  private static Map<String, Tensor> read(
      SafetensorsFile file, Map<String, Tensor> like, Scope scope) {
    Map<String, Tensor> found = new LinkedHashMap<>();
    like.forEach(
        (name, tensor) ->
            found.put(
                name,
                TensorReader.read(
                    file, name, scope.operators().typeOf(tensor), scope, tensor.shape())));
    return found;
  }

  /** Writes a checkpoint and returns its folder. */
  Path save(RunState state, LoraAdapter adapter, Optimization optimization, BestAdapter best) {
    state.lossScale = optimization.lossScale();
    Map<String, ContentWriter> contents = new LinkedHashMap<>();
    contents.put(ADAPTER, folder -> PeftFolder.save(folder, adapter, baseName));
    contents.put(OPTIMIZER, file -> write(file, optimization.state()));
    if (state.best().filter(e -> e.step() != state.step).isPresent()) {
      contents.put(BEST, file -> write(file, best.kept()));
    }
    contents.put(STATE, file -> Files.writeString(file, state.toJson()));
    Checkpoint saved = Disk.uninterrupted(() -> checkpoints.save(state.step, facts, contents));
    last = Optional.of(saved);
    return saved.folder();
  }

  /** Returns the step of the newest checkpoint; -1 if there is none. */
  long savedAt() {
    return last.map(Checkpoint::step).orElse(-1L);
  }

  private static void write(Path file, Map<String, Tensor> tensors) {
    try (Scope host = Scope.open(Device.cpu())) {
      Operators ops = host.operators();
      Map<String, SafetensorsWriter.Tensor> all = new LinkedHashMap<>();
      tensors.forEach(
          (name, tensor) ->
              all.put(
                  name,
                  new SafetensorsWriter.Tensor(
                      ops.typeOf(tensor),
                      Arrays.stream(tensor.shape()).boxed().toList(),
                      () -> ops.to(tensor, ops.typeOf(tensor)).bytes())));
      SafetensorsWriter.write(file, all, Map.of());
    }
  }

  /**
   * Checks that the disk has room for one more checkpoint.
   *
   * @throws io.telecomllm.StorageException naming both sizes
   */
  void requireRoom(List<Parameter> parameters, AdamW.Settings settings) {
    // the adapter, the best one, the moments
    long needed =
        parameters.stream()
            .mapToLong(p -> p.value().elements())
            .map(values -> 2 * Float.BYTES * values + settings.momentBytes(values))
            .sum();
    Disk.requireRoom(checkpoints.folder(), needed, "a checkpoint takes");
  }

  @Override
  public void close() {
    checkpoints.close();
  }
}
