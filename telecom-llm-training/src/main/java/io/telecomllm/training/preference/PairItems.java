package io.telecomllm.training.preference;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.telecomllm.InvalidDataException;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.KnownTokens;
import io.telecomllm.prompt.Message;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.run.Items;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Pairs as what a run trains on: each is two examples, the better answer first. */
final class PairItems implements Items {
  private final ChatTemplate template;
  private final KnownTokens tokens;
  private final int budget;
  private final List<String> ids = new ArrayList<>();
  private final List<List<Example>> training = new ArrayList<>();
  private final List<List<Example>> validation = new ArrayList<>();
  private int skipped;

  /**
   * Encodes all pairs.
   *
   * @param budget the most tokens of a prompt with an answer
   * @throws InvalidDataException if there are no pairs to train on, or none fits the budget
   */
  PairItems(
      ChatTemplate template,
      KnownTokens tokens,
      int budget,
      List<PreferencePair> training,
      List<PreferencePair> validation) {
    this.template = template;
    this.tokens = tokens;
    this.budget = budget;
    for (PreferencePair pair : training) {
      List<Example> item = item(pair);
      if (fits(item)) {
        ids.add(pair.id());
        this.training.add(item);
      } else {
        skipped++;
      }
    }
    if (this.training.isEmpty()) {
      throw new InvalidDataException(
          "nothing to learn from: "
              + training.size()
              + " pairs"
              + (training.isEmpty() ? "" : ", of which none fits " + budget + " tokens"));
    }
    validation.stream().map(this::item).filter(this::fits).forEach(this.validation::add);
  }

  private List<Example> item(PreferencePair pair) {
    return List.of(example(pair, pair.chosen()), example(pair, pair.rejected()));
  }

  private Example example(PreferencePair pair, String answer) {
    EncodedAnswer encoded =
        tokens.check(template.encodeAnswer(tokens.tokenizer(), pair.prompt(), answer));
    return Example.of(encoded.promptIds(), encoded.answerIds());
  }

  private boolean fits(List<Example> item) {
    return item.stream().allMatch(example -> example.ids().length <= budget);
  }

  /** Returns the SHA-256 of all pairs, as 64 hexadecimal digits in lower case. */
  static String digest(List<PreferencePair> training, List<PreferencePair> validation) {
    Hasher hasher = Hashing.sha256().newHasher();
    for (List<PreferencePair> pairs : List.of(training, validation)) {
      hasher.putInt(pairs.size());
      for (PreferencePair pair : pairs) {
        put(hasher, pair.id());
        hasher.putInt(pair.prompt().size());
        for (Message message : pair.prompt()) {
          put(hasher, message.role().name());
          put(hasher, message.content());
        }
        put(hasher, pair.chosen());
        put(hasher, pair.rejected());
      }
    }
    return hasher.hash().toString();
  }

  private static void put(Hasher hasher, String text) {
    // with its length, so that no two lists of texts look alike
    hasher.putInt(text.length());
    hasher.putString(text, StandardCharsets.UTF_8);
  }

  @Override
  public int size() {
    return training.size();
  }

  @Override
  public String id(int item) {
    return ids.get(item);
  }

  @Override
  public List<Example> examples(int item, int epoch) {
    return training.get(item);
  }

  @Override
  public List<List<Example>> validation() {
    return validation;
  }

  @Override
  public List<List<Example>> typical() {
    return training;
  }

  @Override
  public int skipped() {
    return skipped;
  }
}
