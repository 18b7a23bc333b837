package io.telecomllm.inference;

import com.google.common.base.Suppliers;
import io.telecomllm.inference.MultipleChoice.Asked;
import io.telecomllm.inference.audit.AuditEntry;
import io.telecomllm.inference.audit.AuditEntry.Choice;
import io.telecomllm.inference.audit.AuditEntry.Prompt;
import io.telecomllm.inference.audit.AuditEntry.Reference;
import io.telecomllm.inference.audit.AuditEntry.Setup;
import io.telecomllm.inference.audit.AuditEntry.Text;
import io.telecomllm.inference.audit.AuditEntry.Written;
import io.telecomllm.inference.audit.AuditLog;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.lineage.Versions;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.scoring.OptionScores;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Describes answers for an audit log, and appends them if there is one. */
final class Audit {
  private final Optional<AuditLog> log;
  private final Consumer<? super RuntimeException> failed;
  private final Supplier<Facts> facts;

  /** What is the same for all answers. */
  private record Facts(
      String model, Optional<String> adapter, String library, Optional<String> calibration) {
    Setup with(ChatTemplate template) {
      return new Setup(model, adapter, template.name(), library, calibration);
    }
  }

  Audit(AnswererBuilder settings, Identity identity, Confidence confidence) {
    log = settings.audit;
    failed = settings.auditFailed;
    facts =
        Suppliers.memoize(
            () ->
                new Facts(
                    identity.model(),
                    identity.adapter(),
                    Versions.library(),
                    confidence.calibration().map(SavedCalibration::digest)));
    if (log.isPresent()) {
      // reads files, for which no answer should wait
      var unused = facts.get();
    }
  }

  AuditEntry choice(
      ChatTemplate template, Asked asked, int[] promptIds, OptionScores scores, Answer answer) {
    return AuditEntry.of(
        facts.get().with(template),
        Text.of(asked.text()),
        asked.options().stream().map(Text::of).toList(),
        Prompt.of(promptIds),
        references(answer.passages()),
        new Choice(
            scores.logProbabilities(),
            answer
                .given()
                .map(given -> OptionalInt.of(given.option()))
                .orElse(OptionalInt.empty())));
  }

  AuditEntry written(ChatTemplate template, int[] promptIds, OpenAnswer answer) {
    return AuditEntry.of(
        facts.get().with(template),
        Text.of(answer.question()),
        Prompt.of(promptIds),
        references(answer.references()),
        Written.of(answer.generation()));
  }

  private static List<Reference> references(List<Passage> passages) {
    return passages.stream()
        .map(passage -> new Reference(passage.clause().id(), passage.clause().sha256()))
        .toList();
  }

  /** Appends an entry if there is a log. */
  void append(Supplier<AuditEntry> entry) {
    if (log.isPresent()) {
      try {
        log.get().append(entry.get());
      } catch (RuntimeException e) {
        failed.accept(e);
      }
    }
  }
}
