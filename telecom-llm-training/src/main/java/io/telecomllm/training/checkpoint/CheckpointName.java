package io.telecomllm.training.checkpoint;

import io.telecomllm.files.Disk;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a checkpoint's folder: {@code checkpoint-500}, or {@code checkpoint-500.2} if the
 * step was saved again. A folder cannot replace another one atomically, so the later one gets its
 * own name.
 *
 * @param step the optimizer step, 0 to 10^15
 * @param version 1, or 2 to 999999999 for a step saved again
 */
record CheckpointName(long step, int version) {
  /** The highest step: far more than any run has, and sums of two cannot overflow. */
  static final long MAX_STEP = 1_000_000_000_000_000L;

  static final int MAX_VERSION = 999_999_999;

  private static final Pattern NAME =
      Pattern.compile("checkpoint-(0|[1-9][0-9]{0,15})(?:\\.([2-9]|[1-9][0-9]{1,8}))?");
  private static final Pattern TEMPORARY =
      Pattern.compile("checkpoint-[0-9.]{1,32}\\.tmp-[0-9]{1,20}-[0-9a-f]{1,16}");

  /** Parses the name of a folder; empty if it is not the name of a checkpoint. */
  static Optional<CheckpointName> parse(Path folder) {
    Matcher matcher = NAME.matcher(String.valueOf(folder.getFileName()));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String version = matcher.group(2);
    long step = Long.parseLong(matcher.group(1));
    return step > MAX_STEP
        ? Optional.empty()
        : Optional.of(new CheckpointName(step, version == null ? 1 : Integer.parseInt(version)));
  }

  /**
   * Returns whether a folder is left over from a run that died while writing or removing a
   * checkpoint.
   */
  static boolean isTemporary(Path folder) {
    return TEMPORARY.matcher(String.valueOf(folder.getFileName())).matches();
  }

  /** Returns a temporary name, which is not the name of a checkpoint. */
  String temporary() {
    return this + Disk.temporarySuffix("tmp");
  }

  @Override
  public String toString() {
    return "checkpoint-" + step + (version == 1 ? "" : "." + version);
  }
}
