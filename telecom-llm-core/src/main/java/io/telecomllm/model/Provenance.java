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
 * Where the weights of a model come from.
 *
 * @param path the folder or file they were read from; empty for random weights
 * @param merged whether an adapter has been merged into them since
 * @param reader reads a matrix from that checkpoint again
 */
@Internal
public record Provenance(Optional<Path> path, boolean merged, Reader reader) {
  private static final Pattern CACHED = Pattern.compile("models--([^/\\\\]+?)--([^/\\\\]+)");

  /** Reads matrices from a checkpoint. */
  public interface Reader {
    /**
     * Returns a matrix (out, in) in fp32, owned by the scope.
     *
     * @throws IncompatibleException if the checkpoint holds it packed to 4 bits
     */
    Tensor read(Path checkpoint, String weight, int out, int in, Scope owner);
  }

  /** Returns the provenance of weights that were read from a folder or file. */
  public static Provenance of(Path path, Reader reader) {
    return new Provenance(Optional.of(path), false, reader);
  }

  /** Returns the provenance of random weights, which no checkpoint holds. */
  public static Provenance random() {
    return new Provenance(
        Optional.empty(),
        false,
        (checkpoint, weight, out, in, owner) -> {
          throw new IllegalStateException("random weights were not read from " + checkpoint);
        });
  }

  /** Returns the provenance of these weights after an adapter has been merged into them. */
  Provenance afterMerging() {
    return new Provenance(path, true, reader);
  }

  /**
   * Returns the name on the hub if the path is in a cache of the hub, otherwise that of the folder
   * or file; empty for random weights.
   */
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

  /** Returns the checkpoint that holds the weights; empty if they are random or merged. */
  Optional<Path> checkpoint() {
    return merged ? Optional.empty() : path;
  }

  /**
   * Returns a matrix (out, in) as the checkpoint has it, in fp32 and owned by the scope.
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
