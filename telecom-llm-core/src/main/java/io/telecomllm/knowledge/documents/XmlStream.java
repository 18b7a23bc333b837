package io.telecomllm.knowledge.documents;

import io.telecomllm.InvalidDataException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads XML of unknown origin element by element: no document type declaration, so no entities but
 * the five of XML and nothing external; bounded depth and size of what is held at a time.
 */
final class XmlStream implements Closeable {
  /** The deepest nesting; tables in tables in text boxes have about fifty. */
  static final int MAX_DEPTH = 256;

  /** The most elements of one paragraph or row. */
  static final int MAX_ELEMENTS = 1_000_000;

  /** The prefixes that this package uses, whatever the document's own are. */
  private static final Map<String, String> PREFIXES =
      Map.of(
          "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "w:",
          "http://purl.oclc.org/ooxml/wordprocessingml/main", "w:",
          "http://schemas.openxmlformats.org/officeDocument/2006/math", "m:",
          "http://purl.oclc.org/ooxml/officeDocument/math", "m:",
          "http://schemas.openxmlformats.org/markup-compatibility/2006", "mc:",
          "http://schemas.openxmlformats.org/package/2006/relationships", "");

  private final String name;
  private final InputStream in;
  private final XMLStreamReader xml;
  private final Map<String, String> names = new HashMap<>();
  private int depth;
  private int elements;

  XmlStream(String name, InputStream in) {
    this.name = name;
    this.in = in;
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      this.xml = factory.createXMLStreamReader(in);
    } catch (XMLStreamException e) {
      throw damaged(e);
    }
  }

  /** Moves to the next start or end of an element; returns false at the end of the document. */
  boolean next() {
    try {
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          enter();
          return true;
        } else if (event == XMLStreamConstants.END_ELEMENT) {
          depth--;
          return true;
        }
        refuseDeclarations(event);
      }
      return false;
    } catch (XMLStreamException e) {
      throw damaged(e);
    }
  }

  /** Returns whether an element of this name begins here. */
  boolean isStart(String element) {
    return xml.isStartElement() && element.equals(elementName());
  }

  /** Returns whether an element begins here. */
  boolean isStart() {
    return xml.isStartElement();
  }

  /** Returns the name of the element that begins or ends here, such as {@code w:p}. */
  String elementName() {
    String uri = xml.getNamespaceURI();
    String local = xml.getLocalName();
    String prefix = uri == null ? "" : PREFIXES.getOrDefault(uri, "other:");
    return prefix.isEmpty() ? local : names.computeIfAbsent(prefix + local, key -> key);
  }

  /** Returns an attribute of the element that begins here, or empty. */
  String attribute(String local) {
    for (int i = 0; i < xml.getAttributeCount(); i++) {
      if (xml.getAttributeLocalName(i).equals(local)) {
        return xml.getAttributeValue(i);
      }
    }
    return "";
  }

  /** Reads the element that begins here to its end. */
  XmlElement element() {
    elements = 0;
    try {
      return tree();
    } catch (XMLStreamException e) {
      throw damaged(e);
    }
  }

  /** Moves to the end of the element that begins here. */
  void skip() {
    int outside = depth - 1;
    boolean more = true;
    while (more && depth > outside) {
      more = next();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    } finally {
      in.close();
    }
  }

  private XmlElement tree() throws XMLStreamException {
    if (++elements > MAX_ELEMENTS) {
      throw new InvalidDataException(
          name + ": more than " + MAX_ELEMENTS + " elements in one paragraph or row");
    }
    String element = elementName();
    Map<String, String> attributes = attributes();
    List<XmlElement> children = new ArrayList<>(4);
    StringBuilder text = new StringBuilder();
    while (true) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        enter();
        children.add(tree());
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
        return new XmlElement(element, attributes, List.copyOf(children), text.toString());
      } else if (xml.isCharacters()) {
        text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
      } else {
        refuseDeclarations(event);
      }
    }
  }

  private Map<String, String> attributes() {
    int count = xml.getAttributeCount();
    if (count == 0) {
      return Map.of();
    }
    Map<String, String> attributes = new HashMap<>();
    for (int i = 0; i < count; i++) {
      String local = xml.getAttributeLocalName(i);
      if (!local.startsWith("rsid")) { // marks of editing sessions: on every element, of no use
        attributes.put(local, xml.getAttributeValue(i));
      }
    }
    return attributes;
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw new InvalidDataException(name + ": elements are nested deeper than " + MAX_DEPTH);
    }
  }

  private void refuseDeclarations(int event) {
    if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
      throw new InvalidDataException(
          name + ": holds a document type declaration or an entity, which documents have not");
    }
  }

  private InvalidDataException damaged(XMLStreamException e) {
    // the reader wraps what the stream below it throws
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidDataException known) {
        return known;
      }
    }
    return new InvalidDataException(name + ": damaged XML: " + e.getMessage(), e);
  }
}
