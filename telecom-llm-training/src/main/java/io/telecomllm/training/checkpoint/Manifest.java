package io.telecomllm.training.checkpoint;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.files.Disk;
import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The contents of a checkpoint.
 *
 * @param step the optimizer step after which it was written
 * @param order the number of earlier saves in this folder; the newest has the highest
 * @param best the step of the best checkpoint so far; empty if none was named
 * @param facts what a resumed run must know, in the order given
 * @param files the files, 1 to 256
 */
record Manifest(
    long step, long order, OptionalLong best, Map<String, String> facts, List<Entry> files) {
  static final long MAX_ORDER = CheckpointName.MAX_STEP;
  static final int MAX_FILES = 256;
  static final int MAX_FACT_CHARACTERS = 1_000_000;

  /** A part of a path: no drive letter, stream or leading dot, nothing special to a file system. */
  private static final String PART = "[A-Za-z0-9_][A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_-]+)*";

  private static final Pattern NAME = Pattern.compile(PART);
  private static final Pattern PATH = Pattern.compile(PART + "(?:/" + PART + "){0,3}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int MAX_NAME = 128;

  /** The rule of {@link #isName} in words. */
  static final String A_NAME =
      "at most 128 letters, digits, _, - and single dots between them, other than manifest.json";

  /**
   * A file of a checkpoint.
   *
   * @param path its path below the checkpoint's folder, with / as the separator
   * @param size its size in bytes
   * @param sha256 64 hexadecimal digits in lower case
   */
  record Entry(String path, long size, String sha256) {
    Entry {
      checkArgument(isPath(path), "the path %s must have 1 to 4 parts of %s", path, A_NAME);
      checkArgument(size >= 0, "the size of %s is %s, must be at least 0", path, size);
      checkArgument(
          SHA256.matcher(sha256).matches(),
          "the sha256 of %s is %s, must be 64 hexadecimal digits in lower case",
          path,
          sha256);
    }
  }

  Manifest {
    checkStep("step", step);
    checkArgument(
        order >= 0 && order <= MAX_ORDER, "order is %s, must be 0 to %s", order, MAX_ORDER);
    best.ifPresent(b -> checkStep("best", b));
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    checkFacts(facts);
    files = List.copyOf(files);
    checkArgument(
        !files.isEmpty() && files.size() <= MAX_FILES,
        "%s files, must be 1 to %s",
        files.size(),
        MAX_FILES);
    // on a file system that ignores case they would be one file
    TreeSet<String> paths = new TreeSet<>();
    for (Entry file : files) {
      checkArgument(
          paths.add(file.path().toLowerCase(Locale.ROOT)),
          "the file %s is there twice, upper and lower case being equal",
          file.path());
    }
  }

  static void checkStep(String name, long step) {
    checkArgument(
        step >= 0 && step <= CheckpointName.MAX_STEP,
        "%s is %s, must be 0 to %s",
        name,
        step,
        CheckpointName.MAX_STEP);
  }

  static void checkFacts(Map<String, String> facts) {
    long characters = 0;
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      checkArgument(
          Texts.isWellFormed(fact.getKey()) && Texts.isWellFormed(fact.getValue()),
          "the fact %s holds half a surrogate pair",
          Quoted.line(fact.getKey()));
      characters += fact.getKey().length() + (long) fact.getValue().length();
    }
    checkArgument(
        characters <= MAX_FACT_CHARACTERS,
        "the facts have %s characters, must be at most %s; a file can hold more",
        characters,
        MAX_FACT_CHARACTERS);
  }

  /** Returns whether a file or folder directly in the checkpoint may have this name. */
  static boolean isName(String name) {
    // the length first: matching takes stack for each dot
    return name.length() <= MAX_NAME
        && NAME.matcher(name).matches()
        && !name.equalsIgnoreCase(ManifestFile.NAME);
  }

  private static boolean isPath(String path) {
    if (path.length() > 4 * MAX_NAME + 3 || !PATH.matcher(path).matches()) {
      return false;
    }
    return List.of(path.split("/")).stream().allMatch(Manifest::isName);
  }

  /**
   * Returns the SHA-256 of everything in the manifest: format version, step, order, best or -1, the
   * number of facts and each name and value, the number of files and each path, size and sha256. A
   * number is 8 bytes, big-endian; a text is the number of its UTF-8 bytes and then the bytes.
   */
  String digest() {
    MessageDigest digest = Disk.sha256();
    add(digest, ManifestFile.VERSION);
    add(digest, step);
    add(digest, order);
    add(digest, best.orElse(-1));
    add(digest, facts.size());
    facts.forEach(
        (name, value) -> {
          add(digest, name);
          add(digest, value);
        });
    add(digest, files.size());
    for (Entry file : files) {
      add(digest, file.path());
      add(digest, file.size());
      add(digest, file.sha256());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
  }

  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(digest, bytes.length);
    digest.update(bytes);
  }
}
