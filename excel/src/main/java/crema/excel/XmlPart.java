package crema.excel;

import crema.data.DataException;
import crema.data.ZipArchive;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * A part of a workbook, read element by element. Parts are not trusted: a document type, and with it all entities, is
 * refused, tags and texts have a greatest length, and nothing is fetched.
 */
final class XmlPart implements AutoCloseable {
  /** The longest text of a cell; Excel has 32,767 characters. */
  static final int LONGEST_TEXT = 1 << 24;
  /** The longest tag, in bytes. */
  private static final int LONGEST_TAG = 1 << 20;
  /** As many names of elements and attributes may differ, all of which a parser holds; Excel has some thousand. */
  private static final int MOST_NAMES = 1 << 16;
  private static final int BUFFER = 1 << 16;
  private static final char BYTE_ORDER_MARK = 0xfeff;

  private final String file;
  private final String part;
  private final InputStream bytes;
  private final XMLStreamReader xml;
  private final Set<String> names = new HashSet<>();
  private int depth;

  /** Reads a file in an archive; {@code workbook} is what the archive is called in messages. */
  XmlPart(ZipArchive archive, String workbook, String part) throws IOException {
    file = workbook;
    this.part = part;
    bytes = new BoundedTags(archive.open(part));
    try {
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      xml = factory.createXMLStreamReader(text(bytes));
    } catch (XMLStreamException e) {
      bytes.close();
      throw damaged(e);
    } catch (IOException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  /**
   * The characters of a part, in UTF-8 or UTF-16 as parts are (ECMA-376 part 2, section 10.2). The parser's own readers
   * print what they find wrong.
   */
  private static Reader text(InputStream bytes) throws IOException {
    var text = new BufferedInputStream(bytes, BUFFER);
    text.mark(3);
    byte[] head = Arrays.copyOf(text.readNBytes(3), 3);
    text.reset();
    int pair = (head[0] & 0xff) << 8 | head[1] & 0xff;
    boolean isMarked = pair == BYTE_ORDER_MARK || pair == Character.reverseBytes(BYTE_ORDER_MARK);
    boolean isMarkedUtf8 = pair == 0xefbb && (head[2] & 0xff) == 0xbf;
    text.skipNBytes(isMarked ? 2 : isMarkedUtf8 ? 3 : 0);
    Charset charset = pair == BYTE_ORDER_MARK || head[0] == 0 && head[1] != 0 ? StandardCharsets.UTF_16BE
        : isMarked || head[0] != 0 && head[1] == 0 ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
    return new BufferedReader(new InputStreamReader(text, charset.newDecoder()), BUFFER);
  }

  /** Goes to the next begin or end of an element; false at the end of the part. */
  boolean next() {
    try {
      while (xml.hasNext()) {
        switch (advance()) {
          case XMLStreamConstants.START_ELEMENT, XMLStreamConstants.END_ELEMENT -> {
            return true;
          }
          case XMLStreamConstants.DTD -> throw new DataException(file + ": its part " + part
              + " has a document type, which no workbook needs and which can do harm: it is not read");
          default -> {}
        }
      }
      return false;
    } catch (XMLStreamException e) {
      throw damaged(e);
    }
  }

  /** Goes to what comes next, within the bounds of what a parser may be made to hold. */
  private int advance() throws XMLStreamException {
    int event = xml.next();
    if (event == XMLStreamConstants.END_ELEMENT) {
      depth--;
    } else if (event == XMLStreamConstants.START_ELEMENT) {
      names.add(xml.getLocalName());
      for (int i = 0; i < xml.getAttributeCount(); i++) {
        names.add(xml.getAttributeLocalName(i));
      }
      if (names.size() > MOST_NAMES) {
        throw new DataException(file + ": its part " + part + " has elements of more than " + MOST_NAMES
            + " names, which no workbook has: it is not read");
      }
      depth++;
    }
    return event;
  }

  /** Whether this is the begin of an element. */
  boolean begins(String element) {
    return xml.getEventType() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals(element);
  }

  /** Whether this is the end of an element. */
  boolean ends(String element) {
    return xml.getEventType() == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals(element);
  }

  /** An attribute of the element that begins here, whatever its namespace; null if it has none of that name. */
  @Nullable
  String attribute(String name) {
    for (int i = 0; i < xml.getAttributeCount(); i++) {
      if (xml.getAttributeLocalName(i).equals(name)) {
        return xml.getAttributeValue(i);
      }
    }
    return null;
  }

  /**
   * The text of the element that begins here, up to its end; elements within it are passed over with their texts.
   *
   * @return null if it is longer than {@link #LONGEST_TEXT} characters
   */
  @Nullable
  String text() {
    var text = new StringBuilder();
    boolean isTooLong = false;
    try {
      for (int begun = depth; xml.hasNext();) {
        int event = advance();
        if (depth < begun) {
          break;
        }
        if (depth == begun
            && (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA
                || event == XMLStreamConstants.SPACE)) {
          isTooLong |= text.length() + xml.getTextLength() > LONGEST_TEXT;
          if (!isTooLong) {
            text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
          }
        }
      }
    } catch (XMLStreamException e) {
      throw damaged(e);
    }
    return isTooLong ? null : unescaped(text);
  }

  /**
   * The text of the strings in an element that begins here, up to its end: those of its runs, but not the hints of how they
   * are pronounced.
   *
   * @return null if it is too long
   */
  @Nullable
  String richText(String element) {
    var text = new StringBuilder();
    boolean isTooLong = false;
    int hints = 0;
    while (next() && !ends(element)) {
      hints += begins("rPh") ? 1 : ends("rPh") ? -1 : 0;
      if (begins("t")) {
        String run = text();
        isTooLong |= run == null || text.length() + run.length() > LONGEST_TEXT;
        if (hints == 0 && !isTooLong) {
          text.append(run);
        }
      }
    }
    return isTooLong ? null : text.toString();
  }

  /** A text in which characters that XML cannot hold are written {@code _x000D_}. */
  private static String unescaped(StringBuilder text) {
    int at = text.indexOf("_x");
    if (at < 0) {
      return text.toString();
    }
    var plain = new StringBuilder(text.length());
    int done = 0;
    for (; at >= 0; at = text.indexOf("_x", Math.max(at + 1, done))) {
      int code = at + 6 < text.length() && text.charAt(at + 6) == '_' ? code(text, at + 2) : -1;
      if (code >= 0) {
        plain.append(text, done, at).append((char) code);
        done = at + 7;
      }
    }
    return plain.append(text, done, text.length()).toString();
  }

  private static int code(CharSequence text, int from) {
    int code = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      code = 16 * code + digit;
    }
    return code;
  }

  private DataException damaged(XMLStreamException e) {
    Throwable cause = e.getNestedException() == null ? e : e.getNestedException();
    String message = cause instanceof CharacterCodingException ? "it is neither UTF-8 nor UTF-16"
        : String.valueOf(cause.getMessage()).lines().reduce((_, last) -> last).orElse("");
    return new DataException(
        file + ": its part " + part + " cannot be read: " + message.replaceFirst("^Message: ", ""), e);
  }

  @Override
  public void close() {
    try {
      bytes.close();
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Fails where a tag goes on for too long, before a parser has to hold it. */
  private static final class BoundedTags extends FilterInputStream {
    private int inTag = -1;

    BoundedTags(InputStream in) {
      super(new BufferedInputStream(in, BUFFER));
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      for (int i = offset; i < offset + read; i++) {
        if (target[i] == '<') {
          inTag = 0;
        } else if (target[i] == '>') {
          inTag = -1;
        } else if (inTag >= 0 && ++inTag > LONGEST_TAG) {
          throw new IOException("a tag is longer than " + LONGEST_TAG + " bytes");
        }
      }
      return read;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }
  }
}
