package io.telecomllm.files.http;

import com.google.common.base.Throwables;
import io.telecomllm.Internal;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** Counts consecutive failures of a request, and pauses between attempts. For one thread. */
@Internal
public final class Attempts {
  private final URI uri;
  private final RetryPolicy policy;
  private final boolean firstContact;
  private int failures;

  /** Creates a count for requests to an address, without failures yet. */
  public Attempts(URI uri, RetryPolicy policy) {
    this(uri, policy, false);
  }

  private Attempts(URI uri, RetryPolicy policy, boolean firstContact) {
    this.uri = uri;
    this.policy = policy;
    this.firstContact = firstContact;
  }

  /**
   * Creates a count for the first request to a server. If not even a connection can be made, there
   * is one more attempt, or none if that was waited for: a wrong address, or a machine without
   * network, is known within seconds.
   */
  public static Attempts firstContact(URI uri, RetryPolicy policy) {
    return new Attempts(uri, policy, true);
  }

  /** Resets the count, after an attempt got further than all before. */
  public void progressed() {
    failures = 0;
  }

  /**
   * Counts a failure and pauses before the next attempt.
   *
   * @throws UnreachableException if this was the last attempt
   */
  public void failed(IOException cause) throws InterruptedException {
    failures++;
    if (failures >= most(cause)) {
      String reason = cause.getMessage() == null ? unsaid(cause) : cause.getMessage();
      throw new UnreachableException(
          uri + ": given up after " + failures + " attempts: " + Quoted.line(reason, 300), cause);
    }
    long pause = policy.pause(failures).toMillis();
    if (cause instanceof RetryLaterException busy) {
      long asked = Math.min(busy.retryAfter().toMillis(), policy.longestPause().toMillis());
      pause = Math.max(pause, asked);
    }
    Thread.sleep(pause);
  }

  private static String unsaid(IOException cause) {
    return Throwables.getRootCause(cause) instanceof UnresolvedAddressException
        ? "the name of the host is not known"
        : cause.toString();
  }

  private int most(IOException cause) {
    if (firstContact && cause instanceof HttpConnectTimeoutException) {
      return 1;
    }
    boolean noConnection = firstContact && cause instanceof ConnectException;
    return noConnection ? Math.min(2, policy.attempts()) : policy.attempts();
  }
}
