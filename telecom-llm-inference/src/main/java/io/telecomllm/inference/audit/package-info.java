/**
 * An audit record of every answer, as JSON lines that form a chain of hashes.
 *
 * <h2>Concepts</h2>
 *
 * <ul>
 *   <li>An {@link io.telecomllm.inference.audit.AuditEntry} is what is recorded of an answer: the
 *       model, the question, the prompt, the references, and what was answered.
 *   <li>An {@link io.telecomllm.inference.audit.AuditRecord} is an entry in a log: with its number,
 *       its time, the hash of the record before it, and its own.
 *   <li>An {@link io.telecomllm.inference.audit.AuditLog} appends records to the files of a folder,
 *       reads them, and verifies their chain; {@link io.telecomllm.inference.audit.AuditSettings}
 *       says what it keeps of texts, and when files reach the disk.
 *   <li>A {@link io.telecomllm.inference.audit.Replay} asks a recorded question again and names the
 *       first difference.
 * </ul>
 *
 * <h2>The files</h2>
 *
 * <pre>
 * audit-000001.jsonl    a record a line; the next file continues the chain
 * audit-000001.jsonl.torn-OFFSET-DIGEST
 *                       a line that a killed process had begun, set aside
 * audit.lock            keeps a second writer out
 *
 * audit      1, the version of the format
 * sequence   the number of the record, from 0
 * time       when it was written (ISO 8601, UTC)
 * kind       choice or text
 * setup      model, adapter, template, library, calibration
 * question   text (or null), sha256 of the text in UTF-8, form: what became of the text
 * options    as the question; empty for a text
 * prompt     tokens, sha256 of the ids (4 bytes each, little endian), ids (or null)
 * references clause, sha256 of its text
 * choice     scores: the log-probabilities; chosen: from 0, or null for an abstention
 * written    finish, sha256 of the ids as for the prompt, usage
 * previous   the hash of the record before; 64 zeros for the first
 * hash       SHA-256 of the line's bytes with "}" in place of what begins at ,"hash"
 * </pre>
 *
 * <h2>What the chain shows</h2>
 *
 * <p>A change, a removal, an insertion or another order of records is found by whoever has the
 * files, and the removal of the last ones by whoever noted a later {@link
 * io.telecomllm.inference.audit.AuditLog#head}. Hashes have no key: someone who rewrites every
 * record from some place on is found only by a head that was noted elsewhere.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.audit;
