package crema.corpus;

import crema.base.AtomicFile;
import crema.report.Html;
import crema.report.HtmlPage;
import crema.report.HtmlTable;
import crema.report.Numbers;
import crema.report.TerminalStyle;
import crema.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was found in a file, for a terminal and as a page. */
public final class DiscoveryReport {
  /** The page. */
  public static final String PAGE = "discover.html";

  private static final int PAGE_MEMBERS = 1000;
  private static final int PAGE_VALUES = 30;
  private static final int PAGE_LABELS = 200;
  private static final int SHOWN_LANGUAGES = 6;
  private static final int SHOWN_EXAMPLE = 40;

  private final Discovery found;

  /** A report of what was found. */
  public DiscoveryReport(Discovery found) {
    this.found = found;
  }

  /**
   * Tables for a terminal.
   *
   * @param most how many members, fields and labels to show at most
   */
  public String terminal(TerminalStyle style, int most) {
    var out = new StringBuilder();
    List<Discovery.Member> members = found.members();
    out.append(String.format(Locale.ROOT, "%s: %s, %s rows\n\n", found.file(),
        members.size() == 1 ? "1 file" : Numbers.count(members.size()) + " members", Numbers.count(rows())));
    var table = new TextTable(new TextTable.Text("Member"), new TextTable.Number("Bytes"), new TextTable.Number("Rows"),
        new TextTable.Text("What"));
    members.stream().limit(most).forEach(member -> table.row(member.name(), Numbers.count(member.bytes()),
        Numbers.count(member.rows()), member.schema()));
    out.append(table.render(style)).append(more(most, members.size()));
    for (SchemaCounts schema : found.schemas()) {
      out.append(String.format(Locale.ROOT,
          "\n%s: %s rows%s\n", schema.name(), Numbers.count(schema.rows()), bad(schema)));
      var fields =
          new TextTable(new TextTable.Text("Field"), new TextTable.Text("Types"), new TextTable.Number("Filled"),
              new TextTable.Number("Values"), new TextTable.Number("Length"), new TextTable.Text("Example"));
      schema.fields().entrySet().stream().limit(most).forEach(entry -> fields.row(entry.getKey(),
          types(entry.getValue()), filled(schema, entry.getValue()), distinct(entry.getValue()),
          length(entry.getValue()), example(entry.getValue())));
      out.append(fields.render(style)).append(more(most, schema.fields().size())).append(others(schema, "\n"));
    }
    String source = found.labelSource();
    if (source != null) {
      out.append("\nRows by label (").append(source).append(")\n");
      var labels = new TextTable(new TextTable.Text("Label"), new TextTable.Number("Rows"),
          new TextTable.Text("Languages"));
      found.labels().top(most).forEach(
          entry -> labels.row(entry.value(), Numbers.count(entry.count()), languages(entry.value())));
      out.append(labels.render(style)).append(more(most, found.labels().distinct()));
    }
    out.append("\nRows by language").append(detected()).append(": ").append(shown(found.languages(), most))
        .append('\n');
    return out.toString();
  }

  private long rows() {
    return found.schemas().stream().mapToLong(SchemaCounts::rows).sum();
  }

  private static String more(int shown, int all) {
    return shown < all ? String.format(Locale.ROOT, "… and %s more\n", Numbers.count(all - shown)) : "";
  }

  private static String bad(SchemaCounts schema) {
    return schema.bad() == 0 ? "" : String.format(Locale.ROOT, ", %s lines that are none", Numbers.count(schema.bad()));
  }

  private static String others(SchemaCounts schema, String end) {
    return schema.others() == 0 ? "" : String.format(Locale.ROOT,
        "%s values have names beyond the first %s, which are told apart%s",
        Numbers.count(schema.others()), Numbers.count(SchemaCounts.MOST_FIELDS), end);
  }

