package crema.audit;

import crema.audit.ErrorAnalysis.Confusion;
import crema.audit.WrongAnswer.Group;
import crema.audit.WrongAnswer.NearRow;
import crema.base.AtomicFile;
import crema.base.json.ArrayNode;
import crema.base.json.ObjectNode;
import crema.classify.AnswerMarks;
import crema.classify.Classifier;
import crema.classify.ItemPicture;
import crema.report.Html;
import crema.report.HtmlPage;
import crema.report.HtmlTable;
import crema.report.MarkedText;
import crema.report.Numbers;
import crema.report.TerminalStyle;
import crema.report.TextTable;
import crema.run.Thumbnails;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The wrong answers of a model, for people and programs. */
public final class ErrorReport {
  /** The page. */
  public static final String PAGE = "errors.html";
  /** All wrong answers. */
  public static final String ROWS = "errors.jsonl";
  /** The labels that rows should have whose labels are probably wrong, for a training. */
  public static final String CORRECTIONS = "corrections.csv";

  private static final int SHOWN_ROWS = 50;
  private static final int SHOWN_PAIRS = 50;
  private static final String NONE = "(none)";
  private static final String FULL_NOTE = " The page has no room for more pictures.";

  private final ErrorAnalysis errors;
  private final Classifier classifier;
  private final String title;

  /**
   * A report.
   *
   * @param classifier explains the rows that the page shows
   * @param title names the model and the data
   */
  public ErrorReport(ErrorAnalysis errors, Classifier classifier, String title) {
    this.errors = errors;
    this.classifier = classifier;
    this.title = title;
  }

  /** Writes all files, each whole or not at all. */
  public void write(Path folder) throws IOException {
    String page = page();
    Files.createDirectories(folder);
    RowFiles.jsonLines(folder.resolve(ROWS), errors.wrong(), ErrorReport::json);
    // Rows are corrected by their texts: those that are pictures alone have none.
    RowFiles.corrections(folder.resolve(CORRECTIONS), errors.of(Group.MISLABELLED).stream()
        .filter(answer -> !answer.row().text().isBlank())
        .map(answer -> new RowFiles.Correction(answer.row().text(), answer.suggested())).toList());
    AtomicFile.writeText(folder.resolve(PAGE), page);
  }

  private static ObjectNode json(WrongAnswer answer) {
    ObjectNode object = RowFiles.row(answer.row());
    RowFiles.addLabels(object, "answered", answer.answered());
    object.put("group", answer.group().name().toLowerCase(Locale.ROOT)).put("probability", RowFiles.rounded(
        answer.probability())).put("probability_of_labels", RowFiles.rounded(answer.ofTruth()));
    if (answer.group() == Group.MISLABELLED) {
      RowFiles.addLabels(object, "suggested", answer.suggested());
    }
    ArrayNode nearest = object.putArray("nearest");
    for (NearRow near : answer.nearest()) {
      nearest.add(RowFiles.row(near.row()).put("similarity", RowFiles.rounded(near.similarity())));
    }
    return object;
  }

  /** Tables for a terminal. */
  public String terminal(TerminalStyle style, int most) {
    var out = new StringBuilder(String.format(Locale.ROOT, "%,d of %,d rows are answered wrongly (%s)%s\n",
        errors.wrong().size(), errors.rows(), Numbers.percent((double) errors.wrong().size() / errors.rows()),
        errors.unanswered() == 0 ? ""
            : String.format(Locale.ROOT, "; %,d have no answer", errors.unanswered())));
    if (errors.wrong().isEmpty()) {
      return out.toString();
    }
    var groups =
        new TextTable(new TextTable.Text("Group"), new TextTable.Number("Rows"), new TextTable.Number("Share"));
    errors.groups().forEach(group -> groups.row(group.title(), Numbers.count(errors.of(group).size()),
        Numbers.percent((double) errors.of(group).size() / errors.wrong().size())));
    var pairs =
        new TextTable(new TextTable.Text("Truth"), new TextTable.Text("Answer"), new TextTable.Number("Rows"));
    errors.pairs().stream().limit(most).forEach(pair -> pairs.row(named(pair.truth()), named(pair.answer()),
        Numbers.count(pair.answers().size())));
    return out.append('\n').append(groups.render(style)).append('\n').append(pairs.render(style)).toString();
  }

