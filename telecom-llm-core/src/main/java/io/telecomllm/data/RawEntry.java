package io.telecomllm.data;

import java.util.Map;
import java.util.Optional;

/**
 * An entry as the file has it.
 *
 * @param fields its strings by name; the options are {@code option 1}, {@code option 2}, ...
 * @param indexed whether {@code answer} is the index of an option from 0, not "option k: text"
 * @param defect the first defect in its form, if any
 */
record RawEntry(
    String id, Map<String, String> fields, boolean indexed, Optional<Rejection> defect) {}
