package crema.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Records of comma-separated values, read by FastCSV.
 *
 * <p>FastCSV is fed one line at a time and so never reads ahead of the record it returns. That is how invalid UTF-8 is
 * known to belong to a record, and how reading goes on in the next line after a record that FastCSV refuses, for which
 * a new FastCSV reader takes over.
 */
final class CsvRecords implements TableReader {
  /** A record that is refused after so many characters ran into the size of FastCSV's buffer. */
  private static final long MUCH_TEXT = LineReader.MAX_LINE_BYTES / 2;

  /** What FastCSV says of places, which are those within its part of the file, and codes of characters. */
  private static final Pattern PLACES = Pattern.compile(" \\(record starting at line \\d+\\)| \\(0x[0-9a-fA-F]+\\)");

  private final DataFile file;
  private final Csv format;
  private final Feed feed;
  private Iterator<CsvRecord> records;
  private List<String> fields = List.of();
  private long line;
  private @Nullable RowProblem problem;

  CsvRecords(DataFile file, LineReader lines, Csv format) {
    this.file = file;
    this.format = format;
    feed = new Feed(lines, format);
    records = parser();
  }

  @Override
  public boolean advance() {
    long first = feed.lines.number() + 1;
    feed.served = 0;
    try {
      if (!records.hasNext()) {
        return false;
      }
      var record = records.next();
      line = feed.line(record.getStartingLineNumber());
      fields = record.getFields();
      problem = feed.takeProblem();
    } catch (CsvParseException e) {
      if (e.getCause() instanceof DataException unreadable) {
        throw unreadable;
      }
      if (feed.ended || feed.served > MUCH_TEXT) {
        throw new DataException(file.name() + ", line " + first
            + ": a quote that is opened in this record is never closed, so the rest of the file cannot be read; if quotes "
            + "are characters like others in this file, say so with --quote none", e);
      }
      line = feed.served == 0 ? feed.lines.number() : first;
      feed.takeProblem();
      problem = new RowProblem(RowFault.BAD_QUOTING, file.name(), line,
          PLACES.matcher(String.valueOf(e.getMessage())).replaceAll(""));
      records = parser();
    }
    return true;
  }

  @Override
  public List<String> fields() {
    return fields;
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public @Nullable RowProblem problem() {
    return problem;
  }

  @Override
  public void close() {
    feed.close();
  }

  private Iterator<CsvRecord> parser() {
    feed.begin();
    return CsvReader.builder()
        .fieldSeparator(format.separator())
        .quoteCharacter(format.quote())
        .skipEmptyLines(true)
        .trimWhitespacesAroundQuotes(true)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .allowUnclosedQuote(false)
        .maxBufferSize(LineReader.MAX_LINE_BYTES)
        .ofCsvRecord(feed)
        .iterator();
  }

  /**
   * Hands out one line at a time, terminator included, and remembers the first fault since it was last asked. FastCSV
   * numbers lines from where it began, and takes a carriage return for the end of one too; what line of the file each of
   * them is in is remembered.
   */
  private static final class Feed extends Reader {
    private static final char BACKSLASH = '\\';

    private final LineReader lines;
    private final Csv format;
    /**
     * Runs of lines handed out, each of which is one for FastCSV too: blank lines, which FastCSV passes over by itself,
     * are as many as a file has bytes.
     */
    private final ArrayDeque<Start> starts = new ArrayDeque<>();
    /** The number that FastCSV gives to the line after those handed out. */
    private long next;
    private boolean endsInReturn;
    private String pending = "";
    private int position;
    private boolean ended;
    /** Characters handed out since this was last set to 0. */
    private long served;
    private @Nullable RowProblem problem;

    /**
     * Where a run of lines begins.
     *
     * @param parsed the number that FastCSV gives to the first
     * @param number its own in the file
     */
    private record Start(long parsed, long number) {
      /** The number in the file of a line of the run. */
      long numberOf(long line) {
        return number + line - parsed;
      }
    }

    Feed(LineReader lines, Csv format) {
      this.lines = lines;
      this.format = format;
    }

    /** Leaves what is left of the current line to nobody: a parser takes over that has read nothing. */
    void begin() {
      pending = "";
      position = 0;
      starts.clear();
      next = 1;
      endsInReturn = false;
    }

    /** The line of the file in which a line begins that has a number for FastCSV; never asked for an earlier one again. */
    long line(long parsed) {
      if (starts.isEmpty()) {
        return lines.number();
      }
      Start run = starts.removeFirst();
      while (!starts.isEmpty() && starts.getFirst().parsed <= parsed) {
        run = starts.removeFirst();
      }
      // What begins within the last line of a run is of that line.
      long last = starts.isEmpty() ? lines.number() : starts.getFirst().number - 1;
      starts.addFirst(run);
      return Math.min(run.numberOf(parsed), last);
    }

    private void count(String line) {
      if (starts.isEmpty() || starts.getLast().numberOf(next) != lines.number()) {
        starts.addLast(new Start(next, lines.number()));
      }
      if (!endsInReturn && line.indexOf('\r') < 0) {
        next++;
        return;
      }
      for (int i = 0; i < line.length(); i++) {
        char c = line.charAt(i);
        if (c == '\r' || c == '\n' && !endsInReturn) {
          next++;
        }
        endsInReturn = c == '\r';
      }
    }

    @Override
    public int read(char[] target, int offset, int length) {
      if (position == pending.length()) {
        if (!lines.advance()) {
          ended = true;
          return -1;
        }
        pending = (format.isEscaped() ? doubled(lines.text()) : lines.text()) + lines.terminator();
        position = 0;
        count(pending);
        problem = problem == null ? lines.problem() : problem;
      }
      int count = Math.min(length, pending.length() - position);
      pending.getChars(position, position + count, target, offset);
      position += count;
      served += count;
      return count;
    }

    /** A line whose quotes are doubled in place of having a backslash before them. */
    private String doubled(String line) {
      if (line.indexOf(BACKSLASH) < 0) {
        return line;
      }
      var doubled = new StringBuilder(line.length());
      for (int i = 0; i < line.length(); i++) {
        char c = line.charAt(i);
        char next = c == BACKSLASH && i + 1 < line.length() ? line.charAt(i + 1) : '\0';
        if (next == format.quote()) {
          doubled.append(next).append(next);
          i++;
        } else {
          doubled.append(c);
          i += next == BACKSLASH ? 1 : 0;
        }
      }
      return doubled.toString();
    }

    @Nullable
    RowProblem takeProblem() {
      var taken = problem;
      problem = null;
      return taken;
    }

    @Override
    public void close() {
      lines.close();
    }
  }
}
