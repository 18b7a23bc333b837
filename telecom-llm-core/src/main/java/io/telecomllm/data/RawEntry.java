package io.telecomllm.data;

import java.util.Map;
import java.util.Optional;

/**
 * An entry as the file has it: its string fields by name, and the first defect in its form, if any.
 */
record RawEntry(String id, Map<String, String> fields, Optional<Rejection> defect) {}
