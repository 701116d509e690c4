package crema.excel;

import crema.data.DataException;
import crema.data.DataFile;
import crema.data.PlainFile;
import crema.data.RowFault;
import crema.data.RowProblem;
import crema.data.TableReader;
import crema.data.TypedText;
import crema.data.ZipArchive;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rows of a sheet, of which the first is the header. Rows without any value are left out. */
final class SheetRecords implements TableReader {
  /** As many rows are looked at to tell a title from a header. */
  private static final int ROWS_OF_TITLES = 20;
  private static final int MOST_COLUMNS = 16_384;
  /** The most characters that the cells of a row may have together: each of them may be long, but not all. */
  private static final int LONGEST_ROW = XmlPart.LONGEST_TEXT;
  private static final int LETTERS = 26;

  private final DataFile file;
  private final PlainFile plain;
  private final Workbook workbook;
  private final CellFormats formats;
  private final SharedStrings strings;
  private final XmlPart xml;
  /** Rows that were read to find the header. */
  private final ArrayDeque<SheetRow> ahead = new ArrayDeque<>();
  private final SheetRow header;
  private @Nullable SheetRow current;
  private long row;

  /**
   * A row with values.
   *
   * @param number its number in the sheet, from 1
   * @param cells the texts of its cells up to the last one that has any
   * @param fault what is wrong with it, or null
   */
  private record SheetRow(long number, List<String> cells, @Nullable String fault) {
    long filled() {
      return cells.stream().filter(cell -> !cell.isBlank()).count();
    }

    long characters() {
      return cells.stream().mapToLong(String::length).sum();
    }
  }

  private SheetRecords(DataFile file, PlainFile plain, Workbook workbook, CellFormats formats, SharedStrings strings,
      XmlPart xml) {
    this.file = file;
    this.plain = plain;
    this.workbook = workbook;
    this.formats = formats;
    this.strings = strings;
    this.xml = xml;
    header = findHeader();
  }

