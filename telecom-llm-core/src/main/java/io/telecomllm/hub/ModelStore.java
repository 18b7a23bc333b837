package io.telecomllm.hub;

import static java.util.Objects.requireNonNull;

import io.telecomllm.Interrupts;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.http.RetryPolicy;
import io.telecomllm.files.http.UnreachableException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds models in a Hugging Face cache, and downloads into it what is missing.
 *
 * <pre>{@code
 * Path folder = ModelStore.fromEnvironment().fetch("HuggingFaceTB/SmolLM2-135M-Instruct");
 * }</pre>
 *
 * <p>Only safetensors, JSON and tokenizer files are fetched, and a GGUF file if it is named. A file
 * appears under its name only after its digest matched. Interrupted downloads are resumed. Several
 * threads and processes may fetch the same repository: each file is downloaded once. The access
 * token is sent only to the endpoint's host and port.
 *
 * <p>An interrupt ends a fetch within a second; the thread stays interrupted, and what was
 * downloaded is kept for the next fetch. Immutable and safe for use by several threads.
 */
public final class ModelStore {
  /**
   * The branch that {@link #fetch(String)} takes unless {@link #revision} names another revision.
   */
  public static final String DEFAULT_REVISION = "main";

  private final Path cache;
  private final Endpoint endpoint;
  private final Optional<Token> token;
  private final boolean offline;
  private final String revision;
  private final DownloadListener listener;
  private final RetryPolicy retries;
  private final HubCache.Linker linker;

  private ModelStore(
      Path cache,
      Endpoint endpoint,
      Optional<Token> token,
      boolean offline,
      String revision,
      DownloadListener listener,
      RetryPolicy retries,
      HubCache.Linker linker) {
    this.cache = cache;
    this.endpoint = endpoint;
    this.token = token;
    this.offline = offline;
    this.revision = revision;
    this.listener = listener;
    this.retries = retries;
    this.linker = linker;
  }

  /**
   * Returns the store that this process's environment describes; see {@link #fromEnvironment(Map)}.
   */
  public static ModelStore fromEnvironment() {
    return fromEnvironment(System.getenv());
  }

  /**
   * Returns the store that environment variables describe, with huggingface_hub's names and
   * defaults: HF_HUB_CACHE (by default the folder {@code hub} in HF_HOME, which is by default
   * {@code ~/.cache/huggingface}), HF_TOKEN (by default the file {@code token} in HF_HOME),
   * HF_ENDPOINT, HF_HUB_OFFLINE.
   *
   * @throws IllegalArgumentException if the endpoint is not an http(s) address, or the token is not
   *     1 to 4096 printable ASCII characters without spaces
   */
  public static ModelStore fromEnvironment(Map<String, String> variables) {
    requireNonNull(variables, "variables is null");
    HubEnvironment environment = new HubEnvironment(variables);
    return new ModelStore(
        environment.cache(),
        environment.endpoint(),
        environment.token(),
        environment.offline(),
        DEFAULT_REVISION,
        DownloadListener.none(),
        RetryPolicy.DEFAULT,
        (link, target) -> Files.createSymbolicLink(link, target));
  }

  /** Returns whether a text may be the name of a repository on a hub, {@code owner/name}. */
  public static boolean isName(String text) {
    requireNonNull(text, "text is null");
    return Names.isRepository(text);
  }

  /** Returns a copy with its cache in another folder, the one that holds {@code models--*}. */
  public ModelStore cache(Path folder) {
    requireNonNull(folder, "folder is null");
    return new ModelStore(folder, endpoint, token, offline, revision, listener, retries, linker);
  }

  /** Returns a copy for another hub, {@code http(s)://host[:port][/path]}. */
  public ModelStore endpoint(URI hub) {
    requireNonNull(hub, "hub is null");
    return new ModelStore(
        cache, Endpoint.of(hub.toString()), token, offline, revision, listener, retries, linker);
  }

  /** Returns a copy with another access token; an empty one means none. */
  public ModelStore token(String accessToken) {
    requireNonNull(accessToken, "accessToken is null");
    return new ModelStore(
        cache,
        endpoint,
        accessToken.isEmpty() ? Optional.empty() : Optional.of(new Token(accessToken)),
        offline,
        revision,
        listener,
        retries,
        linker);
  }

  /** Returns a copy that asks no server if {@code alone} is true. */
  public ModelStore offline(boolean alone) {
    return new ModelStore(cache, endpoint, token, alone, revision, listener, retries, linker);
  }

  /** Returns a copy with another revision for {@link #fetch(String)}: a branch, tag or commit. */
  public ModelStore revision(String name) {
    requireNonNull(name, "name is null");
    Names.checkRevision(name);
    return new ModelStore(cache, endpoint, token, offline, name, listener, retries, linker);
  }

  /** Returns a copy with another listener, which replaces the one before. */
  public ModelStore listener(DownloadListener other) {
    requireNonNull(other, "listener is null");
    return new ModelStore(cache, endpoint, token, offline, revision, other, retries, linker);
  }

  /** Returns a copy with other timeouts, attempts and pauses. */
  public ModelStore retries(RetryPolicy policy) {
    requireNonNull(policy, "policy is null");
    return new ModelStore(cache, endpoint, token, offline, revision, listener, policy, linker);
  }

  ModelStore linker(HubCache.Linker other) {
    return new ModelStore(cache, endpoint, token, offline, revision, listener, retries, other);
  }

  /** Returns the folder that holds {@code models--*}. */
  public Path cache() {
    return cache;
  }

