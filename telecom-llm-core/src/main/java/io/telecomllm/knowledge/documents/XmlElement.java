package io.telecomllm.knowledge.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An element of XML with all below it.
 *
 * @param name such as {@code w:p}
 * @param attributes by their local names
 * @param children the elements directly below, in order
 * @param text the text directly below
 */
record XmlElement(
    String name, Map<String, String> attributes, List<XmlElement> children, String text) {

  /** Returns the value of an attribute, or empty. */
  String attribute(String local) {
    return attributes.getOrDefault(local, "");
  }

  /** Returns the first child of this name. */
  Optional<XmlElement> child(String child) {
    for (XmlElement c : children) { // a stream took half the time of an import
      if (c.name.equals(child)) {
        return Optional.of(c);
      }
    }
    return Optional.empty();
  }

  /** Returns the descendant at the end of this path of names, the first at each step. */
  Optional<XmlElement> path(String... names) {
    Optional<XmlElement> at = Optional.of(this);
    for (int i = 0; i < names.length && at.isPresent(); i++) {
      at = at.get().child(names[i]);
    }
    return at;
  }

  /** Returns the {@code w:val} of the descendant at the end of this path, or empty. */
  String val(String... names) {
    Optional<XmlElement> at = path(names);
    return at.isPresent() ? at.get().attribute("val") : "";
  }

  /** Returns whether a switch at the end of this path is there and not off. */
  boolean isOn(String... names) {
    return path(names)
        .map(e -> !List.of("0", "false", "off", "none").contains(e.attribute("val")))
        .orElse(false);
  }

  /** Returns this element and all below it that have this name, in order. */
  List<XmlElement> all(String wanted) {
    List<XmlElement> found = new ArrayList<>();
    collect(wanted, found);
    return found;
  }

  private void collect(String wanted, List<XmlElement> found) {
    if (name.equals(wanted)) {
      found.add(this);
    }
    children.forEach(c -> c.collect(wanted, found));
  }

  /** Returns the children of any of these names, in order. */
  Stream<XmlElement> children(String... names) {
    return children.stream().filter(c -> List.of(names).contains(c.name));
  }
}
