package io.telecomllm.examples.guide;

import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.documents.DocumentImporter;
import io.telecomllm.knowledge.documents.ImportReport;
import io.telecomllm.knowledge.documents.Imported;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Code of docs/guide/import-documents.md. */
final class ImportDocuments {
  private ImportDocuments() {}

  static KnowledgeBase folder() {
    Imported imported =
        DocumentImporter.create()
            .listener(p -> System.out.printf("%d of %d: %s%n", p.done(), p.total(), p.file()))
            .read(Path.of("specifications"));
    System.out.print(imported.report());
    return KnowledgeBase.of(imported.clauses());
  }

  static ImportReport named(AtomicInteger count) {
    return DocumentImporter.create()
        .spec("TS 23.501")
        .version("18.4.0")
        .release("Release 18")
        .maxWords(150)
        .read(Path.of("architecture.docx"), clause -> count.incrementAndGet());
  }
}
