package crema.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.Reader;
import java.util.Iterator;
import java.util.List;
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

  private final DataFile file;
  private final char separator;
  private final char quote;
  private final Feed feed;
  private Iterator<CsvRecord> records;
  private long linesBefore;
  private List<String> fields = List.of();
  private long line;
  private @Nullable RowProblem problem;

  CsvRecords(DataFile file, LineReader lines, char separator, char quote) {
    this.file = file;
    this.separator = separator;
    this.quote = quote;
    feed = new Feed(lines);
    linesBefore = lines.number();
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
      line = linesBefore + record.getStartingLineNumber();
      fields = record.getFields();
      problem = feed.takeProblem();
    } catch (CsvParseException e) {
      if (e.getCause() instanceof DataException unreadable) {
        throw unreadable;
      }
      if (feed.ended || feed.served > MUCH_TEXT) {
        throw new DataException(file.name() + ", line " + first
            + ": a quote that is opened in this record is never closed, so the rest of the file cannot be read", e);
      }
      line = first;
      feed.takeProblem();
      problem = new RowProblem(RowFault.BAD_QUOTING, file.name(), line, String.valueOf(e.getMessage()));
      linesBefore = feed.lines.number();
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
    feed.pending = "";
    feed.position = 0;
    return CsvReader.builder()
        .fieldSeparator(separator)
        .quoteCharacter(quote)
        .skipEmptyLines(true)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .allowUnclosedQuote(false)
        .maxBufferSize(LineReader.MAX_LINE_BYTES)
        .ofCsvRecord(feed)
        .iterator();
  }

  /** Hands out one line at a time, terminator included, and remembers the first fault since it was last asked. */
  private static final class Feed extends Reader {
    private final LineReader lines;
    private String pending = "";
    private int position;
    private boolean ended;
    /** Characters handed out since this was last set to 0. */
    private long served;
    private @Nullable RowProblem problem;

    Feed(LineReader lines) {
      this.lines = lines;
    }

    @Override
    public int read(char[] target, int offset, int length) {
      if (position == pending.length()) {
        if (!lines.advance()) {
          ended = true;
          return -1;
        }
        pending = lines.text() + lines.terminator();
        position = 0;
        problem = problem == null ? lines.problem() : problem;
      }
      int count = Math.min(length, pending.length() - position);
      pending.getChars(position, position + count, target, offset);
      position += count;
      served += count;
      return count;
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
