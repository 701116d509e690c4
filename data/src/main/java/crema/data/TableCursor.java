package crema.data;

import crema.base.NameList;
import crema.base.json.JsonValues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows of a table with named columns. */
final class TableCursor extends FileCursor {
  private static final Predicate<String> HAS_BLANK = Pattern.compile("\\S\\s+\\S+\\s+\\S").asPredicate();

  private final TableReader records;
  private final List<String> header;
  private final int width;
  /** How many columns there are up to the last one that has a name. */
  private final int named;
  /** Where the columns are of which texts are made. */
  private final int[] text;
  private final Map<String, Integer> bySource = new HashMap<>();
  private final int[] label;
  private final int group;
  private final int language;
  private final int weight;
  private final int picture;
  private final int[] kept;
  /** The columns whose values mean something here. */
  private final int[] read;

  TableCursor(DataFile file, TableReader records, Columns columns, ProblemListener listener) {
    super(file, columns, listener);
    this.records = records;
    header = header(file, records);
    width = header.size();
    named = IntStream.rangeClosed(1, width).filter(count -> !header.get(count - 1).isEmpty()).max().orElse(0);
    List<String> sources = columns.sources(header);
    text = sources.stream().mapToInt(name -> index(header, name)).toArray();
    for (int i = 0; i < text.length; i++) {
      bySource.put(sources.get(i), text[i]);
    }
    label = columns.label().stream().mapToInt(name -> index(header, name)).toArray();
    group = index(header, columns.group());
    language = index(header, columns.language());
    weight = index(header, columns.weight());
    picture = index(header, pictureColumn());
    kept = columns.kept().stream().mapToInt(name -> index(header, name)).toArray();
    read = IntStream
        .concat(IntStream.concat(IntStream.of(text), IntStream.of(label)),
            IntStream.of(group, language, weight, picture))
        .filter(column -> column >= 0).distinct().toArray();
  }

  /** The names of the columns, which are the first record of a table. */
  static List<String> header(DataFile file, TableReader records) {
    if (!records.advance()) {
      throw new DataException(file.name() + " has no header");
    }
    var problem = records.problem();
    if (problem != null) {
      throw new DataException("the header cannot be read: " + problem.message());
    }
    return records.fields().stream().map(String::strip).toList();
  }

  @Override
  boolean advance() {
    while (records.advance()) {
      // A line of blanks is as empty as one of none.
      if (width == 1 || records.problem() != null || records.fields().size() > 1
          || !records.fields().getFirst().isBlank()) {
        return true;
      }
    }
    return false;
  }

  @Override
  long line() {
    return records.line();
  }

  @Override
  @Nullable
  RowProblem problem() {
    RowProblem problem = records.problem();
    return problem != null && problem.fault() == RowFault.INVALID_UTF8 && isBesideTheColumns() ? null : problem;
  }

  /** Whether what is no character stands in fields that nobody wants. */
  private boolean isBesideTheColumns() {
    List<String> record = records.fields();
    return record.size() == width
        && IntStream.concat(IntStream.of(read), IntStream.of(kept).filter(column -> column >= 0))
            .noneMatch(column -> record.get(column).indexOf('\uFFFD') >= 0);
  }

  @Override
  Row read() {
    var record = records.fields();
    if (record.size() > width && record.subList(width, record.size()).stream().allMatch(String::isBlank)) {
      // Some programs end each record with a separator, or with as many as the longest has.
      listener.note(file.name() + ": rows end with empty fields that the header does not have, which are left out");
      record = record.subList(0, width);
    }
    if (width > 1 && record.getFirst().strip().equals(header.getFirst())
        && record.stream().map(String::strip).toList().equals(header)) {
      throw new RowRejected(RowFault.LEFT_OUT, "the header once more");
    }
    if (record.size() >= named && record.size() < width) {
      // The header ends with separators, and the rows do not.
      record = new ArrayList<>(record);
      record.addAll(Collections.nCopies(width - record.size(), ""));
    }
    if (record.size() != width) {
      throw new RowRejected(RowFault.FIELD_COUNT, record.size() + " fields, but the header has " + width);
    }
    List<String> whole = record;
    record = withoutMissing(record);
    var labels = label.length == 0 ? List.<String>of() : labels(select(record, label));
    return row(texts(record), labels, optional(record, group), optional(record, language),
        select(whole, kept).stream().map(JsonValues::toJson).toList(), weight(optional(record, weight)),
        optional(record, picture));
  }

