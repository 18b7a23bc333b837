package io.telecomllm.training.checkpoint;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.Disk;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Reads and writes {@code manifest.json}, version 1: one object. Unknown fields are ignored.
 *
 * <pre>
 * version   1
 * step      the optimizer step, 0 to 10^15
 * order     the number of earlier saves in the folder, 0 to 10^15
 * best      optional: the step of the best checkpoint so far
 * facts     an object of strings
 * files     an array of path, size, sha256
 * digest    sha256 of all the above, see {@link Manifest#digest}
 * </pre>
 */
final class ManifestFile {
  static final String NAME = "manifest.json";
  static final int VERSION = 1;

  /** The largest manifest: facts may be control characters, which take six bytes each. */
  static final int MAX_BYTES = 1 << 23;

  private ManifestFile() {}

  static byte[] bytes(Manifest manifest) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", VERSION);
    json.put("step", manifest.step());
    json.put("order", manifest.order());
    manifest.best().ifPresent(best -> json.put("best", best));
    json.put("facts", manifest.facts());
    json.put("files", manifest.files().stream().map(JsonRecords::of).toList());
    json.put("digest", manifest.digest());
    return JsonText.file(json);
  }

  /**
   * Reads the manifest of a checkpoint's folder.
   *
   * @throws InvalidDataException naming file and field
   */
  static Manifest read(Path folder, Disk disk) {
    Path file = folder.resolve(NAME);
    return parse(file.toString(), disk.read(file, MAX_BYTES));
  }

  static Manifest parse(String name, byte[] bytes) {
    JsonView json = StrictJson.parseObject(name, bytes);
    if (json.longInteger("version", 1, Long.MAX_VALUE) != VERSION) {
      throw json.invalid("version", "1, which is all that this library reads");
    }
    Manifest manifest;
    try {
      manifest =
          new Manifest(
              json.longInteger("step", 0, CheckpointName.MAX_STEP),
              json.longInteger("order", 0, Manifest.MAX_ORDER),
              json.has("best")
                  ? OptionalLong.of(json.longInteger("best", 0, CheckpointName.MAX_STEP))
                  : OptionalLong.empty(),
              json.object("facts").stringMap(),
              files(json));
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(name + ": " + e.getMessage(), e);
    }
    if (!json.string("digest").equals(manifest.digest())) {
      throw json.invalid("digest", manifest.digest());
    }
    return manifest;
  }

  private static List<Manifest.Entry> files(JsonView json) {
    return json.objects("files").stream()
        .map(
            file ->
                new Manifest.Entry(
                    file.string("path"),
                    file.longInteger("size", 0, Long.MAX_VALUE - 1),
                    file.string("sha256")))
        .toList();
  }
}
