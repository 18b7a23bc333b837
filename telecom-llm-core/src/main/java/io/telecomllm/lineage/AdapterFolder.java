package io.telecomllm.lineage;

import com.google.common.collect.Sets;
import io.telecomllm.IncompatibleException;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.scoring.PromptedModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * A PEFT folder with its {@code lineage.json}.
 *
 * <p>Folders from elsewhere have none and load as they are. Where there is one, loading compares
 * base model, tokenizer and prompt with those that are there, and asks the probes again; what
 * differs is refused unless the caller accepts it by name.
 */
public final class AdapterFolder {
  private AdapterFolder() {}

  /**
   * An adapter and where it comes from. The adapter is the caller's to close.
   *
   * @param lineage empty if there is none beside it, so that nothing was checked
   * @param differences what differs and was accepted
   */
  public record Loaded(LoraAdapter adapter, Optional<Lineage> lineage, Set<Accept> differences) {
    /** Takes a copy. */
    public Loaded {
      differences = Sets.immutableEnumSet(differences);
    }
  }

  /** Writes the adapter's own files, and then its lineage; each appears whole or not at all. */
  public static void save(Path folder, LoraAdapter adapter, Lineage lineage) {
    PeftFolder.save(folder, adapter, lineage.base().name());
    // an older lineage stays until here: beside the new adapter, its probes refuse
    LineageFile.write(folder.resolve(LineageFile.NAME), lineage);
  }

  /**
   * The lineage that lies in a folder; empty if none does.
   *
   * @throws io.telecomllm.InvalidDataException naming file and field, if it is damaged
   */
  public static Optional<Lineage> lineage(Path folder) {
    return LineageFile.find(folder);
  }

  /**
   * Reads an adapter for that model, and checks it against its lineage if there is one.
   *
   * <p>A probe agrees if the share of each option among the options' probabilities is within 0.1 of
   * the saved one, and the best option is the same or was that close to it. This lets another
   * device or compute type pass; linear layers that are packed now and were dense then, or the
   * other way round, may well answer otherwise. Where base, tokenizer or prompt differ and are
   * accepted, the scores must differ too, and no probe is asked.
   *
   * @param prompted the base model to adapt, with the tokenizer and the prompt of the questions
   *     that the adapter will answer
   * @param accepted what may differ
   * @throws IncompatibleException naming all that differs, with both values and the name that
   *     accepts it; or if the adapter is for a model of other layers
   * @throws io.telecomllm.InvalidDataException naming file and field or tensor, if something is
   *     damaged
   */
  public static Loaded load(Path folder, PromptedModel prompted, Accept... accepted) {
    LanguageModel model = prompted.model();
    Optional<Lineage> found = LineageFile.find(folder);
    if (found.isEmpty()) {
      return new Loaded(PeftFolder.load(folder, model), found, Set.of());
    }
    Lineage lineage = found.get();
    Differences differences =
        new Differences(folder.resolve(LineageFile.NAME), Set.copyOf(Arrays.asList(accepted)));
    differences.compareBase(lineage.base(), Lineage.Base.of(model));
    differences.compare(
        Accept.OTHER_TOKENIZER, "tokenizer", lineage.tokenizer(), prompted.tokenizer().digest());
    differences.compare(
        Accept.OTHER_PROMPT, "prompt", lineage.prompt(), prompted.prompt().digest());
    differences.refuse();
    LoraAdapter adapter = PeftFolder.load(folder, model);
    try {
      if (differences.found().isEmpty()) {
        new ProbeCheck(lineage, prompted, adapter).replay(differences);
        differences.refuse();
      }
      return new Loaded(adapter, found, differences.found());
    } catch (RuntimeException | Error e) {
      adapter.close();
      throw e;
    }
  }
}
