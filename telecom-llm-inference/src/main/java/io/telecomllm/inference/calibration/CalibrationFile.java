package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code calibration.json}, version 1: one object. Unknown fields are ignored.
 *
 * <pre>
 * version      1
 * belongsTo    model, prompt, reading: strings; adapter, knowledge: strings or null
 * questions    the number of questions of the fit
 * prior        optional: shares: an array with, for each number of options, an array of numbers
 * calibration  kind TemperatureCalibration: temperature;
 *              kind LogisticCalibration: intercept, features: an array of name, mean, scale, weight
 * abstention   optional: kind ThresholdRule: threshold;
 *              kind TargetAccuracyRule: threshold or null, target, level;
 *              kind ConformalRule: quantile, error
 * </pre>
 */
final class CalibrationFile {
  private static final int VERSION = 1;
  private static final int MAX_BYTES = 1 << 20;

  private static final List<Class<? extends Record>> CALIBRATIONS =
      List.of(TemperatureCalibration.class, LogisticCalibration.class);
  private static final List<Class<? extends Record>> ABSTENTIONS =
      List.of(ThresholdRule.class, TargetAccuracyRule.class, ConformalRule.class);

  private CalibrationFile() {}

  static void write(Path file, SavedCalibration saved) {
    byte[] bytes = bytes(saved);
    checkArgument(
        bytes.length <= MAX_BYTES,
        "a calibration takes %s bytes, at most %s can be read",
        bytes.length,
        MAX_BYTES);
    AtomicFiles.write(file, bytes);
  }

  static byte[] bytes(SavedCalibration saved) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", VERSION);
    json.put("belongsTo", JsonRecords.of(saved.belongsTo()));
    json.put("questions", saved.questions());
    saved.prior().ifPresent(prior -> json.put("prior", JsonRecords.of(prior)));
    json.put("calibration", JsonRecords.of((Record) saved.calibration()));
    saved
        .abstention()
        .ifPresent(abstention -> json.put("abstention", JsonRecords.of((Record) abstention)));
    return JsonText.file(json);
  }

  /**
   * Reads a file of at most 1 MiB.
   *
   * @throws InvalidDataException naming file and field
   */
  static SavedCalibration read(Path file) {
    JsonView json = StrictJson.read(file, MAX_BYTES);
    if (json.longInteger("version", 1, Long.MAX_VALUE) > VERSION) {
      throw json.invalid("version", "1, which is all that this library reads");
    }
    return new SavedCalibration(
        json.optionalObject("prior").map(prior -> JsonRecords.read(prior, PositionPrior.class)),
        (Calibration) record(json.object("calibration"), CALIBRATIONS),
        json.optionalObject("abstention").map(rule -> (Abstention) record(rule, ABSTENTIONS)),
        json.integer("questions", 1, Integer.MAX_VALUE),
        JsonRecords.read(json.object("belongsTo"), CalibratedFor.class));
  }

  /** Reads a record of the class that the field {@code kind} names. */
  private static Record record(JsonView json, List<Class<? extends Record>> classes) {
    String kind = json.string("kind");
    return classes.stream()
        .filter(type -> type.getSimpleName().equals(kind))
        .findFirst()
        .map(type -> (Record) JsonRecords.read(json, type))
        .orElseThrow(
            () ->
                json.invalid(
                    "kind", "one of " + classes.stream().map(Class::getSimpleName).toList()));
  }
}
