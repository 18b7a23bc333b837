package io.telecomllm.lineage;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Sets;
import io.telecomllm.IncompatibleException;
import io.telecomllm.Internal;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Saves and loads adapters: PEFT folders with a {@code lineage.json}.
 *
 * <p>Folders of other libraries have no lineage and load unchecked, but a tokenizer and a chat
 * template in them are those of the adapter. If there is one, loading compares base model,
 * tokenizer and prompt with those in use, and asks the probes again; a difference is refused unless
 * the program accepts it by name.
 */
public final class AdapterFolder {
  private AdapterFolder() {}

  /**
   * A loaded adapter and its lineage. The caller closes the adapter.
   *
   * @param lineage empty if the folder has none, so that nothing was checked
   * @param differences the differences that were accepted
   */
  public record Loaded(LoraAdapter adapter, Optional<Lineage> lineage, Set<Accept> differences) {
    /** Copies the set. */
    public Loaded {
      differences = Sets.immutableEnumSet(differences);
    }
  }

  /** Writes an adapter's files and then its lineage; each file appears whole or not at all. */
  @Internal
  public static void save(Path folder, LoraAdapter adapter, Lineage lineage) {
    requireNonNull(folder, "folder is null");
    requireNonNull(adapter, "adapter is null");
    requireNonNull(lineage, "lineage is null");
    PeftFolder.save(folder, adapter, lineage.base().name());
    // an older lineage stays until here: its probes refuse the new adapter
    LineageFile.write(folder.resolve(LineageFile.NAME), lineage);
  }

  /**
   * Reads the lineage of a folder; empty if it has none.
   *
   * @throws io.telecomllm.InvalidDataException naming file and field, if it is damaged
   */
  public static Optional<Lineage> lineage(Path folder) {
    requireNonNull(folder, "folder is null");
    return LineageFile.find(folder);
  }

  /**
   * Chooses the tokenizer and the prompt by which a folder's adapter reads questions: those that
   * are given; else, if the folder has no lineage, the tokenizer and the chat template in it, which
   * other trainers leave next to an adapter; else those of the model's checkpoint, with abstention
   * if the adapter was trained with it. The caller closes the tokenizer if it gave none.
   *
   * @param accepted the differences to accept between what is given and what the folder holds
   * @throws IncompatibleException naming both, if the folder's tokenizer or template contradicts
   *     what is given, or the model's tokenizer
   * @throws io.telecomllm.UnsupportedModelException if this library cannot run the tokenizer or
   *     does not know the template
   * @throws io.telecomllm.InvalidDataException naming file and field, if a file is damaged
   */
  @Internal
  public static PromptedModel prompted(
      Path folder,
      LanguageModel model,
      Optional<Tokenizer> tokenizer,
      Optional<QuestionPrompt> prompt,
      Accept... accepted) {
    requireNonNull(folder, "folder is null");
    requireNonNull(model, "model is null");
    requireNonNull(tokenizer, "tokenizer is null");
    requireNonNull(prompt, "prompt is null");
    Optional<Lineage> lineage = lineage(folder);
    if (lineage.isEmpty() && AdapterPrompt.isIn(folder)) {
      return new AdapterPrompt(
              folder, model, tokenizer, prompt, Set.copyOf(Arrays.asList(accepted)))
          .choose();
    }
    PromptedModel own = PromptedModel.of(model, tokenizer, prompt);
    QuestionPrompt abstaining = own.prompt().withAbstention();
    boolean learnt =
        prompt.isEmpty() && lineage.filter(l -> l.prompt().equals(abstaining.digest())).isPresent();
    return learnt ? new PromptedModel(model, own.tokenizer(), abstaining) : own;
  }

  /**
   * Loads an adapter for a model, and checks it against its lineage if it has one.
   *
   * <p>A probe agrees if the probability of each option is within 0.1 of the saved one, and the
   * best option is the same or its saved probability was within 0.1 of the best. Another device or
   * compute type passes; linear layers that were dense when the adapter was saved and are packed
   * now, or the reverse, may not. If base, tokenizer or prompt differ and are accepted, scores
   * differ too, so no probe is asked.
   *
   * @param prompted the base model, with the tokenizer and the prompt of the questions to answer
   * @param accepted the differences to accept
   * @throws IncompatibleException naming every difference with both values and the name that
   *     accepts it; or if the adapter is for a model with other layers
   * @throws io.telecomllm.InvalidDataException naming file and field or tensor, if a file is
   *     damaged
   */
  @Internal
  public static Loaded load(Path folder, PromptedModel prompted, Accept... accepted) {
    requireNonNull(folder, "folder is null");
    requireNonNull(prompted, "prompted is null");
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
