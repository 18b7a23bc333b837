package io.telecomllm.data;

import java.util.Map;
import java.util.Optional;

/**
 * An entry as it stands in the file: its string fields by name, and the first thing that is wrong
 * with its form.
 */
record RawEntry(String id, Map<String, String> fields, Optional<Rejection> defect) {}
