package io.telecomllm.examples.pretraining;

import io.telecomllm.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The tokens of the matching task.
 *
 * @param function the most frequent beginnings of words, which distinguish nothing
 * @param heads other tokens that begin a word
 * @param tails tokens that continue a word
 * @param digits 1 to 5
 * @param small a to z
 * @param capitals A to Z
 * @param marks what may come between a label and its line
 * @param asks what may ask for the answer
 * @param sprinkle signs and digits that may come between the words of a text
 */
@SuppressWarnings("ArrayRecordComponent")
record TaskTokens(
    int system,
    int user,
    int assistant,
    int end,
    int newline,
    int space,
    int[] function,
    int[] heads,
    int[] tails,
    int[] digits,
    int[] small,
    int[] capitals,
    List<int[]> marks,
    List<int[]> asks,
    int[] sprinkle) {
  private static final int FUNCTION_WORDS = 50;

  /** Sorts the tokens of a vocabulary by their frequency in these texts. */
  static TaskTokens of(Tokenizer tokenizer, List<String> texts) {
    int[] count = new int[tokenizer.vocabularySize()];
    texts.forEach(text -> Arrays.stream(tokenizer.encode(text)).forEach(id -> count[id]++));
    List<Integer> heads = spelled(tokenizer, s -> s.matches("\u0120[A-Za-z]+"));
    List<Integer> function =
        heads.stream()
            .sorted(Comparator.comparing(id -> -count[id]))
            .limit(FUNCTION_WORDS)
            .toList();
    Set<Integer> frequent = new HashSet<>(function);
    Predicate<Integer> rare =
        id -> !frequent.contains(id) && tokenizer.token(id).orElse("").length() > 2;
    return new TaskTokens(
        control(tokenizer, "<|system|>"),
        control(tokenizer, "<|user|>"),
        control(tokenizer, "<|assistant|>"),
        control(tokenizer, "<|end|>"),
        tokenizer.encode("\n")[0],
        tokenizer.encode(" ")[0],
        array(function),
        array(heads.stream().filter(rare).toList()),
        array(spelled(tokenizer, s -> s.matches("[A-Za-z]{2,}"))),
        firsts(tokenizer, IntStream.rangeClosed('1', '5')),
        firsts(tokenizer, IntStream.rangeClosed('a', 'z')),
        firsts(tokenizer, IntStream.rangeClosed('A', 'Z')),
        Stream.of(":", ")", " =", " -").map(tokenizer::encode).toList(),
        Stream.of("=>", "->", "=", " also", " during", " while", " without")
            .map(tokenizer::encode)
            .toList(),
        firsts(tokenizer, ":(),;-.,35G".chars()));
  }

  /** Returns all tokens that may label a line. */
  int[] labels() {
    return Stream.of(digits, small, capitals).flatMapToInt(Arrays::stream).toArray();
  }

  private static List<Integer> spelled(Tokenizer tokenizer, Predicate<String> spelling) {
    return IntStream.range(BytePairTrainer.SPECIAL.size(), tokenizer.vocabularySize())
        .filter(id -> tokenizer.token(id).filter(spelling).isPresent())
        .boxed()
        .toList();
  }

  private static int[] firsts(Tokenizer tokenizer, IntStream characters) {
    return characters.map(c -> tokenizer.encode(Character.toString(c))[0]).toArray();
  }

  private static int control(Tokenizer tokenizer, String token) {
    return tokenizer.id(token).orElseThrow();
  }

  private static int[] array(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
