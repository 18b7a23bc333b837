package io.telecomllm.examples.peers;

import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.lingala.zip4j.ZipFile;

/**
 * A question exactly as in the file, with its white space and duplicates: the peer's script cleans
 * nothing, whereas the library's reader does.
 *
 * @param text the question
 * @param options the options that it has of the five possible ones, in order
 * @param answer the right option, counted from 0
 * @param answerLine the answer, such as {@code option 2: ...}
 */
public record PeerQuestion(String text, List<String> options, int answer, String answerLine) {
  private static final Pattern ANSWER = Pattern.compile("option ([1-9])\\b.*", Pattern.DOTALL);
  private static final String PUBLISHED_PASSWORD = "teleqnadataset";
  private static final int MOST_OPTIONS = 5;

  /**
   * Reads all questions of the official zip by id.
   *
   * @throws InvalidDataException naming file and field, if the file has another form
   */
  public static Map<String, PeerQuestion> read(Path file) {
    JsonView all = StrictJson.parseObject(file.toString(), unzip(file));
    Map<String, PeerQuestion> questions = new LinkedHashMap<>();
    for (String id : all.names()) {
      questions.put(id, of(all.object(id)));
    }
    return questions;
  }

  /** Returns the options as both scripts of the peer list them, one a line. */
  public String listed() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < options.size(); i++) {
      lines.append("\noption ").append(i + 1).append(": ").append(options.get(i));
    }
    return lines.toString();
  }

  private static byte[] unzip(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile(), PUBLISHED_PASSWORD.toCharArray())) {
      return zip.getInputStream(zip.getFileHeaders().get(0)).readAllBytes();
    } catch (IOException e) {
      throw new InvalidDataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  static PeerQuestion of(JsonView entry) {
    List<String> options = new ArrayList<>();
    for (int i = 1; i <= MOST_OPTIONS; i++) {
      Optional<String> option = entry.optionalString("option " + i);
      option.ifPresent(options::add);
    }
    String line = entry.string("answer");
    Matcher answer = ANSWER.matcher(line);
    if (!answer.matches()) {
      throw entry.invalid("answer", "option 1 to " + MOST_OPTIONS + " and its text");
    }
    return new PeerQuestion(
        entry.string("question"), options, Integer.parseInt(answer.group(1)) - 1, line);
  }
}
