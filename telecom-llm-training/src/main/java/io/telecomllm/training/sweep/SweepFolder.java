package io.telecomllm.training.sweep;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.files.Disk;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.training.run.ResumeFacts;
import io.telecomllm.training.sweep.Trial.Ending;
import io.telecomllm.training.sweep.Trial.Evaluation;
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

/** The folder of a sweep: its trials so far, and the files that hold them. */
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
   * Opens a folder for a sweep, restores the trials in it, and writes both files.
   *
   * @throws IncompatibleException if it holds another sweep, naming what differs
   * @throws InvalidDataException if {@code sweep.json} is damaged
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
    String differences = ResumeFacts.differences(json.object("settings").stringMap(), facts);
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

  /** Replaces the trial of the same number, and writes both files. */
  void put(Trial trial) {
    trials.set(trial.number() - 1, trial);
    write();
  }

  private void write() {
    write(JSON, json());
    write(PAGE, SweepPage.of(result(), facts));
  }

  private void write(String name, String content) {
    Disk.uninterrupted(
        () -> {
          AtomicFiles.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
          return name;
        });
  }

  private String json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("settings", facts);
    json.put("trials", trials.stream().map(SweepFolder::json).toList());
    return JsonText.pretty(json);
  }

  private static Map<String, Object> json(Trial trial) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("number", trial.number());
    json.put("learningRate", trial.learningRate());
    json.put("effectiveBatch", trial.effectiveBatch());
    json.put("rank", trial.rank());
    json.put("steps", trial.steps());
    json.put("ending", word(trial.ending()));
    json.put("evaluations", trial.evaluations().stream().map(JsonRecords::of).toList());
    return json;
  }
}
