package crema.excel;

import crema.data.DataException;
import crema.data.ZipArchive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the numbers in cells are, by the formats of the cells (ECMA-376 part 1, sections 18.8.30 and 18.8.45).
 *
 * @param kinds by the number of the cell's style
 */
record CellFormats(List<Kind> kinds) {
  /** No formats: all numbers are numbers. */
  static final CellFormats NONE = new CellFormats(List.of());

  /** What a number stands for. */
  enum Kind {
    /** Itself. */
    NUMBER,
    /** Days since the beginning of the calendar. */
    DATE,
    /** Days, and the time of the day as a fraction. */
    DATE_TIME,
    /** A fraction of a day. */
    TIME
  }

  /** Excel has 65,490. */
  private static final int MOST_FORMATS = 1 << 17;

  /** What in a format is no letter of a date: texts, colours, conditions and places, and characters that are escaped. */
  private static final Pattern NO_LETTERS =
      Pattern.compile("\"[^\"]*\"?|\\\\.|[_*].|\\[(?![hms]+\\])[^\\]]*\\]?", Pattern.DOTALL);

  /**
   * Reads the formats.
   *
   * @param workbook what the archive is called in messages
   */
  static CellFormats read(ZipArchive archive, String workbook, String part) throws IOException {
    Map<String, Kind> named = new HashMap<>();
    var kinds = new ArrayList<Kind>();
    try (var xml = new XmlPart(archive, workbook, part)) {
      boolean isOfCells = false;
      while (xml.next()) {
        isOfCells = xml.begins("cellXfs") || isOfCells && !xml.ends("cellXfs");
        if (kinds.size() > MOST_FORMATS || named.size() > MOST_FORMATS) {
          throw new DataException(
              workbook + " has more than " + MOST_FORMATS + " formats of cells, which no workbook has");
        }
        if (xml.begins("numFmt")) {
          String code = xml.attribute("formatCode");
          named.put(String.valueOf(xml.attribute("numFmtId")), code == null ? Kind.NUMBER : kind(code));
        } else if (isOfCells && xml.begins("xf")) {
          String id = String.valueOf(xml.attribute("numFmtId"));
          kinds.add(named.containsKey(id) ? named.get(id) : builtIn(id));
        }
      }
    }
    return new CellFormats(List.copyOf(kinds));
  }

  /** What the formats are that have no code in the file. */
  private static Kind builtIn(String id) {
    return switch (id) {
      case "14", "15", "16", "17", "27", "28", "29", "30", "31", "36", "50", "51", "52", "53", "54", "57", "58" ->
          Kind.DATE;
      case "18", "19", "20", "21", "32", "33", "34", "35", "45", "46", "47", "55", "56" -> Kind.TIME;
      case "22" -> Kind.DATE_TIME;
      default -> Kind.NUMBER;
    };
  }

  /** What a format's code shows. */
  static Kind kind(String code) {
    String letters = NO_LETTERS.matcher(code.split(";", 2)[0]).replaceAll("").toLowerCase(Locale.ROOT)
        .replace("am/pm", "").replace("a/p", "");
    if (letters.contains("general") || letters.indexOf('#') >= 0 || letters.indexOf('?') >= 0) {
      return Kind.NUMBER;
    }
    boolean hasTime = letters.indexOf('h') >= 0 || letters.indexOf('s') >= 0;
    boolean hasDate = letters.indexOf('y') >= 0 || letters.indexOf('d') >= 0 || !hasTime && letters.indexOf('m') >= 0;
    return hasDate && hasTime ? Kind.DATE_TIME : hasDate ? Kind.DATE : hasTime ? Kind.TIME : Kind.NUMBER;
  }

  /** What a number is in a cell with a style; {@code style} is what the file says. */
  Kind kind(int style) {
    return style >= 0 && style < kinds.size() ? kinds.get(style) : Kind.NUMBER;
  }
}
