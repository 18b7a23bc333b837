/**
 * The only HTTP client of the library, for model downloads and trackers.
 *
 * <p>{@link io.telecomllm.files.http.CarefulHttp} sends requests to one {@link
 * io.telecomllm.files.http.HttpOrigin}, which alone sees the credentials. An {@link
 * io.telecomllm.files.http.HttpAnswer} comes with its {@link io.telecomllm.files.http.HttpBody},
 * which is read piece by piece, or as a whole up to a limit; reading ends when the thread is
 * interrupted or the server falls silent. {@link io.telecomllm.files.http.RetryPolicy} holds the
 * timeouts and pauses, {@link io.telecomllm.files.http.Attempts} counts consecutive failures.
 *
 * <p>A failure that another attempt may not have is an {@link java.io.IOException}; one that it
 * will have too is a {@link io.telecomllm.TelecomLlmException}.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.files.http;
