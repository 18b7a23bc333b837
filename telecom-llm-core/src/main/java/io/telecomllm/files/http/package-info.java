/**
 * The one HTTP client: model downloads and trackers ask their servers through it.
 *
 * <p>{@link io.telecomllm.files.http.CarefulHttp} asks one {@link
 * io.telecomllm.files.http.HttpOrigin}, which alone sees the credentials. An {@link
 * io.telecomllm.files.http.HttpAnswer} comes with its {@link io.telecomllm.files.http.HttpBody},
 * which is read piece by piece or as a whole within a bound, and ends at an interrupt or where the
 * server falls silent. {@link io.telecomllm.files.http.RetryPolicy} holds the timeouts and pauses,
 * {@link io.telecomllm.files.http.Attempts} counts failures in a row.
 *
 * <p>What may be better next time is an {@link java.io.IOException}; what may not is a {@link
 * io.telecomllm.TelecomLlmException}.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.files.http;
