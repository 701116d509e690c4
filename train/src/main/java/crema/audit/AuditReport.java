package crema.audit;

import crema.base.AtomicFile;
import crema.base.json.ObjectNode;
import crema.report.Html;
import crema.report.HtmlPage;
import crema.report.HtmlTable;
import crema.report.Numbers;
import crema.report.TerminalStyle;
import crema.report.TextTable;
import crema.run.LookAlikes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an audit found, for people and programs. */
public final class AuditReport {
  /** The page. */
  public static final String PAGE = "audit.html";
  /** All rows with labels, those that are the most doubtful first. */
  public static final String ROWS = "rows.jsonl";
  /** Rows with nearly the same text and other labels. */
  public static final String CONFLICTS = "conflicts.jsonl";
  /** Labels that are taken for each other, or look alike. */
  public static final String LABELS = "labels.jsonl";
  /** Rows to label next. */
  public static final String NEXT = "next.jsonl";
  /** The labels that doubtful rows should have, for a training. */
  public static final String CORRECTIONS = "corrections.csv";

  private static final int SHOWN_ROWS = 200;
  private static final int SHOWN_PAIRS = 100;

  private final Audit audit;
  private final String title;

  /**
   * A report.
   *
   * @param title names the data
   */
  public AuditReport(Audit audit, String title) {
    this.audit = audit;
    this.title = title;
  }