  private static String types(FieldCounts field) {
    long all = field.types().values().stream().mapToLong(Long::longValue).sum();
    return field.types().entrySet().stream().sorted(Map.Entry.<FieldCounts.Type, Long>comparingByValue().reversed())
        .map(entry -> entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' ')
            + (field.types().size() == 1 ? "" : " " + Numbers.percent(entry.getValue() / (double) all)))
        .collect(Collectors.joining(", "));
  }

  private static String filled(SchemaCounts schema, FieldCounts field) {
    return Numbers.percent(field.filled() / (double) Math.max(1, schema.rows()));
  }

  private static String distinct(FieldCounts field) {
    return (field.values().others() > 0 ? ">" : "") + Numbers.count(field.values().distinct());
  }

  private static String length(FieldCounts field) {
    return String.format(Locale.ROOT, "%.0f", field.meanLength());
  }

  private static String example(FieldCounts field) {
    if (field.examples().isEmpty()) {
      return "";
    }
    String first = field.examples().getFirst().replaceAll("\\s+", " ");
    return first.length() <= SHOWN_EXAMPLE ? first : first.substring(0, SHOWN_EXAMPLE - 1) + "…";
  }

  private String languages(String label) {
    TopCounts counts = found.languagesByLabel().get(label);
    return counts == null ? "" : shown(counts, SHOWN_LANGUAGES);
  }

  private static String shown(TopCounts counts, int most) {
    String all = counts.top(most).stream().map(entry -> entry.value() + " " + Numbers.count(entry.count()))
        .collect(Collectors.joining(", "));
    return all.isEmpty() ? "none" : all;
  }

  private String detected() {
    return found.detected() == 0 ? "" : String.format(Locale.ROOT,
        " (detected in %s of them)", Numbers.count(found.detected()));
  }

  /** Writes the page, whole or not at all. */
  public void write(Path folder) throws IOException {
    AtomicFile.writeText(folder.resolve(PAGE), page());
  }

  private String page() {
    var out = new StringBuilder("<header><h1>" + Html.isolated("What is in " + found.file()) + "</h1></header>\n");
    List<Discovery.Member> members = found.members();
    HtmlTable table = HtmlTable.sortable(2, "Member", "What", "Bytes", "Rows");
    members.stream().limit(PAGE_MEMBERS).forEach(member -> table.row().text(member.name()).text(member.schema())
        .count(member.bytes()).count(member.rows()));
    section(out, "Members", String.format(Locale.ROOT,
        "%s with %s rows. %s", Numbers.count(members.size()), Numbers.count(rows()),
        more(PAGE_MEMBERS, members.size())), table.render());
    for (SchemaCounts schema : found.schemas()) {
      section(out, schema.name(), Numbers.count(schema.rows()) + " rows" + bad(schema) + ". " + others(schema, "."),
          fields(schema));
    }
    String source = found.labelSource();
    if (source != null) {
      HtmlTable labels = HtmlTable.sortable(1, "Label", "Rows");
      found.labels().top(PAGE_LABELS).forEach(entry -> labels.row().text(entry.value()).count(entry.count()));
      section(out, "Labels", "By " + source + ". " + more(PAGE_LABELS, found.labels().distinct()), labels.render());
    }
    section(out, "Languages", "Rows by language" + detected() + ".", matrix());
    return HtmlPage.of("What is in " + found.file(), out.toString());
  }

  private static void section(StringBuilder out, String heading, String note, String content) {
    out.append("<section><h2>").append(Html.isolated(heading)).append("</h2>\n<p class=\"note\">")
        .append(Html.escape(note)).append("</p>\n").append(content).append("</section>\n");
  }

  private static String fields(SchemaCounts schema) {
    HtmlTable table =
        HtmlTable.sortable(4, "Field", "Types", "Examples", "Most frequent", "Filled", "Values", "Mean length",
            "Longest");
    schema.fields().forEach((name, field) -> table.row().text(name).text(types(field))
        .text(String.join(" · ", field.examples())).text(frequent(field))
        .bar(Math.min(1, field.filled() / (double) Math.max(1, schema.rows())))
        .number(distinct(field), field.values().distinct()).number(length(field), field.meanLength())
        .count(field.longest()));
    return table.render();
  }

  /** Values that say something: those of a field that has few. */
  private static String frequent(FieldCounts field) {
    return field.values().others() > 0 || field.values().distinct() * 2L > field.filled() ? ""
        : shown(field.values(), PAGE_VALUES);
  }

  private String matrix() {
    List<String> columns = found.languages().top(SHOWN_LANGUAGES * 2).stream().map(TopCounts.Entry::value).toList();
    var headings = new String[columns.size() + 1];
    headings[0] = "Label";
    for (int i = 0; i < columns.size(); i++) {
      headings[i + 1] = columns.get(i);
    }
    HtmlTable table = HtmlTable.sortable(1, headings);
    found.languagesByLabel().forEach((label, counts) -> {
      Map<String, Long> known = counts.top(TopCounts.MOST).stream()
          .collect(Collectors.toMap(TopCounts.Entry::value, TopCounts.Entry::count));
      table.row().text(label);
      columns.forEach(language -> table.count(known.getOrDefault(language, 0L)));
    });
    return table.render();
  }
}
