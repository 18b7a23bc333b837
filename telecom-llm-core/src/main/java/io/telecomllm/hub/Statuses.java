package io.telecomllm.hub;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.http.HttpAnswer;
import io.telecomllm.files.http.HttpOrigin;
import io.telecomllm.files.http.RetryLaterException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Turns the status of an answer into an exception that says what to do. */
final class Statuses {
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int TIMEOUT = 408;
  private static final int RANGE = 416;
  private static final int TOO_MANY = 429;
  private static final int SERVER = 500;

  private Statuses() {}

  static boolean isPartial(HttpAnswer answer) {
    return answer.status() == PARTIAL;
  }

  static boolean isRangeRefused(HttpAnswer answer) {
    return answer.status() == RANGE;
  }

  /**
   * Checks the status of an answer.
   *
   * @throws IOException if it is an error that another attempt may not have
   * @throws TelecomLlmException if it is an error that another attempt will have too, with what to
   *     do
   */
  static void check(HttpAnswer answer, URI asked, String what, boolean withToken)
      throws IOException {
    int status = answer.status();
    if (status == OK || status == PARTIAL) {
      return;
    }
    String by = answer.own() ? "" : " by " + HttpOrigin.text(answer.uri());
    String answered = "answered " + status + by;
    if (status == TOO_MANY || status >= SERVER || status == TIMEOUT) {
      String seconds = answer.header("retry-after").orElse("0");
      throw new RetryLaterException(
          answered, Duration.ofSeconds(seconds.matches("\\d{1,6}") ? Long.parseLong(seconds) : 0));
    }
    if (!answer.own()) {
      // the signed address of a file expires; the next attempt gets a new one
      throw new IOException(answered);
    }
    String advice =
        switch (status) {
          case UNAUTHORIZED ->
              withToken
                  ? ": the token is not accepted; set HF_TOKEN to one that may read it, or check the"
                      + " spelling"
                  : ": it does not exist, or is private or gated; check the spelling, or set"
                      + " HF_TOKEN to a token that may read it";
          case FORBIDDEN ->
              withToken
                  ? ": gated; accept its terms on its page with the account of HF_TOKEN, and let the"
                      + " token read gated models"
                  : ": gated; accept its terms on its page and set HF_TOKEN to a token of that"
                      + " account";
          case NOT_FOUND ->
              answer.header("x-error-code").filter("RevisionNotFound"::equals).isPresent()
                  ? ": it has no such revision; check the spelling of the branch, tag or commit"
                  : ": it does not exist, or HF_TOKEN may not see it; check the spelling of"
                      + " repository, revision and file";
          default -> "";
        };
    throw new TelecomLlmException(asked + ": " + answered + " for " + what + advice);
  }
}