  /** Writes all files, each whole or not at all. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    RowFiles.jsonLines(folder.resolve(ROWS), audit.ranking(), AuditReport::json);
    RowFiles.jsonLines(folder.resolve(CONFLICTS), audit.conflicts(), AuditReport::json);
    RowFiles.jsonLines(folder.resolve(LABELS), audit.overlaps(), AuditReport::json);
    RowFiles.jsonLines(folder.resolve(NEXT), audit.next(), AuditReport::json);
    RowFiles.corrections(folder.resolve(CORRECTIONS), audit.doubtful().stream()
        .map(row -> new RowFiles.Correction(row.row().text(), row.suggested())).toList());
    AtomicFile.writeText(folder.resolve(PAGE), page());
  }

  private static ObjectNode json(Judgement row) {
    ObjectNode object = RowFiles.row(row.row()).put("confidence", RowFiles.rounded(row.confidence()))
        .put("doubtful", row.isDoubtful());
    if (!row.isJudged()) {
      object.put("judged", false);
    }
    RowFiles.addLabels(object, "suggested", row.suggested());
    return object.put("likeliest", row.likeliest()).put("probability", RowFiles.rounded(row.probability()));
  }

  private static ObjectNode json(Conflict conflict) {
    var object = new ObjectNode().put("similarity", RowFiles.rounded(conflict.similarity()));
    object.set("first", RowFiles.row(conflict.first()));
    object.set("second", RowFiles.row(conflict.second()));
    return object;
  }

  private static ObjectNode json(LabelOverlap overlap) {
    return new ObjectNode().put("first", overlap.first()).put("second", overlap.second())
        .put("first_as_second", overlap.firstAsSecond()).put("second_as_first", overlap.secondAsFirst())
        .put("share", RowFiles.rounded(overlap.share()));
  }

  private static ObjectNode json(NextRow row) {
    ObjectNode object = new ObjectNode().put("file", row.row().row().meta().file()).put("row", row.row().number())
        .put("line", row.row().row().meta().line()).put("text", row.row().text());
    return object.put("uncertainty", RowFiles.rounded(row.uncertainty())).put("likeliest", row.likeliest())
        .put("probability", RowFiles.rounded(row.probability()));
  }

  /** Tables for a terminal. */
  public String terminal(TerminalStyle style, int most) {
    List<Judgement> doubtful = audit.doubtful();
    var out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "%,d rows with labels, %,d labels, %,d rows without labels\n",
        audit.rows().labelled().size(), audit.rows().labels().size(), audit.rows().unlabelled().size()));
    out.append(String.format(Locale.ROOT, "Probably mislabelled: %,d rows (%s)\n", doubtful.size(),
        Numbers.percent((double) doubtful.size() / audit.rows().labelled().size())));
    if (audit.unjudged() > 0) {
      out.append(String.format(Locale.ROOT, "Not judged, as no other row has their label: %,d\n", audit.unjudged()));
    }
    out.append(String.format(Locale.ROOT, "Nearly the same text, other labels: %,d pairs\n", audit.conflicts().size()));
    out.append(String.format(Locale.ROOT, "Labels that are taken for each other: %,d pairs\n",
        audit.overlaps().size()));
    audit.lookAlikes().forEach(group -> out.append("Labels that look alike: ")
        .append(group.stream().map(LookAlikes::shown).collect(Collectors.joining(", "))).append('\n'));
    if (!doubtful.isEmpty()) {
      var table = new TextTable(new TextTable.Number("Line"), new TextTable.Text("Label"),
          new TextTable.Text("Rather"), new TextTable.Number("Confidence"), new TextTable.Text("Text"));
      doubtful.stream().limit(most).forEach(row -> table.row(String.valueOf(row.row().row().meta().line()),
          labels(row.row().row().labels()), rather(row), Numbers.metric(row.confidence()),
          row.row().text()));
      out.append('\n').append(table.render(style));
    }
    if (!audit.overlaps().isEmpty()) {
      var table = new TextTable(new TextTable.Text("Labels"), new TextTable.Text("taken for each other"),
          new TextTable.Number("Rows"), new TextTable.Number("Share"));
      audit.overlaps().stream().limit(most).forEach(overlap -> table.row(overlap.first(), overlap.second(),
          Numbers.count(overlap.count()), Numbers.percent(overlap.share())));
      out.append('\n').append(table.render(style));
    }
    return out.toString();
  }

  private static String labels(List<String> labels) {
    return labels.isEmpty() ? "(none)" : String.join(", ", labels);
  }

  /** The label that a row should have; of several what changes. */
  private static String rather(Judgement row) {
    List<String> given = row.row().row().labels();
    if (given.size() == 1 && row.suggested().size() == 1) {
      return row.suggested().getFirst();
    }
    return Stream.concat(
        row.suggested().stream().filter(label -> !given.contains(label)).map(label -> "+ " + label),
        given.stream().filter(label -> !row.suggested().contains(label)).map(label -> "- " + label))
        .collect(Collectors.joining(", "));
  }

  private String page() {
    var out = new StringBuilder("<header><h1>" + Html.isolated(title) + "</h1></header>\n");
    List<Judgement> doubtful = audit.doubtful();
    out.append("<section class=\"tiles\">");
    RowPage.tile(out, "Rows with labels", audit.rows().labelled().size(), Numbers.count(audit.rows().labels().size())
        + " labels");
    RowPage.tile(out, "Probably mislabelled", doubtful.size(),
        Numbers.percent((double) doubtful.size() / audit.rows().labelled().size()));
    RowPage.tile(out, "Conflicts", audit.conflicts().size(), "nearly the same text");
    RowPage.tile(out, "Confused labels", audit.overlaps().size(), "pairs");
    RowPage.tile(out, "To label next", audit.next().size(), "of " + Numbers.count(audit.rows().unlabelled().size()));
    out.append("</section>\n");
    rows(out, doubtful);
    conflicts(out);
    overlaps(out);
    next(out);
    return HtmlPage.of(title, out.toString());
  }

  private static void rows(StringBuilder out, List<Judgement> doubtful) {
    if (doubtful.isEmpty()) {
      RowPage.section(out, "Probably mislabelled",
          "No row: models that were not trained on a row find no other label more probable than its own.", "");
      return;
    }
    var table = HtmlTable.sortable(4, "Where", "Text", "Label", "Rather", "Confidence", "Probability");
    doubtful.stream().limit(SHOWN_ROWS).forEach(row -> table.row().text(row.row().location())
        .text(RowPage.shortened(row.row().text())).text(labels(row.row().row().labels())).text(rather(row))
        .metric(row.confidence()).metric(row.probability()));
    RowPage.section(out, "Probably mislabelled",
        "Judged by models that were not trained on the row: how probable its label is, and how probable another."
            + RowPage.shownOf(SHOWN_ROWS, doubtful.size(), ROWS),
        table.render());
  }

  private void conflicts(StringBuilder out) {
    if (audit.conflicts().isEmpty()) {
      return;
    }
    var table = HtmlTable.sortable(6, "Where", "Text", "Label", "Where", "Text", "Label", "Similarity");
    audit.conflicts().stream().limit(SHOWN_PAIRS).forEach(conflict -> {
      table.row();
      for (AuditRow row : List.of(conflict.first(), conflict.second())) {
        table.text(row.location()).text(RowPage.shortened(row.text())).text(labels(row.row().labels()));
      }
      table.metric(conflict.similarity());
    });
    RowPage.section(out, "Nearly the same text, other labels",
        "One of the two is wrong, or the text does not say what tells the labels apart."
            + RowPage.shownOf(SHOWN_PAIRS, audit.conflicts().size(), CONFLICTS),
        table.render());
  }

  private void overlaps(StringBuilder out) {
    audit.lookAlikes().forEach(group -> RowPage.section(out, "Labels that look alike", "One label in two spellings.",
        "<p>" + group.stream().map(label -> Html.isolated(LookAlikes.shown(label))).collect(Collectors.joining(", "))
            + "</p>\n"));
    if (audit.overlaps().isEmpty()) {
      return;
    }
    var table = HtmlTable.sortable(2, "Label", "Other label", "As the other", "And back", "Share of both");
    audit.overlaps().stream().limit(SHOWN_PAIRS).forEach(overlap -> table.row().text(overlap.first())
        .text(overlap.second()).count(overlap.firstAsSecond()).count(overlap.secondAsFirst()).bar(overlap.share()));
    RowPage.section(out, "Labels that are taken for each other",
        "Rows of one label that are more like the other."
            + RowPage.shownOf(SHOWN_PAIRS, audit.overlaps().size(), LABELS),
        table.render());
  }

  private void next(StringBuilder out) {
    if (audit.next().isEmpty()) {
      return;
    }
    var table = HtmlTable.sortable(3, "Where", "Text", "Likeliest", "Probability", "Uncertainty");
    audit.next().stream().limit(SHOWN_ROWS).forEach(row -> table.row().text(row.row().location())
        .text(RowPage.shortened(row.row().text())).text(row.likeliest()).metric(row.probability())
        .metric(row.uncertainty()));
    RowPage.section(out, "What to label next", "Rows without a label: uncertain ones, each unlike those before it."
        + RowPage.shownOf(SHOWN_ROWS, audit.next().size(), NEXT), table.render());
  }
}
