package io.telecomllm.hub;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.InvalidDataException;
import io.telecomllm.text.Quoted;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks the names of repositories, revisions, commits and files. */
final class Names {
  private static final int MAX_PATH = 250;

  // as in huggingface_hub: ASCII, begins and ends with a letter, digit or underscore
  private static final String PART = "\\w(?:[\\w.-]{0,94}\\w)?";
  private static final Pattern REPOSITORY = Pattern.compile("(?:" + PART + "/)?" + PART);
  private static final Pattern REVISION = Pattern.compile("\\w[\\w.+-]*(?:/\\w[\\w.+-]*)*");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern FILE = Pattern.compile("\\w[\\w.+-]*(?:/\\w[\\w.+-]*)*");

  private Names() {}

  static void checkRepository(String name) {
    checkArgument(
        isRepository(name),
        "repository is \"%s\", must be \"owner/name\" of letters, digits, '-', '_' and '.',"
            + " without \"--\", \"..\" and a final \".git\"",
        Quoted.line(name));
  }

  static boolean isRepository(String name) {
    return REPOSITORY.matcher(name).matches()
        && !name.contains("--")
        && !name.contains("..")
        && !name.endsWith(".git");
  }

  static void checkRevision(String revision) {
    checkArgument(
        safe(REVISION, revision),
        "revision is \"%s\", must be a branch, a tag or a commit of letters, digits, '-', '_', '.',"
            + " '+' and '/', without \"..\"",
        Quoted.line(revision));
  }

  /** Refuses the name of a requested file if it breaks the rules. */
  static void checkFile(String file) {
    checkArgument(
        isFile(file),
        "file is \"%s\", must be a name of letters, digits, '-', '_', '.', '+' and '/', without"
            + " \"..\"",
        Quoted.line(file));
  }

  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  static boolean isFile(String text) {
    return safe(FILE, text);
  }

  private static boolean safe(Pattern pattern, String text) {
    return text.length() <= MAX_PATH && !text.contains("..") && pattern.matcher(text).matches();
  }

  /**
   * Refuses a server's whole list of files if a name leads outside the repository. A name that is
   * merely unusual passes; its file is not fetched.
   */
  static void checkListed(String list, String name) {
    boolean leaves =
        name.isEmpty()
            || name.startsWith("/")
            || name.contains("\\")
            || name.chars().anyMatch(c -> c < ' ')
            || Arrays.asList(name.split("/", -1)).contains("..");
    if (leaves) {
      throw new InvalidDataException(
          list
              + ": lists the file \""
              + Quoted.line(name)
              + "\", which is not a path in a repository");
    }
  }

  /** Returns the name of a repository's folder in the cache. */
  static String folder(String repository) {
    return "models--" + repository.replace("/", "--");
  }

  static boolean hasEnding(String file, Iterable<String> endings) {
    String lower = file.toLowerCase(Locale.ROOT);
    for (String ending : endings) {
      if (lower.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }

  /** Percent-encodes a part of a URL's path, including slashes. */
  static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static String encodePath(String path) {
    return Arrays.stream(path.split("/", -1)).map(Names::encode).collect(Collectors.joining("/"));
  }
}
