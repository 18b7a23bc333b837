package io.telecomllm.knowledge.documents;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How far an import is. Immutable.
 *
 * @param file the name of the file that comes next; empty at the end
 * @param done the number of files that are done, 0 to {@code total}
 * @param total the number of files
 * @param clauses the number of clauses passed on so far
 */
public record ImportProgress(String file, int done, int total, int clauses) {
  /** Checks the ranges. */
  public ImportProgress {
    checkArgument(total >= 0, "total is %s, must not be negative", total);
    checkArgument(done >= 0 && done <= total, "done is %s, must be 0 to %s", done, total);
    checkArgument(clauses >= 0, "clauses is %s, must not be negative", clauses);
  }
}
