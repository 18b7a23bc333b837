package io.telecomllm.examples.pretraining;

import io.telecomllm.training.batching.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The task of the tiny model: a note, then labelled lines, one of which has words from the note;
 * the answer is that line's label.
 *
 * <pre>
 * system:    some words                        (or nothing)
 * user:      Key: the note
 *            more words, some of the note's    (or nothing)
 *            a: words of the note              (2 to 5 lines; labels 1.., a.. or A..)
 *            b: other words
 * assistant: => a                              (a sign, some word or nothing before it)
 * </pre>
 *
 * <p>The words are meaningless, so the model cannot memorise anything; it learns the skill, which
 * fine-tuning then has to apply. No exercise has options or references.
 */
final class MatchingTask {
  private static final int MOST_LINES = 5;

  /**
   * The share of exercises that are asked with a sign. A skill that depends on the signs may resist
   * fine-tuning: with all exercises asked by a sign, two of eight runs stayed at chance; with four
   * in five, none of eight.
   */
  private static final double ASKED_BY_SIGN = 0.8;

  private final TaskTokens tokens;
  private final Set<Integer> function = new HashSet<>();

  MatchingTask(TaskTokens tokens) {
    this.tokens = tokens;
    Arrays.stream(tokens.function()).forEach(function::add);
  }

  /**
   * One exercise.
   *
   * @param prompt everything before the answer
   * @param note the words of the note
   * @param lines the words of each line
   * @param labels the label of each line
   * @param right the index of the line with words from the note
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Sample(int[] prompt, List<int[]> note, List<List<int[]>> lines, int[] labels, int right) {
    Example example() {
      return Example.of(prompt, new int[] {labels[right]});
    }
  }

  /**
   * Draws an exercise.
   *
   * @param hardness 0 to 1: harder exercises have longer notes, more lines, more words that all
   *     lines share, and words in the right line that the note lacks
   */
  Sample draw(double hardness, SplittableRandom random) {
    Draw draw = new Draw(hardness, random);
    double shared = 0.4 * hardness * Math.sqrt(random.nextDouble());
    int length = draw.between(3, 4 + (int) (26 * hardness));
    List<int[]> note;
    List<int[]> content;
    do {
      note = draw.words(length, shared);
      content = note.stream().filter(w -> !isFunction(w)).toList();
    } while (content.isEmpty());
    int count = draw.between(2, 2 + (int) Math.round((MOST_LINES - 2) * hardness));
    int right = random.nextInt(count);
    List<List<int[]>> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(draw.line(shared, i == right ? content : List.of()));
    }
    int[] labels = draw.labels(count);
    return new Sample(draw.prompt(note, lines, labels), note, lines, labels, right);
  }

  private boolean isFunction(int[] word) {
    return word.length == 1 && function.contains(word[0]);
  }

  /** The random choices of one exercise. */
  private final class Draw {
    private final double hardness;
    private final SplittableRandom random;
    private final List<int[]> ids = new ArrayList<>();

    Draw(double hardness, SplittableRandom random) {
      this.hardness = hardness;
      this.random = random;
    }

    /** Returns a random number between two others, both inclusive. */
    int between(int low, int high) {
      return random.nextInt(low, high + 1);
    }

    private boolean chance(double probability) {
      return random.nextDouble() < probability;
    }

    private int one(int[] of) {
      return of[random.nextInt(of.length)];
    }

    private <T> T one(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    /** Returns a meaningless word: a beginning and, half of the time, one or two tails. */
    private int[] word() {
      int tails = chance(0.5) ? (chance(0.3) ? 2 : 1) : 0;
      return IntStream.rangeClosed(0, tails)
          .map(i -> one(i == 0 ? tokens.heads() : tokens.tails()))
          .toArray();
    }

    List<int[]> words(int count, double functionShare) {
      List<int[]> words = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        words.add(chance(functionShare) ? new int[] {one(tokens.function())} : word());
      }
      return words;
    }

    /**
     * Returns a line; the right one has words of the note in some places, in easy exercises in all.
     */
    List<int[]> line(double functionShare, List<int[]> fromNote) {
      int count = between(1 + (int) Math.round(2 * hardness), 2 + (int) Math.round(5 * hardness));
      List<int[]> line = words(count, functionShare);
      if (!fromNote.isEmpty()) {
        int taken = hardness > 0.3 ? between(Math.min(2, count), count) : count;
        List<Integer> places = new ArrayList<>(IntStream.range(0, count).boxed().toList());
        for (int i = 0; i < taken; i++) {
          Collections.swap(places, i, between(i, count - 1));
          line.set(places.get(i), one(fromNote));
        }
      }
      return line;
    }

    /** Returns successive labels of one kind, starting anywhere. */
    int[] labels(int count) {
      double kind = random.nextDouble();
      int[] all = kind < 0.4 ? tokens.digits() : kind < 0.7 ? tokens.small() : tokens.capitals();
      int from = kind < 0.4 ? 0 : random.nextInt(all.length - count);
      return Arrays.copyOfRange(all, from, from + count);
    }

    int[] prompt(List<int[]> note, List<List<int[]>> lines, int[] labels) {
      put(tokens.system(), tokens.newline());
      if (chance(0.5)) {
        ids.addAll(words(between(1, 2 + (int) (8 * hardness)), 0.5));
        put(tokens.end(), tokens.newline());
      }
      put(tokens.user(), tokens.newline());
      if (chance(0.7)) {
        put(word());
        put(one(tokens.marks()));
      }
      putSprinkled(note);
      put(tokens.newline());
      if (chance(0.1 + 0.7 * hardness)) {
        putQuestion(note);
      }
      putLines(lines, labels);
      put(tokens.end(), tokens.newline(), tokens.assistant(), tokens.newline());
      putAsking();
      return ids.stream().flatMapToInt(Arrays::stream).toArray();
    }

    private void putSprinkled(List<int[]> note) {
      List<int[]> text = new ArrayList<>();
      note.forEach(w -> Arrays.stream(w).forEach(id -> text.add(new int[] {id})));
      int signs = (int) (4 * hardness * random.nextDouble());
      for (int i = 0; i < signs; i++) {
        text.add(random.nextInt(text.size()), new int[] {one(tokens.sprinkle())});
      }
      ids.addAll(text);
    }

    private void putQuestion(List<int[]> note) {
      for (int[] word : words(between(1, 2 + (int) (6 * hardness)), 0.5)) {
        put(chance(0.3) ? one(note) : word);
      }
      put(tokens.newline());
    }

    private void putLines(List<List<int[]>> lines, int[] labels) {
      int[] mark = one(tokens.marks());
      int[] before = chance(0.5) ? word() : new int[0];
      int[] space = before.length > 0 && chance(0.5) ? new int[] {tokens.space()} : new int[0];
      for (int i = 0; i < labels.length; i++) {
        if (i > 0) {
          put(tokens.newline());
        }
        put(before);
        put(space);
        put(labels[i]);
        put(mark);
        ids.addAll(lines.get(i));
      }
    }

    /**
     * Adds what asks for the answer: mostly one of seven signs and words, else any word or nothing.
     */
    private void putAsking() {
      double way = random.nextDouble();
      if (way < ASKED_BY_SIGN) {
        put(one(tokens.asks()));
      } else if (way < (1 + ASKED_BY_SIGN) / 2) {
        put(word());
      }
    }

    private void put(int... more) {
      ids.add(more);
    }
  }
}
