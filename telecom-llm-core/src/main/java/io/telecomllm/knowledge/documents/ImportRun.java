package io.telecomllm.knowledge.documents;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.telecomllm.Interrupts;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.knowledge.Clause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One import: goes through the files and keeps the report. */
final class ImportRun {
  private final Edition given;
  private final ImportListener listener;
  private final Consumer<Clause> receiver;
  private final ClauseMaker maker;
  private final List<ImportedFile> files = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private int clauses;

  ImportRun(Edition given, int maxWords, ImportListener listener, Consumer<Clause> receiver) {
    this.given = given;
    this.listener = listener;
    this.receiver = receiver;
    this.maker = new ClauseMaker(maxWords);
  }

  /** A file to read: its name in the report, and whether it was found in a folder. */
  private record Source(Path path, String name, boolean found) {}

  ImportReport read(List<Path> paths) {
    List<Source> sources = new ArrayList<>();
    paths.forEach(path -> sources.addAll(sources(path)));
    for (Source source : sources) {
      String message = source.path + ": the import was cancelled after " + clauses + " clauses";
      Interrupts.check(message);
      listener.onProgress(
          new ImportProgress(source.name, files.size() + ignored.size(), sources.size(), clauses));
      read(source);
    }
    listener.onProgress(new ImportProgress("", sources.size(), sources.size(), clauses));
    return new ImportReport(files, ignored);
  }

  private static List<Source> sources(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(new Source(path, path.toAbsolutePath().getFileName().toString(), false));
    }
    try (Stream<Path> all = Files.walk(path)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> isVisible(path.relativize(file)))
          .map(file -> new Source(file, slashed(path.relativize(file)), true))
          .sorted(Comparator.comparing(Source::name))
          .toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new StorageException(path + ": the folder cannot be listed: " + e, e);
    }
  }

  private static boolean isVisible(Path relative) {
    for (Path part : relative) {
      // ~$ are the locks of Word
      if (part.toString().startsWith(".") || part.toString().startsWith("~$")) {
        return false;
      }
    }
    return true;
  }

  private static String slashed(Path relative) {
    return relative.toString().replace('\\', '/');
  }

  private void read(Source source) {
    if (!Files.isRegularFile(source.path)) {
      throw new InvalidDataException(
          source.path + ": " + (Files.exists(source.path) ? "not a file" : "no such file"));
    }
    Optional<DocumentFormat> format = Optional.empty();
    String sha256 = "";
    try {
      sha256 = MoreFiles.asByteSource(source.path).hash(Hashing.sha256()).toString();
      format = DocumentFormat.of(source.path);
      if (format.isPresent()) {
        read(source, format.get(), sha256);
      } else if (source.found) {
        ignored.add(source.name);
      } else {
        throw new InvalidDataException(
            source.path
                + ": the name ends in none of .docx, .pdf, .html, .htm, .xhtml, .md, .markdown,"
                + " .jsonl, .json, .zip");
      }
    } catch (InvalidDataException e) {
      if (!source.found) {
        throw e;
      }
      files.add(failed(source, format.orElse(DocumentFormat.CLAUSES), sha256, e));
    } catch (IOException e) {
      throw new StorageException(source.path + ": cannot be read: " + e, e);
    }
  }

  private static ImportedFile failed(
      Source source, DocumentFormat format, String sha256, InvalidDataException e) {
    String why = String.valueOf(e.getMessage());
    return new ImportedFile(source.name, format, sha256, "", "", "", 0, List.of(), why);
  }

  private void read(Source source, DocumentFormat format, String sha256) throws IOException {
    Omissions omissions = new Omissions();
    Edition edition = new Edition("", "", "");
    List<Clause> made = new ArrayList<>();
    switch (format) {
      case CLAUSES -> LineReaders.clauses(source.path, made);
      case QUESTIONS -> LineReaders.questions(source.path, source.name, given, made, omissions);
      case DOCX, PDF, HTML, MARKDOWN -> {
        Outline outline = new Outline(source.path.toString());
        OptionalLibraries.reader(format).read(source.path, outline);
        List<Section> sections = outline.sections();
        omissions = outline.omissions();
        edition = edition(source, sections);
        made.addAll(maker.clauses(withoutCover(sections, omissions), edition, source.name));
      }
    }
    List<Clause> kept = maker.withoutRepeated(made, omissions);
    kept.forEach(receiver);
    clauses += kept.size();
    files.add(
        new ImportedFile(
            source.name,
            format,
            sha256,
            edition.spec(),
            edition.version(),
            edition.release(),
            kept.size(),
            omissions.list(),
            ""));
  }

  private static List<String> coverOf(List<Section> sections) {
    List<String> cover = new ArrayList<>();
    for (Section first : sections.subList(0, Math.min(1, sections.size()))) {
      cover.add(first.title());
      if (first.name().equals(Section.PREAMBLE)) {
        cover.addAll(first.lines());
      }
    }
    return cover;
  }

  private Edition edition(Source source, List<Section> sections) {
    Path file = source.path.toAbsolutePath().getFileName();
    Edition own =
        Edition.ofCover(coverOf(sections))
            .or(() -> Edition.ofFileName(file.toString()))
            .orElseGet(() -> new Edition(plainName(file), "", ""));
    return new Edition(
        given.spec().isEmpty() ? own.spec() : given.spec(),
        given.version().isEmpty() ? own.version() : given.version(),
        given.release().isEmpty() ? own.release() : given.release());
  }

  private static String plainName(Path file) {
    String name = Outline.clean(MoreFiles.getNameWithoutExtension(file).replace('#', ' '));
    return name.isBlank() ? "document" : name.strip();
  }

  // who names its specification on the first page has boilerplate there
  private static List<Section> withoutCover(List<Section> sections, Omissions omissions) {
    boolean cover =
        !sections.isEmpty()
            && sections.get(0).name().equals(Section.PREAMBLE)
            && Edition.ofCover(sections.get(0).lines()).isPresent();
    if (cover) {
      omissions.add(Omission.Reason.TITLE_PAGE, Section.PREAMBLE);
    }
    return cover ? sections.subList(1, sections.size()) : sections;
  }
}
