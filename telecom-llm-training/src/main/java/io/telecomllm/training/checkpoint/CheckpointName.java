package io.telecomllm.training.checkpoint;

import io.telecomllm.files.Disk;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a checkpoint's folder is called: {@code checkpoint-500}, or {@code checkpoint-500.2} where
 * the step was saved again. A folder cannot replace another in one step, so the later one gets a
 * name of its own.
 *
 * @param step the optimizer step, 0 to 10^15
 * @param version 1, or 2 to 999999999 for a step saved again
 */
record CheckpointName(long step, int version) {
  /** No run comes near, and sums of two stay far from an overflow. */
  static final long MAX_STEP = 1_000_000_000_000_000L;

  static final int MAX_VERSION = 999_999_999;

  private static final Pattern NAME =
      Pattern.compile("checkpoint-(0|[1-9][0-9]{0,15})(?:\\.([2-9]|[1-9][0-9]{1,8}))?");
  private static final Pattern TEMPORARY =
      Pattern.compile("checkpoint-[0-9.]{1,32}\\.tmp-[0-9]{1,20}-[0-9a-f]{1,16}");

  /** Empty for what is no checkpoint's name. */
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

  /** Whether it is what a dead run left of a checkpoint that it wrote or removed. */
  static boolean isTemporary(Path folder) {
    return TEMPORARY.matcher(String.valueOf(folder.getFileName())).matches();
  }

  /** A name that does not count as a checkpoint. */
  String temporary() {
    return this + Disk.temporarySuffix("tmp");
  }

  @Override
  public String toString() {
    return "checkpoint-" + step + (version == 1 ? "" : "." + version);
  }
}