  /** Opens the sheet that a file names, or its first one. */
  static SheetRecords open(DataFile file) {
    PlainFile plain = file.openPlain();
    @Nullable SharedStrings strings = null;
    @Nullable XmlPart xml = null;
    try {
      var archive = new ZipArchive(plain.path(), file.name());
      Workbook workbook = Workbook.read(archive, file.name());
      Workbook.Sheet sheet = workbook.sheet(file.part());
      CellFormats formats = workbook.styles() == null ? CellFormats.NONE
          : CellFormats.read(archive, file.name(), workbook.styles());
      strings = workbook.strings() == null ? SharedStrings.none()
          : SharedStrings.read(archive, file.name(), workbook.strings());
      xml = new XmlPart(archive, file.name(), sheet.part());
      return new SheetRecords(file, plain, workbook, formats, strings, xml);
    } catch (IOException e) {
      close(plain, strings, xml);
      throw new DataException(file.name() + ": cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close(plain, strings, xml);
      throw e;
    }
  }

  /** The first row with several values among the first ones, or the first row with any. */
  private SheetRow findHeader() {
    // Rows above a header are short.
    for (long characters = 0; ahead.size() < ROWS_OF_TITLES && characters < LONGEST_ROW;) {
      SheetRow next = read();
      if (next == null) {
        break;
      }
      characters += next.characters();
      if (next.filled() > 1) {
        ahead.clear();
        return checkedHeader(next);
      }
      ahead.add(next);
    }
    SheetRow first = ahead.poll();
    if (first == null) {
      throw new DataException(file.name() + " has no header: the sheet is empty");
    }
    return checkedHeader(first);
  }

  private SheetRow checkedHeader(SheetRow row) {
    if (row.fault != null) {
      throw new DataException(file.name() + ": row " + row.number + ", which is the header, has " + row.fault);
    }
    return row;
  }

  /** The names of the columns. */
  List<String> header() {
    return header.cells.stream().map(String::strip).toList();
  }

  /** The number of the row with the names of the columns. */
  long headerRow() {
    return header.number;
  }

  @Override
  public boolean advance() {
    current = current == null ? header : ahead.isEmpty() ? read() : ahead.poll();
    if (current != null) {
      return true;
    }
    current = new SheetRow(row, List.of(), null);
    return false;
  }

  private SheetRow current() {
    if (current == null) {
      throw new IllegalStateException("no row was read");
    }
    return current;
  }

  @Override
  public List<String> fields() {
    List<String> cells = current().cells;
    if (cells.size() >= header.cells.size()) {
      return cells;
    }
    // Cells without a value are not in the file.
    var fields = new ArrayList<>(cells);
    fields.addAll(Collections.nCopies(header.cells.size() - cells.size(), ""));
    return fields;
  }

  @Override
  public long line() {
    return current().number;
  }

  @Override
  public @Nullable RowProblem problem() {
    String fault = current().fault;
    return fault == null ? null : new RowProblem(RowFault.TOO_LONG, file.name(), line(), fault);
  }

  /** The next row with a value; null at the end. */
  private @Nullable SheetRow read() {
    while (xml.next()) {
      if (xml.ends("sheetData")) {
        return null;
      }
      if (xml.begins("row")) {
        SheetRow read = readRow();
        if (read.fault != null || read.filled() > 0) {
          return read;
        }
      }
    }
    return null;
  }

  private SheetRow readRow() {
    String number = xml.attribute("r");
    row = number == null ? row + 1 : Math.max(row + 1, number(number, row + 1));
    var cells = new ArrayList<String>();
    String fault = null;
    int column = 0;
    int characters = 0;
    while (xml.next() && !xml.ends("row")) {
      if (xml.begins("c")) {
        String place = xml.attribute("r");
        column = place == null ? column : Math.max(column, column(place));
        if (column >= MOST_COLUMNS) {
          throw new DataException(file.name() + ", row " + row + ": a cell beyond the " + MOST_COLUMNS
              + " columns that a sheet has at most");
        }
        String text = fault == null ? readCell() : "";
        if (text == null) {
          fault = String.format(Locale.ROOT, "a text of more than %,d characters", XmlPart.LONGEST_TEXT);
        } else if (text.length() > LONGEST_ROW - characters) {
          fault = String.format(Locale.ROOT, "texts of more than %,d characters", LONGEST_ROW);
        } else if (!text.isEmpty()) {
          characters += text.length();
          while (cells.size() < column) {
            cells.add("");
          }
          cells.add(text);
        }
        column++;
      }
    }
    return new SheetRow(row, cells, fault);
  }

  /** The number of a column, from 0, in the name of a cell. */
  private static int column(String place) {
    int column = 0;
    for (int i = 0; i < place.length() && Character.isLetter(place.charAt(i)) && column <= MOST_COLUMNS; i++) {
      column = LETTERS * column + Character.toUpperCase(place.charAt(i)) - 'A' + 1;
    }
    return Math.max(0, column - 1);
  }

  private static long number(String text, long otherwise) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /** The text of the cell that begins here; null if it is too long. */
  private @Nullable String readCell() {
    String type = xml.attribute("t");
    int style = (int) Math.clamp(number(String.valueOf(xml.attribute("s")), -1), -1, Integer.MAX_VALUE);
    String value = "";
    while (xml.next() && !xml.ends("c")) {
      if (xml.begins("v")) {
        value = xml.text();
      } else if (xml.begins("is")) {
        value = xml.richText("is");
      }
      if (value == null) {
        return null;
      }
    }
    return switch (type) {
      case "s" -> shared(value);
      case "b" -> value.isBlank() ? "" : TypedText.of(!value.strip().equals("0"));
      // What a formula could not compute is no value.
      case "e" -> "";
      case "str", "inlineStr", "d" -> value;
      case null, default -> numeric(value, style);
    };
  }

  private String shared(String value) {
    long index = value.isBlank() ? -1 : number(value.strip(), Long.MAX_VALUE);
    if (index >= strings.count()) {
      throw new DataException(file.name() + ", row " + row + ": a cell names text number " + value.strip()
          + " of the workbook, which has " + strings.count());
    }
    return index < 0 ? "" : strings.get((int) index);
  }

  private String numeric(String value, int style) {
    if (value.isBlank()) {
      return "";
    }
    double number;
    try {
      number = Double.parseDouble(value.strip());
    } catch (NumberFormatException e) {
      return value;
    }
    return workbook.dates().text(number, formats.kind(style));
  }

  @Override
  public void close() {
    close(plain, strings, xml);
  }

  private static void close(PlainFile plain, @Nullable SharedStrings strings, @Nullable XmlPart xml) {
    try (plain; strings; xml) {
      // All are closed, also where one of them fails.
      return;
    }
  }
}