  /**
   * Returns the folder with a model's files at the store's revision; see {@link #fetch(String,
   * String)}.
   */
  public Path fetch(String repository) {
    return fetch(repository, revision);
  }

  /**
   * Returns the folder with a model's files at a revision, and downloads what the cache lacks.
   *
   * <p>For a commit of 40 digits that is in the cache, the hub is not asked. For a branch or tag it
   * is; if it cannot be reached, the commit that the name last stood for is returned, if it is in
   * the cache.
   *
   * @param repository {@code owner/name}
   * @param revision a branch, a tag or a commit
   * @throws IllegalArgumentException if a name breaks the rules for names
   * @throws InvalidDataException if the repository holds no safetensors, or a server's answer
   *     breaks a rule
   * @throws TelecomLlmException if the hub refuses, cannot be reached, or the disk fails; if the
   *     store is offline and the cache does not hold the model
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public Path fetch(String repository, String revision) {
    requireNonNull(repository, "repository is null");
    requireNonNull(revision, "revision is null");
    Names.checkRepository(repository);
    Names.checkRevision(revision);
    HubCache folder = new HubCache(cache, repository, linker);
    LocalSnapshots local = new LocalSnapshots(folder, repository, revision);
    if (offline) {
      return local.require();
    }
    if (Names.isCommit(revision)) {
      Optional<Path> whole = local.find().filter(FileChoice::hasTokenizer);
      if (whole.isPresent()) {
        return whole.get();
      }
    }
    return uninterrupted(repository, () -> download(folder, local, repository, revision));
  }

  private Path download(HubCache folder, LocalSnapshots local, String repository, String revision)
      throws InterruptedException {
    Hub hub = new Hub(endpoint, token, retries);
    Listing listing;
    try {
      listing = hub.listing(repository, revision);
    } catch (UnreachableException e) {
      return local.find().orElseThrow(() -> unreachable(repository, e));
    }
    FileChoice.checkWeights(repository, listing);
    SnapshotDownload download =
        new SnapshotDownload(hub, folder, repository, listing.commit(), listener);
    // the weights last: a snapshot that has them has the rest
    download.fetch(FileChoice.small(listing));
    Path snapshot = folder.snapshot(listing.commit());
    download.fetch(FileChoice.weights(repository, listing, snapshot));
    folder.writeRef(revision, listing.commit());
    return snapshot;
  }

  /**
   * Returns the path of one file of a repository, such as a GGUF file, and downloads it if the
   * cache lacks it.
   *
   * @param repository {@code owner/name}
   * @param revision a branch, a tag or a commit
   * @param file its path in the repository
   * @throws IllegalArgumentException if a name breaks the rules for names
   * @throws InvalidDataException if the file is of a kind that this library does not read, or a
   *     server's answer breaks a rule
   * @throws TelecomLlmException if the hub refuses, cannot be reached, has no such file, or the
   *     disk fails; if the store is offline and the cache does not hold the file
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public Path fetchFile(String repository, String revision, String file) {
    requireNonNull(repository, "repository is null");
    requireNonNull(revision, "revision is null");
    requireNonNull(file, "file is null");
    Names.checkRepository(repository);
    Names.checkRevision(revision);
    Names.checkFile(file);
    FileChoice.checkReadable(file);
    HubCache folder = new HubCache(cache, repository, linker);
    LocalSnapshots local = new LocalSnapshots(folder, repository, revision);
    if (offline) {
      return local.require(file);
    }
    if (Names.isCommit(revision)) {
      Optional<Path> there = local.find(file);
      if (there.isPresent()) {
        return there.get();
      }
    }
    return uninterrupted(repository, () -> downloadFile(folder, local, repository, revision, file));
  }

  private Path downloadFile(
      HubCache folder, LocalSnapshots local, String repository, String revision, String file)
      throws InterruptedException {
    Hub hub = new Hub(endpoint, token, retries);
    Listing listing;
    try {
      listing = hub.listing(repository, revision);
    } catch (UnreachableException e) {
      return local.find(file).orElseThrow(() -> unreachable(repository, e));
    }
    RepositoryFile listed = listing.files().get(file);
    if (listed == null) {
      throw new TelecomLlmException(
          repository + " at " + revision + ": holds no file " + file + "; check the spelling");
    }
    new SnapshotDownload(hub, folder, repository, listing.commit(), listener)
        .fetch(List.of(listed));
    folder.writeRef(revision, listing.commit());
    return folder.snapshot(listing.commit()).resolve(file);
  }

  private TelecomLlmException unreachable(String repository, UnreachableException e) {
    return new TelecomLlmException(
        e.getMessage()
            + "; and "
            + repository
            + " is not in the cache, "
            + cache
            + ". Without network, load a folder that holds the model, or fill that cache elsewhere."
            + " A mirror's address goes into the environment variable HF_ENDPOINT, a proxy's into"
            + " the system properties https.proxyHost and https.proxyPort",
        e);
  }

  private interface Fetch {
    Path run() throws InterruptedException;
  }

  private static Path uninterrupted(String repository, Fetch fetch) {
    try {
      return fetch.run();
    } catch (InterruptedException e) {
      throw Interrupts.cancelled(
          repository + ": the download was interrupted; the next one resumes it", e);
    }
  }

  @Override
  public String toString() {
    return "ModelStore["
        + cache
        + ", "
        + endpoint.origin().base()
        + (token.isPresent() ? ", with a token" : "")
        + (offline ? ", offline]" : "]");
  }
}
