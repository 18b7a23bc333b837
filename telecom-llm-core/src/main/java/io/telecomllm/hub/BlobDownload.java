package io.telecomllm.hub;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.http.Attempts;
import io.telecomllm.files.http.HttpAnswer;
import io.telecomllm.files.http.HttpOrigin;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills a partial file from the hub until its digest matches the listing, over as many connections
 * as it takes. For one thread, which holds the blob's lock.
 */
final class BlobDownload {
  private static final int REPORT_BYTES = 1 << 18;
  private static final int MAX_MISMATCHES = 2;
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  private final Hub hub;
  private final String repository;
  private final RepositoryFile file;
  private final URI uri;
  private final boolean withToken;
  private final DownloadListener listener;
  private final Attempts attempts;
  private final Map<String, String> etags = new HashMap<>();
  private boolean ranges = true;
  private long furthest;
  private long resumedFrom;
  private long reported;

  BlobDownload(
      Hub hub, String repository, String commit, RepositoryFile file, DownloadListener listener) {
    this.hub = hub;
    this.repository = repository;
    this.file = file;
    this.uri = hub.endpoint().file(repository, commit, file.name());
    this.withToken = hub.withToken();
    this.listener = listener;
    this.attempts = new Attempts(uri, hub.policy());
    etags.put(HttpOrigin.text(uri), "\"" + file.etag() + "\"");
  }

  /** Downloads into the file; returns when it is complete and its digest matches. */
  void into(PartialFile partial) throws InterruptedException {
    resumedFrom = partial.size();
    furthest = resumedFrom;
    report(partial.size());
    int mismatches = 0;
    while (true) {
      try {
        if (partial.size() < file.size()) {
          receive(partial);
        }
        String digest = partial.digest();
        if (digest.equals(file.etag())) {
          return;
        }
        mismatches++;
        partial.restart();
        String found = file.algorithm() + " is " + digest + ", the repository says " + file.etag();
        if (mismatches == MAX_MISMATCHES) {
          throw new InvalidDataException(uri + ": " + found + "; nothing was kept");
        }
        throw new IOException(found);
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  private void receive(PartialFile partial) throws IOException, InterruptedException {
    if (!ranges) {
      partial.restart();
    }
    long from = partial.size();
    Map<String, String> headers = from == 0 ? Map.of() : Map.of("Range", "bytes=" + from + "-");
    try (HttpAnswer answer = hub.get(uri, headers, from == 0 ? Map.of() : etags)) {
      if (Statuses.isRangeRefused(answer)) {
        ranges = false;
        throw new IOException("the server refuses the range from byte " + from);
      }
      Statuses.check(answer, uri, file.name() + " of " + repository, withToken);
      checkEtag(answer);
      if (Statuses.isPartial(answer)) {
        checkRange(answer, from);
      } else {
        checkLength(answer);
      }
      Hub.strongEtag(answer).ifPresent(etag -> etags.put(HttpOrigin.text(answer.uri()), etag));
      readBody(answer, partial, Statuses.isPartial(answer));
    }
  }

  private void readBody(HttpAnswer answer, PartialFile partial, boolean continues)
      throws IOException, InterruptedException {
    boolean restart = !continues && partial.size() > 0;
    while (true) {
      List<ByteBuffer> buffers = answer.body().next(hub.policy().idleTimeout());
      if (buffers.isEmpty()) {
        break;
      }
      // keep the old bytes until there are new ones
      if (restart) {
        partial.restart();
        restart = false;
      }
      for (ByteBuffer buffer : buffers) {
        if (buffer.remaining() > file.size() - partial.size()) {
          partial.restart();
          throw new IOException("more than the " + file.size() + " bytes of the list");
        }
        partial.append(buffer);
      }
      if (partial.size() > furthest) {
        furthest = partial.size();
        attempts.progressed();
      }
      if (Math.abs(partial.size() - reported) >= REPORT_BYTES) {
        report(partial.size());
      }
    }
    if (partial.size() < file.size()) {
      throw new IOException("ended at byte " + partial.size() + " of " + file.size());
    }
  }

  /** Checks an etag that is a digest; other etags say nothing about the content. */
  private void checkEtag(HttpAnswer answer) throws IOException {
    Optional<String> etag =
        Hub.contentEtag(answer)
            .filter(given -> given.length() == file.etag().length())
            .filter(RepositoryFile::isDigest);
    if (etag.isPresent() && !etag.get().equals(file.etag())) {
      throw new IOException(
          "the file changed: its etag is " + etag.get() + ", the list says " + file.etag());
    }
  }

  private void checkLength(HttpAnswer answer) throws IOException {
    OptionalLong length = answer.length();
    if (length.isPresent() && length.getAsLong() != file.size()) {
      throw new IOException(
          "the answer has " + length.getAsLong() + " bytes, the list says " + file.size());
    }
  }

  private void checkRange(HttpAnswer answer, long from) throws IOException {
    String range = answer.header("content-range").orElse("nothing");
    Matcher match = CONTENT_RANGE.matcher(range);
    boolean right =
        match.matches()
            && Long.parseLong(match.group(1)) == from
            && Long.parseLong(match.group(2)) < file.size()
            && (match.group(3).equals("*") || Long.parseLong(match.group(3)) == file.size());
    if (!right) {
      // such a server cannot be asked for ranges again
      ranges = false;
      throw new IOException(
          "asked for bytes "
              + from
              + "-"
              + (file.size() - 1)
              + "/"
              + file.size()
              + ", the answer is "
              + Quoted.line(range));
    }
  }

  private void report(long done) {
    reported = done;
    listener.onProgress(
        new DownloadProgress(repository, file.name(), done, file.size(), resumedFrom, false));
  }

  /** Tells the listener that the file is in place. */
  void finished() {
    listener.onProgress(
        new DownloadProgress(repository, file.name(), file.size(), file.size(), resumedFrom, true));
  }
}
