package io.telecomllm.lineage;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Collects differences, so that one error names all of them. */
final class Differences {
  private final Path file;
  private final Set<Accept> accepted;
  private final Set<Accept> found = EnumSet.noneOf(Accept.class);
  private final List<String> refused = new ArrayList<>();

  Differences(Path file, Set<Accept> accepted) {
    this.file = file;
    this.accepted = accepted;
  }

  Set<Accept> found() {
    return found;
  }

  void compareBase(Lineage.Base saved, Lineage.Base here) {
    if (!saved.fingerprint().equals(here.fingerprint())) {
      add(
          Accept.OTHER_BASE,
          "the adapter was made for the base model "
              + described(saved)
              + ", this one is "
              + described(here));
    }
  }

  private static String described(Lineage.Base base) {
    return base.name() + " (" + base.architecture() + ", fingerprint " + base.fingerprint() + ")";
  }

  void compare(Accept name, String what, String saved, String here) {
    if (!saved.equals(here)) {
      add(
          name,
          "the adapter was made with the " + what + " " + saved + ", the one in use is " + here);
    }
  }

  void add(Accept name, String sentence) {
    found.add(name);
    if (!accepted.contains(name)) {
      refused.add(sentence + "; Accept." + name + " loads it nevertheless");
    }
  }

  InvalidDataException invalid(String field) {
    return new InvalidDataException(file + ", field " + field);
  }

  void refuse() {
    if (!refused.isEmpty()) {
      throw new IncompatibleException(file + ": " + String.join("; and ", refused));
    }
  }
}
