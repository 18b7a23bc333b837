package io.telecomllm.examples.guide;

import io.telecomllm.data.CleaningReport;
import io.telecomllm.data.Leak;
import io.telecomllm.data.LeakCheck;
import io.telecomllm.data.Question;
import io.telecomllm.data.SplitIds;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.Harvest;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.LexiconHarvester;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Code of docs/guide/prepare-data.md. */
final class PrepareData {
  private PrepareData() {}

  static SplitIds.Selection published(Path file) {
    TeleQnADataset dataset = TeleQnADataset.read(file);
    System.out.print(CleaningReport.of(dataset).text());
    SplitIds.Selection selection = SplitIds.published3gpp().select(dataset.questions());
    selection.split().manifest().write(Path.of("split.json"));
    return selection;
  }

  static List<Leak> leaks(List<Question> training, List<Question> test, List<Clause> clauses) {
    LeakCheck check = LeakCheck.against(test);
    List<Leak> leaks = new ArrayList<>(check.questions("training", training));
    for (Clause clause : clauses) {
      leaks.addAll(check.text("clauses", clause.edition(), clause.text()));
    }
    return leaks;
  }

  static Lexicon lexicon(List<Clause> clauses, Path own) {
    LexiconHarvester harvester = new LexiconHarvester();
    clauses.forEach(harvester::add);
    Harvest harvest = harvester.harvest();
    System.out.println(harvest.ambiguous().keySet() + " " + harvest.rejectedByReason());
    return harvest.lexicon("Lexicon").with(Lexicon.read(own));
  }
}
