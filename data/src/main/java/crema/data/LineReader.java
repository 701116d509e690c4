package crema.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream of UTF-8 into lines at {@code \n}, of which it knows the number and whether they are sound. Files of
 * old Macs, whose beginning has {@code \r} and no {@code \n}, are split at that. Other line breaks of Unicode are text:
 * JSON, for one, allows them inside a string.
 */
final class LineReader implements JsonTexts {
  /** The longest line that is held in memory. */
  static final int MAX_LINE_BYTES = 1 << 24;

  private final DataFile file;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  /** What ends a line. */
  private byte end;

  private byte[] line = new byte[256];
  private int length;
  private long number;
  private String text = "";
  private String terminator = "";
  private @Nullable RowProblem problem;

  LineReader(DataFile file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** Opens a file and makes a cursor of its lines, which closes them; if there is none to be made, they are closed. */
  static RowCursor open(DataFile file, Function<LineReader, RowCursor> cursor) {
    var lines = new LineReader(file, file.open());
    try {
      return cursor.apply(lines);
    } catch (RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  /** Opens a file, reads something of its lines, and closes it. */
  static <T> T read(DataFile file, Function<LineReader, T> reader) {
    try (var lines = new LineReader(file, file.open())) {
      return reader.apply(lines);
    }
  }

  /**
   * Reads the next line, sound or not.
   *
   * @return false at the end of the file
   */
  boolean advance() {
    length = 0;
    boolean tooLong = false;
    boolean ended = false;
    while (!ended) {
      if (position == limit && !fill()) {
        if (length == 0 && !tooLong) {
          return false;
        }
        break;
      }
      int at = position;
      while (at < limit && buffer[at] != end) {
        at++;
      }
      tooLong |= length + (at - position) > MAX_LINE_BYTES;
      if (!tooLong) {
        append(position, at);
      }
      ended = at < limit;
      position = ended ? at + 1 : at;
    }
    number++;
    finish(tooLong, ended);
    return true;
  }

  /** Reads the next line that is not blank, or not sound; false at the end of the file. */
  @Override
  public boolean advancePastBlanks() {
    return advancePast(String::isBlank);
  }

  /** Reads the next line that is not to be skipped, or not sound; false at the end of the file. */
  boolean advancePast(Predicate<String> skipped) {
    while (advance()) {
      if (problem != null || !skipped.test(text)) {
        return true;
      }
    }
    return false;
  }

  /** The number of the line, from 1; 0 before the first. */
  @Override
  public long number() {
    return number;
  }

  /** The line without its terminator; invalid bytes are replaced by U+FFFD, and a line too long is empty. */
  @Override
  public String text() {
    return text;
  }

  /** The line's terminator: {@code \n}, {@code \r\n}, {@code \r}, or nothing at the end of the file. */
  String terminator() {
    return terminator;
  }

  /** What is wrong with the line, or null if it is sound. */
  @Override
  public @Nullable RowProblem problem() {
    return problem;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw file.unreadable(e, number);
    }
  }

  private boolean fill() {
    try {
      limit = in.read(buffer, 0, buffer.length);
    } catch (IOException e) {
      throw file.unreadable(e, number);
    }
    position = 0;
    limit = Math.max(limit, 0);
    if (end == 0) {
      end = endOfLines();
    }
    return limit > 0;
  }

  /** By the first bytes. A carriage return at their end says nothing: a line feed may follow. */
  private byte endOfLines() {
    byte found = '\n';
    for (int i = 0; i < limit; i++) {
      if (buffer[i] == '\n') {
        return '\n';
      }
      found = buffer[i] == '\r' && i + 1 < limit ? (byte) '\r' : found;
    }
    return found;
  }

  private void append(int from, int to) {
    int count = to - from;
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.max(length + count, 2 * line.length));
    }
    System.arraycopy(buffer, from, line, length, count);
    length += count;
  }

  private void finish(boolean tooLong, boolean ended) {
    problem = null;
    terminator = ended ? Character.toString(end) : "";
    if (tooLong) {
      text = "";
      problem = new RowProblem(
          RowFault.TOO_LONG, file.name(), number, String.format(Locale.ROOT,
              "a line of more than %,d bytes", MAX_LINE_BYTES));
      return;
    }
    if (length > 0 && line[length - 1] == '\r') {
      length--;
      terminator = "\r" + terminator;
    }
    text = new String(line, 0, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      problem = invalidBytes();
    }
  }

  /** The problem of invalid bytes, or null where a replacement character is in the file itself. */
  private @Nullable RowProblem invalidBytes() {
    var bytes = ByteBuffer.wrap(line, 0, length);
    var decoder = StandardCharsets.UTF_8.newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
    if (!decoder.decode(bytes, CharBuffer.allocate(length), true).isError()) {
      return null;
    }
    var detail = String.format(Locale.ROOT, "the byte 0x%02X, number %,d of the line", bytes.get(bytes.position()),
        bytes.position() + 1);
    return new RowProblem(RowFault.INVALID_UTF8, file.name(), number, detail);
  }
}
