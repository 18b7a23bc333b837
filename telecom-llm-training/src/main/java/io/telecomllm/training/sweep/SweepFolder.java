package io.telecomllm.training.sweep;

import com.google.gson.GsonBuilder;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.training.sweep.Trial.Ending;
import io.telecomllm.training.sweep.Trial.Evaluation;
import io.telecomllm.weights.AtomicFiles;
import io.telecomllm.weights.JsonView;
import io.telecomllm.weights.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder of a sweep: how far it is, and the files that say so. */
final class SweepFolder {
  private static final String JSON = "sweep.json";
  private static final String PAGE = "sweep.html";

  private final Path folder;
  private final Map<String, String> facts;
  private final List<Trial> trials;

  private SweepFolder(Path folder, Map<String, String> facts, List<Trial> trials) {
    this.folder = folder;
    this.facts = facts;
    this.trials = trials;
  }

  /**
   * Opens it for one sweep, and writes both files.
   *
   * @throws IncompatibleException if it holds another, naming what differs
   * @throws InvalidDataException if its file is damaged
   */
  static SweepFolder open(Path folder, Map<String, String> facts, List<Trial> grid) {
    SweepFolder opened = new SweepFolder(folder, facts, new ArrayList<>(grid));
    Path file = folder.resolve(JSON);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      opened.restore(StrictJson.read(file));
    }
    opened.write();
    return opened;
  }

  private void restore(JsonView json) {
    String differences = SweepFacts.differences(json.object("settings").stringMap(), facts);
    if (!differences.isEmpty()) {
      throw new IncompatibleException(
          folder
              + " belongs to another sweep: it differs in "
              + differences
              + "; take another folder, or the settings of that sweep");
    }
    List<JsonView> saved = json.objects("trials");
    if (saved.size() != trials.size()) {
      throw json.invalid("trials", trials.size() + " trials");
    }
    for (int i = 0; i < saved.size(); i++) {
      trials.set(i, restored(trials.get(i), saved.get(i)));
    }
  }

  private static Trial restored(Trial planned, JsonView json) {
    List<Evaluation> evaluations = new ArrayList<>();
    for (JsonView e : json.objects("evaluations")) {
      evaluations.add(
          new Evaluation(
              e.longInteger("step", 1, Long.MAX_VALUE),
              e.optionalNumber("loss").orElse(Double.NaN)));
    }
    return planned.with(json.longInteger("steps", 0, Long.MAX_VALUE), evaluations, ending(json));
  }

  private static Ending ending(JsonView json) {
    String word = json.string("ending");
    for (Ending known : Ending.values()) {
      if (word(known).equals(word)) {
        return known;
      }
    }
    throw json.invalid("ending", "one of completed, pruned, diverged, unfinished");
  }

  static String word(Ending ending) {
    return ending.name().toLowerCase(Locale.ROOT);
  }

  Trial trial(int number) {
    return trials.get(number - 1);
  }

  Stream<Trial> completed() {
    return trials.stream().filter(trial -> trial.ending() == Ending.COMPLETED);
  }

  Sweep.Result result() {
    return new Sweep.Result(trials);
  }

  Path checkpoints(Trial trial) {
    return folder.resolve("trial-" + trial.number());
  }

  /** Takes the place of the trial of its number, and of the files. */
  void put(Trial trial) {
    trials.set(trial.number() - 1, trial);
    write();
  }

  private void write() {
    write(JSON, json());
    write(PAGE, SweepPage.of(result(), facts));
  }

  private void write(String name, String content) {
    // an interrupted thread cannot write
    boolean interrupted = Thread.interrupted();
    try {
      AtomicFiles.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new TelecomLlmException(folder.resolve(name) + ": cannot be written: " + e, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private String json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("settings", facts);
    json.put("trials", trials.stream().map(SweepFolder::json).toList());
    return new GsonBuilder()
            .serializeNulls()
            .disableHtmlEscaping()
            .setPrettyPrinting()
            .create()
            .toJson(json)
        + "\n";
  }

  private static Map<String, Object> json(Trial trial) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("number", trial.number());
    json.put("learningRate", trial.learningRate());
    json.put("effectiveBatch", trial.effectiveBatch());
    json.put("rank", trial.rank());
    json.put("steps", trial.steps());
    json.put("ending", word(trial.ending()));
    json.put("evaluations", trial.evaluations().stream().map(SweepFolder::json).toList());
    return json;
  }

  private static Map<String, @Nullable Object> json(Evaluation evaluation) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("step", evaluation.step());
    json.put("loss", Double.isNaN(evaluation.loss()) ? null : evaluation.loss());
    return json;
  }
}