  @Override
  public void close() {
    records.close();
  }

  /** The text columns of a record. */
  private List<String> texts(List<String> record) {
    if (made == null) {
      return select(record, text);
    }
    return made.fields(name -> {
      String cell = cell(record, name);
      // A column that the table has, and that is empty, is no path that leads nowhere.
      return bySource.getOrDefault(name, -1) < 0 ? null : JsonValues.toJson(cell.isEmpty() ? null : cell);
    }, name -> cell(record, name));
  }

  /** What a record has in a column that the recipe reads; empty where the table has no such column. */
  private String cell(List<String> record, String name) {
    int column = bySource.getOrDefault(name, -1);
    return column < 0 ? "" : record.get(column);
  }

  @Override
  Set<String> names() {
    return new LinkedHashSet<>(header);
  }

  /** The fields of a record, those empty that hold a word for no value. */
  private List<String> withoutMissing(List<String> record) {
    List<String> fields = record;
    for (int column : read) {
      if (isForNoValue(record.get(column), header.get(column))) {
        fields = fields == record ? new ArrayList<>(record) : fields;
        fields.set(column, "");
      }
    }
    return fields;
  }

  private List<String> labels(List<String> cells) {
    if (columns.labelFormat().oneHot()) {
      return columns.labelFormat().named(columns.label(), cells);
    }
    if (cells.stream().allMatch(String::isBlank)) {
      throw missingLabel();
    }
    var format = columns.labelFormat();
    if (cells.size() == 1) {
      return format.parse(cells.getFirst());
    }
    if (format.manySeparator() == null) {
      return List.of(format.joined(cells));
    }
    return cells.stream()
        .filter(cell -> !cell.isBlank())
        .flatMap(cell -> format.parse(cell).stream())
        .distinct()
        .toList();
  }

  /** Where a column stands; -1 where there is to be none. */
  private int index(List<String> header, @Nullable String name) {
    if (name == null || columns.absent().contains(name)) {
      return -1;
    }
    int index = header.indexOf(name);
    if (index < 0 && header.getFirst().startsWith("<")) {
      throw new DataException(
          file.name() + " is a web page or XML and no table: download the file itself, or write its rows "
              + "as CSV or JSON lines");
    }
    if (index < 0 && header.size() == 1 && !columns.all(header).contains(header.getFirst())) {
      throw new DataException(file.name() + " has a single column, '" + NameList.of(header) + "', and not '" + name
          + "'; are its fields separated as its name says? If not, say how with --separator");
    }
    if (index < 0 && columns.all(header).stream().noneMatch(header::contains) && header.stream().anyMatch(HAS_BLANK)) {
      throw new DataException(file.name() + " has no column '" + name + "'. It has: " + NameList.of(header)
          + ". If that is a row and no header, --no-header calls columns by their numbers");
    }
    if (index < 0) {
      throw Columns.missing(file.name(), name, header);
    }
    if (header.lastIndexOf(name) != index) {
      throw new DataException(file.name() + " has more than one column '" + name + "': rename the one that is meant");
    }
    return index;
  }

  private static List<String> select(List<String> record, int[] columns) {
    var cells = new ArrayList<String>(columns.length);
    for (int column : columns) {
      cells.add(column < 0 ? "" : record.get(column));
    }
    return cells;
  }

  private static @Nullable String optional(List<String> record, int column) {
    return column < 0 || record.get(column).isBlank() ? null : record.get(column);
  }
}