  private static String named(String label) {
    return label.isEmpty() ? NONE : label;
  }

  private static String labels(List<String> labels) {
    return labels.isEmpty() ? NONE : String.join(", ", labels);
  }

  private String page() {
    var out = new StringBuilder("<header><h1>" + Html.isolated(title) + "</h1></header>\n<section class=\"tiles\">");
    RowPage.tile(out, "Wrong answers", errors.wrong().size(),
        Numbers.percent((double) errors.wrong().size() / errors.rows()) + " of " + Numbers.count(errors.rows()));
    errors.groups().forEach(group -> RowPage.tile(out, group.title(), errors.of(group).size(),
        Numbers.percent((double) errors.of(group).size() / errors.wrong().size())));
    out.append("</section>\n");
    pairs(out);
    try (var thumbnails = new Thumbnails()) {
      errors.groups().forEach(group -> group(out, group, thumbnails));
    }
    return HtmlPage.of(title, out.toString());
  }

  private void pairs(StringBuilder out) {
    if (errors.wrong().isEmpty()) {
      return;
    }
    var table = HtmlTable.sortable(2, "Truth", "Answer", "Rows", "Of these mislabelled");
    List<Confusion> pairs = errors.pairs();
    pairs.stream().limit(SHOWN_PAIRS).forEach(pair -> table.row().text(named(pair.truth())).text(named(pair.answer()))
        .count(pair.answers().size()).count(pair.answers().stream()
            .filter(answer -> answer.group() == Group.MISLABELLED).count()));
    RowPage.section(out, "Confused pairs", "Truth and answer." + RowPage.shownOf(SHOWN_PAIRS, pairs.size(), ROWS),
        table.render());
  }

  private void group(StringBuilder out, Group group, Thumbnails thumbnails) {
    List<WrongAnswer> answers = errors.of(group);
    boolean hasNear = answers.stream().anyMatch(answer -> !answer.nearest().isEmpty());
    boolean hasPictures = classifier.readsPictures()
        && answers.stream().limit(SHOWN_ROWS).anyMatch(answer -> answer.row().row().meta().picture() != null);
    List<String> texts = Stream.of(hasPictures ? "Picture" : "", "Where", classifier.readsText() ? "Text" : "", "Truth",
        "Answer", hasNear ? "Nearest rows of the training" : "").filter(heading -> !heading.isEmpty()).toList();
    var table = HtmlTable.sortable(texts.size(),
        Stream.concat(texts.stream(), Stream.of("Probability", "Of the truth")).toArray(String[]::new));
    answers.stream().limit(SHOWN_ROWS).forEach(answer -> {
      table.row();
      if (hasPictures) {
        table.picture(picture(answer, thumbnails));
      }
      table.text(answer.row().location());
      if (classifier.readsText()) {
        table.text(marked(answer));
      }
      table.text(labels(answer.row().row().labels())).text(labels(answer.answered()));
      if (hasNear) {
        table.text(answer.nearest().stream().map(ErrorReport::near).collect(Collectors.joining("; ")));
      }
      table.metric(answer.probability()).metric(answer.ofTruth());
    });
    String note = classifier.readsText() ? group.note() + " " + MarkedText.NOTE : group.note();
    RowPage.section(out, group.title(), note + RowPage.shownOf(SHOWN_ROWS, answers.size(), ROWS)
        + (hasPictures && thumbnails.isFull() ? FULL_NOTE : ""), table.render());
  }

  private static @Nullable String picture(WrongAnswer answer, Thumbnails thumbnails) {
    String location = answer.row().row().meta().picture();
    return location == null ? null : thumbnails.of(new ItemPicture.Located(location)).orElse(null);
  }

  private static String near(NearRow near) {
    return labels(near.row().row().labels()) + ": " + RowPage.shortened(near.row().text()) + " ("
        + Numbers.metric(near.similarity()) + ")";
  }

  private MarkedText marked(WrongAnswer answer) {
    return AnswerMarks.of(classifier, classifier.item(answer.row().row()), answer.added(), answer.missed());
  }
}
