package io.telecomllm.hub;

import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonView;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a repository at one commit, without those whose names are unsafe.
 *
 * @param commit 40 hexadecimal digits
 * @param files the files by their paths in the repository, in the server's order
 */
record Listing(String commit, Map<String, RepositoryFile> files) {
  private static final int MAX_FILES = 100_000;

  /** Reads the hub's answer to {@code /api/models/NAME/revision/REVISION?blobs=true}. */
  static Listing parse(JsonView answer) {
    String commit = answer.string("sha");
    if (!Names.isCommit(commit)) {
      throw answer.invalid("sha", "a commit of 40 hexadecimal digits");
    }
    if (answer.list("siblings").size() > MAX_FILES) {
      throw answer.invalid("siblings", "at most " + MAX_FILES + " files");
    }
    Map<String, RepositoryFile> files = new LinkedHashMap<>();
    for (JsonView sibling : answer.objects("siblings")) {
      String name = sibling.string("rfilename");
      Names.checkListed(answer.file(), name);
      if (Names.isFile(name) && files.put(name, file(name, sibling)) != null) {
        throw new InvalidDataException(answer.file() + ": lists " + name + " twice");
      }
    }
    return new Listing(commit, files);
  }

  private static RepositoryFile file(String name, JsonView sibling) {
    Optional<JsonView> lfs = sibling.optionalObject("lfs");
    if (lfs.isPresent()) {
      String sha256 = lfs.get().string("sha256");
      if (!RepositoryFile.isSha256(sha256)) {
        throw lfs.get().invalid("sha256", "64 hexadecimal digits");
      }
      long size = lfs.get().longInteger("size", 0, RepositoryFile.MAX_SIZE);
      return new RepositoryFile(name, size, sha256);
    }
    String id = sibling.string("blobId");
    if (!RepositoryFile.isDigest(id)) {
      throw sibling.invalid("blobId", "40 hexadecimal digits");
    }
    return new RepositoryFile(name, sibling.longInteger("size", 0, RepositoryFile.MAX_SIZE), id);
  }
}
