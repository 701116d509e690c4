package crema.family.linear;

import crema.base.NearestName;
import crema.base.UserError;
import crema.data.FieldText;
import crema.data.Row;
import crema.data.TextColumn;
import crema.data.TextJoiner;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The texts that a row has for the spaces of features: one of its columns, or all of them joined.
 *
 * @param columns the columns that are told apart in a text, as {@link FieldText} has them; none where a text is all
 *     that there is to read
 */
record TextViews(List<TextColumn> columns) {
  /** Stands between columns that are read together. */
  static final String PLUS = "+";

  private static final String PLUS_PATTERN = Pattern.quote(PLUS);

  private static final Pattern WORD = Pattern.compile("\\S+");

  static final TextViews WHOLE = new TextViews(List.of());

  TextViews {
    columns = List.copyOf(columns);
  }

  /**
   * The views of a run.
   *
   * @param text the text columns, as settings have them
   * @param read what spaces read of a text: a column, or all joined
   */
  static TextViews of(List<String> text, Stream<Optional<String>> read) {
    return read.allMatch(Optional::isEmpty) ? WHOLE : new TextViews(TextColumn.parseAll(text));
  }

  /**
   * What a name of a column stands for: itself, or, where it is {@link TermSpace#JOINED}, all columns.
   *
   * @param setting where the name stands, for messages
   * @throws UserError when there is no such text column
   */
  static Optional<String> requireColumn(String name, List<String> columns, String setting) {
    if (name.equals(TermSpace.JOINED)) {
      return Optional.empty();
    }
    for (String part : parts(name)) {
      if (!columns.contains(part)) {
        throw new UserError(setting + " names the column '" + part + "', which is none of the text columns "
            + String.join(", ", columns) + NearestName.suggestion(part, columns));
      }
    }
    return Optional.of(name);
  }

  /** The text of a row as the model reads it. */
  String text(Row row) {
    return columns.isEmpty() ? row.text() : FieldText.of(row);
  }

  /**
   * What a space reads of texts.
   *
   * @param column the name of one column, or those of several; empty for all, joined
   */
  List<String> of(List<String> texts, Optional<String> column) {
    if (columns.isEmpty()) {
      return texts;
    }
    if (column.isEmpty()) {
      return texts.stream().map(text -> TextColumn.compose(columns, fields(text), TextJoiner.SPACE)).toList();
    }
    int[] indices = parts(column.get()).stream().mapToInt(TextColumn.names(columns)::indexOf).toArray();
    return texts.stream().map(text -> {
      List<String> fields = fields(text);
      return Arrays.stream(indices).filter(index -> index < fields.size()).mapToObj(index -> fields.get(index).strip())
          .filter(field -> !field.isEmpty()).collect(Collectors.joining(" "));
    }).toList();
  }

  /**
   * What a space reads of a text, and where in the text each of its characters is.
   *
   * @param text what {@link #of} makes of a text
   * @param places of its characters; -1 for those that are not in the text
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Placed(String text, int[] places) {
    /** The places of some of its characters. */
    int[] places(int from, int to) {
      return Arrays.copyOfRange(places, from, to);
    }
  }

  /** The same as {@link #of} for one text, with the places of characters. */
  Placed placed(String text, Optional<String> column) {
    String read = of(List.of(text), column).getFirst();
    if (columns.isEmpty()) {
      return new Placed(read, IntStream.range(0, text.length()).toArray());
    }
    var places = new int[read.length()];
    Arrays.fill(places, -1);
    List<String> fields = fields(text);
    int[] order = column.map(name -> parts(name).stream().mapToInt(TextColumn.names(columns)::indexOf))
        .orElse(IntStream.range(0, columns.size())).filter(index -> index < fields.size()).toArray();
    int at = 0;
    for (int index : order) {
      String prefix = column.isEmpty() ? columns.get(index).prefix() : "";
      int start = fields.subList(0, index).stream().mapToInt(field -> field.length() + 1).sum();
      for (int times = column.isEmpty() ? columns.get(index).weight() : 1; times > 0; times--) {
        at = place(fields.get(index), start, prefix, read, at, places);
      }
    }
    return new Placed(read, places);
  }

  /** Finds the characters of a field, which are in what is read in their order but for white space. */
  private static int place(String field, int start, String prefix, String read, int from, int[] places) {
    int at = from;
    for (Matcher words = WORD.matcher(field); words.find();) {
      at = read.indexOf(prefix + words.group(), at) + prefix.length();
      for (int i = words.start(); i < words.end(); i++) {
        places[at++] = start + i;
      }
    }
    return at;
  }

  /** The columns that a name stands for: it may be several names, with {@link #PLUS} between them. */
  private static List<String> parts(String column) {
    return List.of(column.split(PLUS_PATTERN));
  }

  private List<String> fields(String text) {
    List<String> fields = FieldText.fields(text);
    if (fields.size() > columns.size()) {
      throw new UserError("a text has " + fields.size() + " columns, but the model reads "
          + String.join(", ", TextColumn.names(columns)));
    }
    return fields;
  }

  /** Whether there is such a column, or there are such columns, to read; all columns joined there always are. */
  boolean has(Optional<String> column) {
    return column.isEmpty() || TextColumn.names(columns).containsAll(parts(column.get()));
  }
}
