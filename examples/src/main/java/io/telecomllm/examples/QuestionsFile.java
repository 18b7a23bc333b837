package io.telecomllm.examples;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.EpochOrder;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.data.TeleQnADataset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads a file of questions for a program that trains on some and measures on others. */
final class QuestionsFile {
  private static final long SEED = 3407;

  private QuestionsFile() {}

  /**
   * Reads and splits a file, and prints which entries were rejected.
   *
   * @param train the most questions to train on
   * @param evaluate the most questions to measure on
   * @throws InvalidDataException if no question is left for a side
   */
  static Split split(Path file, int train, int evaluate) {
    TeleQnADataset dataset = TeleQnADataset.read(file);
    if (dataset.questions().isEmpty()) {
      throw new InvalidDataException(
          file
              + ": no question that can be used: "
              + (dataset.entries() == 0 ? "it has no entries" : dataset.rejectionSummary()));
    }
    if (!dataset.rejections().isEmpty()) {
      System.out.println(file + ": " + dataset.rejectionSummary());
    }
    Split all = dataset.split((double) evaluate / (train + evaluate), SEED);
    if (all.training().isEmpty() || all.validation().isEmpty()) {
      throw new InvalidDataException(
          ("%s: %d questions to train on and %d to measure on, expected at least one of each;"
                  + " near-duplicates stay on one side")
              .formatted(file, all.training().size(), all.validation().size()));
    }
    return new Split(sample(all.training(), train), sample(all.validation(), evaluate));
  }

  /** Returns {@code count} of the questions in random order, the same each time. */
  private static List<Question> sample(List<Question> questions, int count) {
    return Arrays.stream(EpochOrder.order(questions.size(), SEED, 0))
        .limit(count)
        .mapToObj(questions::get)
        .toList();
  }
}
