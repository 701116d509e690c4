package crema.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The members of a model that is made of several: facts named {@code Member NAME}, whose values are cells such as
 * {@code score 0.953; size 2.6 MB}, the first word of each its column.
 *
 * @param columns the headings after the name
 * @param rows the cells of each member by its name, one a column
 */
record MemberTable(List<String> columns, Map<String, List<String>> rows) {
  private static final String MEMBER = "Member ";
  private static final String NOTHING = "–";

  /** Whether a fact is a row of the table. */
  static boolean isRow(String fact) {
    return fact.startsWith(MEMBER);
  }

  /** The table of those facts that are its rows; empty if none is. */
  static Optional<MemberTable> of(Map<String, String> facts) {
    var columns = new LinkedHashSet<String>();
    var members = new LinkedHashMap<String, Map<String, String>>();
    facts.forEach((fact, value) -> {
      if (isRow(fact)) {
        var cells = new LinkedHashMap<String, String>();
        Stream.of(value.split("; ")).map(cell -> cell.split(" ", 2))
            .forEach(cell -> cells.put(cell[0], cell.length > 1 ? cell[1] : ""));
        columns.addAll(cells.keySet());
        members.put(fact.substring(MEMBER.length()), cells);
      }
    });
    var rows = new LinkedHashMap<String, List<String>>();
    members.forEach((name, cells) -> rows.put(name,
        columns.stream().map(column -> cells.getOrDefault(column, NOTHING)).toList()));
    return rows.isEmpty() ? Optional.empty() : Optional.of(new MemberTable(List.copyOf(columns), rows));
  }

  /** For a terminal. */
  TextTable text() {
    var headings = new ArrayList<TextTable.Column>(List.of(new TextTable.Text("Member")));
    columns.forEach(column -> headings.add(new TextTable.Number(heading(column))));
    var table = new TextTable(headings.toArray(TextTable.Column[]::new));
    rows.forEach((name, cells) -> table.row(Stream.concat(Stream.of(name), cells.stream()).toArray(String[]::new)));
    return table;
  }

  /** For a page. */
  HtmlTable html() {
    var table = HtmlTable.plain(columns.size() + 1,
        Stream.concat(Stream.of("Member"), columns.stream().map(MemberTable::heading)).toArray(String[]::new));
    rows.forEach((name, cells) -> {
      table.row().text(name);
      cells.forEach(table::text);
    });
    return table;
  }

  private static String heading(String column) {
    return Character.toUpperCase(column.charAt(0)) + column.substring(1);
  }
}
