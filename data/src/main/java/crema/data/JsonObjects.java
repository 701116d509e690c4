package crema.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a JSON array, or values one after the other that take several lines each: what whole programs write,
 * and pandas without {@code lines=True}. The file is not held in memory; a value is.
 */
final class JsonObjects implements JsonTexts {
  private static final int END = -1;

  private final DataFile file;
  private final InputStream in;
  private long line = 1;
  private long number;
  private String text = "";
  private @Nullable RowProblem problem;
  private int next;
  /** How many arrays are open around the next value. */
  private int arrays;

  JsonObjects(DataFile file) {
    this.file = file;
    in = file.open();
    try {
      next = in.read();
    } catch (IOException e) {
      close();
      throw file.unreadable(e, 0);
    }
  }

  /** Whether a file is an array, or has values of several lines, rather than a value a line. */
  static boolean isWritten(DataFile file) {
    return LineReader.read(file, lines -> {
      if (!lines.advancePastBlanks()) {
        return false;
      }
      String first = lines.text().strip();
      if (first.startsWith("[")) {
        return true;
      }
      if (!first.startsWith("{")) {
        return false;
      }
      int end = end(first);
      if (end > 0) {
        // Another value, or a comma, may follow in the same line.
        return end < first.length()
            && (first.charAt(end) == ',' || first.substring(end).stripLeading().startsWith("{"));
      }
      // A line that is damaged leaves its object open too, but the next line begins another one.
      return lines.advancePastBlanks() && !lines.text().stripLeading().startsWith("{");
    });
  }

  /** Behind the object with which a line begins; 0 if it does not end. */
  private static int end(String line) {
    var depth = new Depth('{', '}', 0);
    for (int i = 0; i < line.length(); i++) {
      depth.add(line.charAt(i));
      if (depth.open == 0) {
        return i + 1;
      }
    }
    return 0;
  }

  /** How deep a character is in objects or in arrays. */
  private static final class Depth {
    private final char begin;
    private final char end;
    private int open;
    private boolean inString;
    private boolean isEscaped;

    Depth(char begin, char end, int open) {
      this.begin = begin;
      this.end = end;
      this.open = open;
    }

    void add(int character) {
      if (inString) {
        // No string has a line break: one that does not end shall not take the rest of the file with it.
        inString = isEscaped || character != '"' && character != '\n';
        isEscaped = inString && !isEscaped && character == '\\';
        return;
      }
      inString = character == '"';
      open += character == begin ? 1 : character == end ? -1 : 0;
    }
  }

  @Override
  public boolean advancePastBlanks() {
    try {
      boolean isArray = beginsArray();
      if (next == END && !isArray) {
        return false;
      }
      number = line;
      problem = null;
      var bytes = new ByteArrayOutputStream();
      boolean isWhole = isArray ? readArray(bytes)
          : next == '{' ? readValue(bytes, new Depth('{', '}', 0)) : readOther(bytes);
      text = decoded(bytes.toByteArray());
      if (!isWhole && problem == null) {
        problem = new RowProblem(RowFault.BAD_JSON, file.name(), number,
            "the " + (isArray ? "array" : "object") + " does not end");
      }
      return true;
    } catch (IOException e) {
      throw file.unreadable(e, line);
    }
  }

  /**
   * Goes on to the next value, into arrays of objects, and returns whether the beginning of another array was read: within
   * an array that is an element of its own, which has its place though it is no row.
   */
  private boolean beginsArray() throws IOException {
    while (next != END && (Character.isWhitespace(next) || next == ',' || next == '[' || next == ']')) {
      int character = next;
      read();
      if (character == ']') {
        arrays = Math.max(0, arrays - 1);
      } else if (character == '[') {
        while (arrays > 0 && next != END && Character.isWhitespace(next)) {
          read();
        }
        if (arrays > 0 && next != '{') {
          return true;
        }
        arrays++;
      }
    }
    return false;
  }

  private boolean readArray(ByteArrayOutputStream bytes) throws IOException {
    bytes.write('[');
    return readValue(bytes, new Depth('[', ']', 1));
  }

  private boolean readValue(ByteArrayOutputStream bytes, Depth depth) throws IOException {
    while (next != END && (depth.open > 0 || bytes.size() == 0)) {
      if (bytes.size() == LineReader.MAX_LINE_BYTES) {
        problem = new RowProblem(RowFault.TOO_LONG, file.name(), number,
            String.format(Locale.ROOT, "a value of more than %,d bytes", LineReader.MAX_LINE_BYTES));
        return true;
      }
      depth.add(next);
      bytes.write(next);
      read();
    }
    return depth.open == 0;
  }

  /** What is no object ends where another value may begin; whoever parses it says what is wrong. */
  private boolean readOther(ByteArrayOutputStream bytes) throws IOException {
    boolean inString = false;
    boolean isEscaped = false;
    do {
      inString ^= next == '"' && !isEscaped;
      isEscaped = inString && next == '\\' && !isEscaped;
      if (bytes.size() < LineReader.MAX_LINE_BYTES) {
        bytes.write(next);
      }
      read();
    } while (next != END && next != '\n' && (inString || next != ',' && next != ']'));
    return true;
  }

  private String decoded(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      problem = new RowProblem(RowFault.INVALID_UTF8, file.name(), number, "bytes that are no UTF-8");
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private void read() throws IOException {
    if (next == '\n') {
      line++;
    }
    next = in.read();
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public @Nullable RowProblem problem() {
    return problem;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw file.unreadable(e, line);
    }
  }
}
