/**
 * Answers trouble tickets of TM Forum's TMF621 (Trouble Ticket Management API, versions 4 and 5).
 *
 * <p>{@link io.telecomllm.inference.tmf621.TroubleTicketAnswerer} reads a {@link
 * io.telecomllm.inference.tmf621.TroubleTicket}, asks a {@link
 * io.telecomllm.inference.TelecomAnswerer}, and returns a {@link
 * io.telecomllm.inference.tmf621.TicketResult}: the answer, whether a person is asked instead, and
 * a {@link io.telecomllm.inference.tmf621.TicketUpdate} that becomes a JSON merge patch. {@link
 * io.telecomllm.inference.tmf621.PersonalData} is the redaction that is used unless a program
 * brings its own. Nothing here talks to a ticket system.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.tmf621;
