package crema.corpus;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Explores rows that are lines of a table.
 *
 * @param form how its lines are written
 * @param schema counts fields
 * @param tally counts rows
 */
record TableDiscovery(Discovery.Options options, Form form, SchemaCounts schema, RowTally tally) {
  private static final int LONGEST_NUMBER = 40;

  /**
   * How the lines of a table are written.
   *
   * @param separator of the cells
   * @param cells of the first line
   * @param hasHeader whether these are names
   */
  record Form(char separator, List<String> cells, boolean hasHeader) {
    /** What the first line of a file shows. */
    static Form of(String first, boolean hasTabs) {
      char separator = hasTabs ? '\t' : separator(first);
      List<String> cells = List.of(first.split(Pattern.quote(String.valueOf(separator)), -1));
      return new Form(separator, cells, cells.stream()
          .noneMatch(cell -> cell.isBlank() || cell.strip().matches("[-+.,\\d]+"))
          && cells.stream().distinct().count() == cells.size());
    }

    /** In words. */
    String describe() {
      return "table "
          + (hasHeader ? String.join(", ", cells) : "of " + cells.size() + " columns without names");
    }

    private static char separator(String line) {
      char best = ',';
      long most = 0;
      for (char candidate : new char[] {',', '\t', ';', '|'}) {
        long count = line.chars().filter(c -> c == candidate).count();
        if (count > most) {
          best = candidate;
          most = count;
        }
      }
      return best;
    }
  }

  /** Reads the rows. */
  void read(InputStream in) throws IOException {
    try {
      Iterator<List<String>> records = form.separator == '\t' ? plainRecords(in) : quotedRecords(in, form.separator);
      List<String> names = form.hasHeader && records.hasNext() ? records.next() : List.of();
      for (long rows = 0; records.hasNext() && !options.isEnough(rows); rows++) {
        List<String> cells = records.next();
        if (form.hasHeader && cells.size() != names.size()) {
          schema.addBad();
          continue;
        }
        var row = new DiscoveredRow(options.label());
        for (int i = 0; i < cells.size(); i++) {
          String cell = cells.get(i);
          row.add(schema, form.hasHeader ? names.get(i) : "column " + (i + 1), type(cell), cell);
        }
        schema.addRow();
        tally.add(row);
      }
    } catch (CsvParseException e) {
      schema.addBad();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static FieldCounts.Type type(String cell) {
    String text = cell.strip();
    if (text.isEmpty()) {
      return FieldCounts.Type.NULL;
    }
    char first = text.charAt(0);
    if (text.length() > LONGEST_NUMBER) {
      return FieldCounts.Type.TEXT;
    }
    if (first == '-' || first == '.' || first >= '0' && first <= '9') {
      return text.matches("-?\\d{1,18}") ? FieldCounts.Type.WHOLE_NUMBER
          : text.matches("-?\\d*\\.?\\d+([eE][-+]?\\d+)?") ? FieldCounts.Type.NUMBER : FieldCounts.Type.TEXT;
    }
    return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false") ? FieldCounts.Type.BOOLEAN
        : FieldCounts.Type.TEXT;
  }

  private static Iterator<List<String>> quotedRecords(InputStream in, char separator) {
    Iterator<CsvRecord> records = CsvReader.builder().fieldSeparator(separator).skipEmptyLines(true)
        .maxBufferSize(LineBlocks.MAX_LINE).ofCsvRecord(new InputStreamReader(in, StandardCharsets.UTF_8)).iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public List<String> next() {
        return records.next().getFields();
      }
    };
  }

  /** Lines of fields with tabs between them. */
  private static Iterator<List<String>> plainRecords(InputStream in) {
    return new Iterator<>() {
      private final LineBlocks blocks = new LineBlocks(in);
      private final LineBlocks.Block block = new LineBlocks.Block();
      private int from;

      @Override
      public boolean hasNext() {
        try {
          while (from >= block.length() || block.bytes()[from] == '\n') {
            if (from < block.length()) {
              from++;
            } else if (blocks.next(block)) {
              from = 0;
            } else {
              return false;
            }
          }
          return true;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public List<String> next() {
        int to = ByteWords.lineFeed(block.bytes(), from, block.length());
        String line = new String(block.bytes(), from, to - from, StandardCharsets.UTF_8);
        from = to + 1;
        return List.of((line.endsWith("\r") ? line.substring(0, line.length() - 1) : line).split("\t", -1));
      }
    };
  }
}
