package io.telecomllm.examples.benchmarks;

import com.google.gson.Gson;
import io.telecomllm.examples.Cli;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Term;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures how long a lexicon takes to find its terms in a text. The lexicon is the examples'
 * glossary, filled up with made acronyms and with names of two and three of its longer words; the
 * texts are pieces of the glossary's explanations. In the same run, the words of the same texts are
 * found by a regular expression and looked up in a hash set, which is what a program without a
 * lexicon would do and finds no name of several words. The last line is JSON, in microseconds of
 * the thread, so that other programs on the machine count little.
 */
@CommandLine.Command(name = "LexiconBenchmark", mixinStandardHelpOptions = true)
public final class LexiconBenchmark implements Callable<Integer> {
  private static final String GLOSSARY = "/io/telecomllm/examples/glossary.jsonl";
  private static final long SEED = 3407;
  private static final int REPEATS = 50;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Pattern WORD = Pattern.compile("\\w+");
  private static final Pattern LONG_WORD = Pattern.compile("\\w{4,}");

  @Option(names = "--terms", defaultValue = "5000", description = "terms in the lexicon")
  private int terms = 5000;

  @Option(names = "--characters", defaultValue = "200", description = "characters in a text")
  private int characters = 200;

  @Option(names = "--rounds", defaultValue = "10", description = "measured rounds, after as many")
  private int rounds = 10;

  private final Random random = new Random(SEED);

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new LexiconBenchmark(), args);
  }

  @Override
  public Integer call() throws IOException {
    Lexicon glossary = glossary();
    String all = glossary.terms().stream().map(Term::text).collect(Collectors.joining(" "));
    List<String> texts = new ArrayList<>();
    for (int end = characters; end <= all.length(); end += characters) {
      texts.add(all.substring(end - characters, end));
    }
    Lexicon lexicon = filledUp(glossary, words(all));
    Set<String> names = lexicon.terms().stream().map(Term::term).collect(Collectors.toSet());
    double[] find = microseconds(texts, text -> lexicon.find(text).size());
    double[] plain = microseconds(texts, text -> namesAmongWords(text, names));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("terms", names.size());
    json.put("characters", characters);
    json.put("texts", texts.size());
    json.put("foundPerText", (double) found(texts, t -> lexicon.find(t).size()) / texts.size());
    json.put("microseconds", Arrays.stream(find).average().orElse(0));
    json.put("slowestRound", Arrays.stream(find).max().orElse(0));
    json.put("microsecondsOfWords", Arrays.stream(plain).average().orElse(0));
    System.out.println(new Gson().toJson(json));
    return 0;
  }

  private static Lexicon glossary() throws IOException {
    try (InputStream lines = LexiconBenchmark.class.getResourceAsStream(GLOSSARY)) {
      if (lines == null) {
        throw new FileNotFoundException(GLOSSARY);
      }
      return Lexicon.read(lines, GLOSSARY);
    }
  }

  private Lexicon filledUp(Lexicon glossary, List<String> words) {
    Set<String> names = new LinkedHashSet<>();
    glossary.terms().forEach(term -> names.add(term.term()));
    while (names.size() < terms) {
      names.add(random.nextInt(3) > 0 ? acronym() : phrase(words));
    }
    return Lexicon.of(names.stream().map(name -> new Term(name, "", "", name)).toList());
  }

  private String acronym() {
    StringBuilder letters = new StringBuilder();
    for (int length = 3 + random.nextInt(3); length > 0; length--) {
      letters.append((char) ('A' + random.nextInt(26)));
    }
    return random.nextInt(4) == 0 ? letters.insert(1, '-').toString() : letters.toString();
  }

  private String phrase(List<String> words) {
    String two =
        words.get(random.nextInt(words.size())) + " " + words.get(random.nextInt(words.size()));
    return random.nextBoolean() ? two : two + " " + words.get(random.nextInt(words.size()));
  }

  private static List<String> words(String text) {
    Set<String> words = new LinkedHashSet<>();
    Matcher matcher = LONG_WORD.matcher(text);
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return List.copyOf(words);
  }

  private static int namesAmongWords(String text, Set<String> names) {
    Matcher words = WORD.matcher(text);
    int found = 0;
    while (words.find()) {
      found += names.contains(words.group()) ? 1 : 0;
    }
    return found;
  }

  /** Returns the mean time of a text in each measured round; as many rounds before warm up. */
  private double[] microseconds(List<String> texts, ToIntFunction<String> finder) {
    double[] means = new double[rounds];
    Set<Integer> results = new HashSet<>();
    for (int round = -rounds; round < rounds; round++) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (int repeat = 0; repeat < REPEATS; repeat++) {
        results.add(found(texts, finder));
      }
      double mean = (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / REPEATS / texts.size();
      if (round >= 0) {
        means[round] = mean;
      }
    }
    // also keeps the compiler from leaving the work out
    if (results.size() != 1) {
      throw new IllegalStateException("different results: " + results);
    }
    return means;
  }

  private static int found(List<String> texts, ToIntFunction<String> finder) {
    return texts.stream().mapToInt(finder).sum();
  }
}
