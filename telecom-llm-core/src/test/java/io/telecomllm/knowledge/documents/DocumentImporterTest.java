package io.telecomllm.knowledge.documents;

import static io.telecomllm.knowledge.documents.Docx.heading;
import static io.telecomllm.knowledge.documents.Docx.p;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import io.telecomllm.IncompatibleException;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentImporterTest {
  @TempDir Path folder;

  private Path docx(String name, String... blocks) {
    return Docx.of(blocks).write(folder.resolve(name));
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  @ParameterizedTest
  @CsvSource({
    "23501-i40.docx, TS 23.501, 18.4.0, Release 18",
    "38101-1-h10_s00-s05.docx, TS 38.101-1, 17.1.0, Release 17",
    "38901-180000.docx, TR 38.901, 18.0.0, Release 18",
    "36331-3a0.docx, TS 36.331, 3.10.0, ''",
    "runbook AMF.docx, runbook AMF, '', ''",
  })
  void theNameOfAFileSaysWhatItIs(String name, String spec, String version, String release) {
    Clause clause = DocumentImporter.create().read(docx(name, p("Text."))).clauses().get(0);
    assertThat(clause).isEqualTo(new Clause(spec, version, release, "preamble", "", "Text.", name));
  }

  @ParameterizedTest
  @CsvSource({
    "'3GPP TR 21.905 V17.1.0 (2021-12)', TR 21.905, 17.1.0, Release 17",
    "'| 3GPP TS 38.101-1 V18.4.0 (2023-12) |', TS 38.101-1, 18.4.0, Release 18",
    "'ETSI EN 302 637-2 V1.4.1 (2019-04)', ETSI EN 302 637-2, 1.4.1, ''",
    "'ETSI GS NFV 002 V1.2.1 (2014-12)', ETSI GS NFV 002, 1.2.1, ''",
  })
  void theCoverSaysWhatItIs(String line, String spec, String version, String release) {
    assertThat(Edition.ofCover(List.of("Something", line)))
        .contains(new Edition(spec, version, release));
    assertThat(Edition.ofCover(List.of("As in 3GPP TS 23.501 V18.4.0, it is."))).isEmpty();
  }

  @Test
  void settingsSayItFirst() {
    Path file = docx("23501-i40.docx", p("3GPP TS 23.502 V17.1.0"), heading(1, "1\tA"), p("Text."));
    DocumentImporter importer = DocumentImporter.create().spec("TS 1").version("2").release("R3");
    assertThat(importer.read(file).clauses().get(0).edition()).isEqualTo("TS 1#1 (2, R3)");
    assertThat(DocumentImporter.create().read(file).clauses().get(0).edition())
        .isEqualTo("TS 23.502#1 (17.1.0, Release 17)");
  }

  @Test
  void wrongSettingsAreNamed() {
    DocumentImporter importer = DocumentImporter.create();
    assertThatThrownBy(() -> importer.spec("a#b"))
        .hasMessage("spec holds '#', which separates it in an id: a#b");
    assertThatThrownBy(() -> importer.release("")).hasMessageContaining("release is ''");
    assertThatThrownBy(() -> importer.maxWords(49))
        .hasMessage("maxWords is 49, must be 50 to 50000");
  }

  @Test
  void aFolderIsReadInOrderAndWhatFailsIsListed() throws IOException {
    docx("b.docx", heading(1, "1\tScope"), p("From b."));
    Files.createDirectories(folder.resolve("sub"));
    file("sub/a.md", "# 2 More\nFrom a.");
    file("c.html", "<h1>3 C</h1>");
    file("d.docx", "not a zip");
    file("e.png", "");
    file("~$b.docx", "a lock");
    List<ImportProgress> progress = new ArrayList<>();
    Imported imported = DocumentImporter.create().listener(progress::add).read(folder);
    assertThat(imported.clauses()).extracting(Clause::id).containsExactly("b#1", "a#2");
    ImportReport report = imported.report();
    assertThat(report.ignored()).containsExactly("e.png");
    assertThat(report.failures()).hasSize(1);
    assertThat(report.clauses()).isEqualTo(2);
    assertThat(report.toString())
        .contains(
            "b.docx: b, clauses: 1\n",
            "c.html: c, clauses: 0; left out: empty clauses (1: 3)\n",
            "d.docx: " + folder.resolve("d.docx") + ": expected a docx",
            "sub/a.md: a, clauses: 1\n",
            "ignored: e.png\n");
    assertThat(report.files().get(0).sha256())
        .isEqualTo(
            Hashing.sha256().hashBytes(Files.readAllBytes(folder.resolve("b.docx"))).toString());
    assertThat(progress).hasSize(6).last().isEqualTo(new ImportProgress("", 5, 5, 2));
    assertThat(progress.get(0)).isEqualTo(new ImportProgress("b.docx", 0, 5, 0));
  }

  @Test
  void longClausesAndRepeatedNamesArePartsThatAreFound() {
    String a = "word ".repeat(119) + "end.";
    String b = "else ".repeat(119) + "end.";
    Path file =
        docx(
            "TS.docx",
            heading(2, "5.6\tLong"),
            p(a),
            p(a),
            p(b),
            p(b),
            heading(2, "5.6\tAgain"),
            p("More."),
            heading(2, "5.6\tAgain"),
            p("More."));
    Imported imported = DocumentImporter.create().read(file);
    assertThat(imported.clauses())
        .extracting(Clause::clause)
        .containsExactly("5.6", "5.6 (2)", "5.6 (3)");
    assertThat(imported.report().files().get(0).omissions())
        .containsExactly(new Omission(Omission.Reason.REPEATED_CLAUSE, 1, List.of("5.6")));
    List<Clause> all = new ArrayList<>(imported.clauses());
    for (int i = 1; i < 10; i++) {
      all.add(new Clause("TS", "", "", "7." + i, "Other", "Other text.", ""));
    }
    try (KnowledgeBase base = KnowledgeBase.of(all)) {
      assertThat(base.search("clause 5.6", 3))
          .extracting(passage -> passage.clause().clause())
          .containsExactly("5.6", "5.6 (2)", "5.6 (3)");
    }
  }

  @Test
  void linesOfClausesAndQuestions() throws IOException {
    Path clauses =
        file("clauses.jsonl", "{\"spec\": \"TS 1\", \"clause\": \"2\", \"text\": \"x\"}\n");
    String question =
        "{\"question\": \"Which? [3GPP Release 17]\", \"choices\": [\"a\", \"b\"], \"answer\": 1,"
            + " \"subject\": \"Lexicon\", \"explanation\": \"Because.\"}\n";
    Path questions = file("questions.jsonl", question + question.replace("Because.", ""));
    Imported imported = DocumentImporter.create().read(List.of(clauses, questions));
    assertThat(imported.clauses())
        .containsExactly(
            new Clause("TS 1", "", "", "2", "", "x", ""),
            new Clause(
                "TeleQnA", "", "Release 17", "question 0", "", "Because.", "questions.jsonl"));
    assertThat(imported.report().files())
        .extracting(ImportedFile::format)
        .containsExactly(DocumentFormat.CLAUSES, DocumentFormat.QUESTIONS);
  }

  @Test
  void anInterruptEndsTheImportBeforeTheFileIsPassedOn() {
    Path file = docx("a.docx", p("One."), p("Two."));
    List<Clause> received = new ArrayList<>();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> DocumentImporter.create().read(file, received::add))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(
            () ->
                DocumentImporter.create()
                    .listener(p -> Thread.currentThread().interrupt())
                    .read(file, received::add))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("a.docx");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(received).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "org.apache.pdfbox, a.pdf, org.apache.pdfbox:pdfbox",
    "org.jsoup, a.html, org.jsoup:jsoup",
    "org.jsoup, a.md, org.jsoup:jsoup",
    "org.commonmark, a.md, org.commonmark:commonmark-ext-gfm-tables",
  })
  void aMissingLibraryIsNamed(String hidden, String name, String dependency) throws Exception {
    Path file = file(name, "# 1 Scope\nText.");
    Path word = docx("a.docx", p("Text."));
    ClassLoader without = new Without(hidden);
    Class<?> type = without.loadClass(DocumentImporter.class.getName());
    Object importer = type.getMethod("create").invoke(null);
    assertThatThrownBy(
            () -> {
              try {
                type.getMethod("read", Path.class).invoke(importer, file);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            })
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("to the dependencies")
        .hasMessageContaining(dependency);
    // the others are read without it
    assertThat(type.getMethod("read", Path.class).invoke(importer, word).toString())
        .contains("Text.");
  }

  /** Loads this package's classes by itself, and none whose name begins so. */
  private static final class Without extends ClassLoader {
    private final String hidden;

    Without(String hidden) {
      super(DocumentImporterTest.class.getClassLoader());
      this.hidden = hidden;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith(hidden)) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith(DocumentImporter.class.getPackageName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
