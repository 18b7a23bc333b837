package io.telecomllm.hub;

import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.text.Quoted;
import io.telecomllm.weights.ShardedSafetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Chooses the files of a repository that a model needs: safetensors, JSON and tokenizer files in
 * its top folder, never a program.
 */
final class FileChoice {
  static final String SINGLE = "model.safetensors";

  private static final String SAFETENSORS = ".safetensors";
  private static final String GGUF = ".gguf";
  private static final List<String> PICKLE = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");
  private static final List<String> SMALL = List.of(".json", ".jinja");
  private static final List<String> TOKENIZER =
      List.of("tokenizer.model", "merges.txt", "vocab.txt");

  private static final String ADVICE =
      "a pickle file is a program and is not fetched; convert it to safetensors, as"
          + " save_pretrained of transformers does";

  private FileChoice() {}

  /** Refuses a file that the library does not read. */
  static void checkReadable(String file) {
    if (Names.hasEnding(file, PICKLE)) {
      throw new InvalidDataException(file + ": " + ADVICE);
    }
    if (!isSmall(file) && !Names.hasEnding(file, List.of(SAFETENSORS, GGUF))) {
      throw new InvalidDataException(
          file
              + ": only *.safetensors, *.gguf, *.json, *.jinja, tokenizer.model, merges.txt and"
              + " vocab.txt are fetched");
    }
  }

  private static boolean isSmall(String file) {
    return Names.hasEnding(file, SMALL)
        || TOKENIZER.contains(file.substring(file.lastIndexOf('/') + 1));
  }

  /** Returns all files but the weights; the index of the weights is among them. */
  static List<RepositoryFile> small(Listing listing) {
    return top(listing).filter(file -> isSmall(file.name())).toList();
  }

  /** Refuses a repository whose weights the library does not read. */
  static void checkWeights(String repository, Listing listing) {
    if (top(listing).anyMatch(file -> file.name().endsWith(SAFETENSORS))) {
      return;
    }
    Collection<String> names = listing.files().keySet();
    Optional<String> gguf = names.stream().filter(n -> n.endsWith(GGUF)).findFirst();
    if (gguf.isPresent()) {
      throw new InvalidDataException(
          repository + ": holds no safetensors; fetch one GGUF file by its name, as " + gguf.get());
    }
    Optional<String> pickle = names.stream().filter(n -> Names.hasEnding(n, PICKLE)).findFirst();
    throw new InvalidDataException(
        repository
            + ": holds no safetensors"
            + pickle.map(name -> ", only " + name + ": " + ADVICE).orElse(""));
  }

  /**
   * Returns the files with the weights; if an index names them, it must be in the snapshot already.
   */
  static List<RepositoryFile> weights(String repository, Listing listing, Path snapshot) {
    RepositoryFile single = listing.files().get(SINGLE);
    if (single != null) {
      return List.of(single);
    }
    if (listing.files().containsKey(ShardedSafetensors.INDEX)) {
      List<RepositoryFile> shards = new ArrayList<>();
      for (String name : shards(snapshot)) {
        RepositoryFile shard = listing.files().get(name);
        if (shard == null) {
          throw new InvalidDataException(
              repository + ": its index names " + Quoted.line(name) + ", which it does not hold");
        }
        shards.add(shard);
      }
      return shards;
    }
    List<RepositoryFile> all = top(listing).filter(f -> f.name().endsWith(SAFETENSORS)).toList();
    // the same weights in Mistral's own format
    List<RepositoryFile> rest =
        all.stream().filter(file -> !file.name().startsWith("consolidated")).toList();
    return rest.isEmpty() ? all : rest;
  }

  /** Returns the files that the index in a folder names. */
  private static Collection<String> shards(Path snapshot) {
    Path index = snapshot.resolve(ShardedSafetensors.INDEX);
    JsonView map = StrictJson.read(index).object("weight_map");
    TreeSet<String> names = new TreeSet<>(map.stringMap().values());
    for (String name : names) {
      if (!Names.isFile(name) || name.contains("/") || !name.endsWith(SAFETENSORS)) {
        throw new InvalidDataException(
            index
                + ", field weight_map: \""
                + Quoted.line(name)
                + "\" is not the plain name of a safetensors file");
      }
    }
    if (names.isEmpty()) {
      throw new InvalidDataException(index + ", field weight_map: names no file");
    }
    return names;
  }

  /** Returns the files that a snapshot lacks to be loaded; empty if it is complete. */
  static List<String> missing(Path snapshot) {
    List<String> missing = new ArrayList<>();
    if (!has(snapshot, "config.json") && !has(snapshot, "adapter_config.json")) {
      missing.add("config.json");
    }
    if (!has(snapshot, SINGLE)) {
      if (has(snapshot, ShardedSafetensors.INDEX)) {
        shards(snapshot).stream().filter(name -> !has(snapshot, name)).forEach(missing::add);
      } else if (!has(snapshot, "adapter_model.safetensors")) {
        missing.add(SINGLE + " or " + ShardedSafetensors.INDEX);
      }
    }
    return missing;
  }

  /** Returns whether a snapshot has a tokenizer, so that the hub need not be asked. */
  static boolean hasTokenizer(Path snapshot) {
    return Stream.concat(TOKENIZER.stream(), Stream.of("tokenizer.json", "vocab.json"))
        .anyMatch(name -> has(snapshot, name));
  }

  private static boolean has(Path snapshot, String name) {
    return Files.isRegularFile(snapshot.resolve(name));
  }

  private static Stream<RepositoryFile> top(Listing listing) {
    return listing.files().values().stream().filter(file -> !file.name().contains("/"));
  }
}
