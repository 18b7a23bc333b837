package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import io.telecomllm.IncompatibleException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A calibration as it is kept next to an adapter or a model: the file {@value #NAME}. Immutable.
 *
 * @param prior what was divided out of the probabilities before the calibration was fitted, and is
 *     to be divided out before they are calibrated; empty if nothing was
 * @param calibration how to calibrate
 * @param abstention the rule that was chosen with it, if there is one
 * @param questions the number of questions that the calibration was fitted on, at least 1
 * @param belongsTo what it was fitted with
 */
public record SavedCalibration(
    Optional<PositionPrior> prior,
    Calibration calibration,
    Optional<Abstention> abstention,
    int questions,
    CalibratedFor belongsTo) {
  /** The name of the file. */
  public static final String NAME = "calibration.json";

  /** Checks the number of questions. */
  public SavedCalibration {
    requireNonNull(prior, "prior is null");
    requireNonNull(calibration, "calibration is null");
    requireNonNull(abstention, "abstention is null");
    requireNonNull(belongsTo, "belongsTo is null");
    checkArgument(questions >= 1, "questions is %s, must be at least 1", questions);
  }

  /**
   * Writes the file; it appears whole or not at all.
   *
   * @param folder an existing folder
   * @throws io.telecomllm.StorageException naming the file, if the disk refuses
   */
  public void save(Path folder) {
    requireNonNull(folder, "folder is null");
    CalibrationFile.write(folder.resolve(NAME), this);
  }

  /** Returns a SHA-256 over all of it, as 64 hexadecimal digits in lower case. */
  public String digest() {
    return Hashing.sha256().hashBytes(CalibrationFile.bytes(this)).toString();
  }

  /**
   * Returns this calibration.
   *
   * @param here what it is to be used with
   * @throws IncompatibleException naming the first difference with both values, if it was fitted
   *     with something else
   */
  public SavedCalibration requireFits(CalibratedFor here) {
    requireNonNull(here, "here is null");
    belongsTo
        .difference(here)
        .ifPresent(
            difference -> {
              throw new IncompatibleException(difference);
            });
    return this;
  }

  /**
   * Reads the file of a folder.
   *
   * @param here what it is to be used with
   * @throws IncompatibleException naming the first difference with both values, if it was fitted
   *     with something else
   * @throws io.telecomllm.InvalidDataException naming file and field, if it is missing or damaged
   */
  public static SavedCalibration load(Path folder, CalibratedFor here) {
    requireNonNull(folder, "folder is null");
    Path file = folder.resolve(NAME);
    SavedCalibration saved = CalibrationFile.read(file);
    try {
      return saved.requireFits(here);
    } catch (IncompatibleException e) {
      throw new IncompatibleException(file + ": " + e.getMessage(), e);
    }
  }
}
