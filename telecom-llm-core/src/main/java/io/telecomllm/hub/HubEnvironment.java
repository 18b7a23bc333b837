package io.telecomllm.hub;

import io.telecomllm.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the settings in huggingface_hub's environment variables. Source:
 * https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
final class HubEnvironment {
  private static final String ENDPOINT = "https://huggingface.co";
  private static final List<String> TRUE = List.of("1", "ON", "YES", "TRUE");
  private static final int MAX_TOKEN_FILE = 1 << 14;

  private final Map<String, String> variables;

  HubEnvironment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  private Optional<String> get(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  private Path home() {
    return get("HF_HOME")
        .map(this::path)
        .orElseGet(
            () ->
                get("XDG_CACHE_HOME")
                    .map(this::path)
                    .orElseGet(() -> userHome().resolve(".cache"))
                    .resolve("huggingface"));
  }

  private Path userHome() {
    return Path.of(get("HOME").orElseGet(() -> System.getProperty("user.home")));
  }

  private Path path(String text) {
    boolean inHome = text.equals("~") || text.startsWith("~/");
    return inHome ? userHome().resolve(text.substring(1).replaceFirst("^/", "")) : Path.of(text);
  }

  Path cache() {
    return get("HF_HUB_CACHE")
        .or(() -> get("HUGGINGFACE_HUB_CACHE"))
        .map(this::path)
        .orElseGet(() -> home().resolve("hub"));
  }

  Endpoint endpoint() {
    return Endpoint.of(get("HF_ENDPOINT").orElse(ENDPOINT));
  }

  boolean offline() {
    return get("HF_HUB_OFFLINE")
        .or(() -> get("TRANSFORMERS_OFFLINE"))
        .filter(value -> TRUE.contains(value.toUpperCase(Locale.ROOT)))
        .isPresent();
  }

  Optional<Token> token() {
    return get("HF_TOKEN")
        .or(() -> get("HUGGING_FACE_HUB_TOKEN"))
        .or(this::tokenFile)
        .map(Token::new);
  }

  private Optional<String> tokenFile() {
    Path file = get("HF_TOKEN_PATH").map(this::path).orElseGet(() -> home().resolve("token"));
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_TOKEN_FILE) {
        return Optional.empty();
      }
      return Optional.of(Files.readString(file)).filter(text -> !text.isBlank());
    } catch (IOException e) {
      throw new StorageException(file + ": the access token cannot be read", e);
    }
  }
}
