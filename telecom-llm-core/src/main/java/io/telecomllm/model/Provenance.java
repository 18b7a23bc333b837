package io.telecomllm.model;

import io.telecomllm.IncompatibleException;
import io.telecomllm.Internal;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a model's weights come from.
 *
 * @param path the folder or file they were read from; empty for random weights
 * @param merged whether an adapter has changed them since
 * @param reader reads a matrix from that checkpoint again
 */
@Internal
public record Provenance(Optional<Path> path, boolean merged, Reader reader) {
  private static final Pattern CACHED = Pattern.compile("models--([^/\\\\]+?)--([^/\\\\]+)");

  /** Reads a matrix (out, in) from a checkpoint in fp32; the scope owns it. */
  public interface Reader {
    /**
     * Reads it.
     *
     * @throws IncompatibleException if the checkpoint holds it packed to 4 bits
     */
    Tensor read(Path checkpoint, String weight, int out, int in, Scope owner);
  }

  /** Weights read from that folder or file. */
  public static Provenance of(Path path, Reader reader) {
    return new Provenance(Optional.of(path), false, reader);
  }

  /** Weights that no checkpoint holds. */
  public static Provenance random() {
    return new Provenance(
        Optional.empty(),
        false,
        (checkpoint, weight, out, in, owner) -> {
          throw new IllegalStateException("random weights were not read from " + checkpoint);
        });
  }

  /** Weights that an adapter has changed. */
  Provenance afterMerging() {
    return new Provenance(path, true, reader);
  }

  /** The name on the hub where they come from a cache of it, or else that of the folder or file. */
  Optional<String> name() {
    return path.map(Path::toAbsolutePath)
        .map(Path::normalize)
        .map(
            absolute -> {
              int depth = absolute.getNameCount();
              if (depth > 2) {
                Matcher cached = CACHED.matcher(absolute.getName(depth - 3).toString());
                if (cached.matches()) {
                  return cached.group(1) + "/" + cached.group(2);
                }
              }
              return String.valueOf(absolute.getFileName());
            });
  }

  /** The checkpoint that holds them; empty if they are random or merged with an adapter. */
  Optional<Path> checkpoint() {
    return merged ? Optional.empty() : path;
  }

  /**
   * Reads a matrix as the checkpoint has it.
   *
   * @throws IncompatibleException if no checkpoint holds it, or holds it packed to 4 bits
   */
  Tensor read(String weight, int out, int in, Scope owner) {
    Path from =
        checkpoint()
            .orElseThrow(
                () ->
                    new IncompatibleException(
                        "no checkpoint holds "
                            + weight.substring(0, weight.lastIndexOf('.'))
                            + ": the model's weights are random or merged"));
    return reader.read(from, weight, out, in, owner);
  }
}
