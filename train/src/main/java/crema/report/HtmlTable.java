package crema.report;

import crema.metrics.PrecisionRecall;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A table of a report's page. Headings of a sortable one are buttons that {@code report.js} listens to. */
public final class HtmlTable {

  private static final String SORTABLE = "sortable";

  /** Characters that a narrow page has room for in a few lines. */
  private static final int LONG = 48;
  private static final int END = 24;

  private final StringBuilder out = new StringBuilder();
  private boolean rowOpen;

  private HtmlTable(String cssClass, int textColumns, String[] headings) {
    out.append("<div class=\"scroll\"><table class=\"").append(cssClass).append("\"><thead><tr>");
    boolean sortable = cssClass.equals(SORTABLE);
    for (int column = 0; column < headings.length; column++) {
      var text = Html.escape(headings[column]);
      out.append("<th scope=\"col\"").append(column < textColumns ? " class=\"text\">" : ">");
      out.append(sortable ? "<button>" + text + "</button>" : text).append("</th>");
    }
    out.append("</tr></thead><tbody>");
  }

  /** A table whose first {@code textColumns} columns are text and whose others are numbers. */
  public static HtmlTable plain(int textColumns, String... headings) {
    return new HtmlTable("plain", textColumns, headings);
  }

  /** A table that the reader can sort by any column. */
  public static HtmlTable sortable(int textColumns, String... headings) {
    return new HtmlTable(SORTABLE, textColumns, headings);
  }

  /** Starts a row; cells follow, one a heading. */
  public HtmlTable row() {
    closeRow();
    out.append("<tr>");
    rowOpen = true;
    return this;
  }

  /** A cell of text. Of a long one a narrow page shows where it begins and how it ends, and the whole where one points. */
  public HtmlTable text(String text) {
    out.append("<td class=\"text\">").append(isLong(text) ? cutInTheMiddle(text) : Html.isolated(text)).append("</td>");
    return this;
  }

  private static boolean isLong(String text) {
    return text.codePointCount(0, text.length()) > LONG;
  }

  /** The last segment of a path stands by itself, or the last words of another text. */
  private static String cutInTheMiddle(String text) {
    int end = text.lastIndexOf(" > ") + 1;
    if (end <= 0 || text.length() - end > LONG) {
      end = text.offsetByCodePoints(text.length(), -END);
    }
    return String.format(Locale.ROOT, "<bdi class=\"long\" title=\"%s\"><span class=\"start\">%s</span>%s</bdi>",
        Html.escape(text), Html.escape(text.substring(0, end)), Html.escape(text.substring(end)));
  }

  /** A cell of a number, with the value that it sorts by. */
  public HtmlTable number(String shown, double value) {
    out.append(String.format(
        Locale.ROOT, "<td data-value=\"%s\">%s</td>", Double.isFinite(value) ? value : -1, Html.escape(shown)));
    return this;
  }

  /** A cell of the best number of its column. */
  HtmlTable best(String shown, double value) {
    out.append(String.format(
        Locale.ROOT, "<td data-value=\"%s\"><strong>%s</strong></td>",
        Double.isFinite(value) ? value : -1, Html.escape(shown)));
    return this;
  }

  /** A cell of a count. */
  public HtmlTable count(long count) {
    return number(Numbers.count(count), count);
  }

  /** A cell of a metric in [0, 1]. */
  public HtmlTable metric(double value) {
    return number(Numbers.metric(value), value);
  }

  /** A cell of a number in [0, 1] with a bar of that length. */
  public HtmlTable bar(double value) {
    out.append(String.format(
        Locale.ROOT,
        "<td class=\"bar\" data-value=\"%s\"><i style=\"--share:%.3f\"></i><span>%s</span></td>",
        Double.isFinite(value) ? value : -1, Double.isFinite(value) ? Math.clamp(value, 0, 1) : 0,
        Numbers.metric(value)));
    return this;
  }

  /** Three cells: F1, which a narrow page shows without scrolling, precision and recall. */
  HtmlTable scores(PrecisionRecall score) {
    return bar(score.f1()).metric(score.precision()).metric(score.recall());
  }

  /** A cell of text with marks. */
  public HtmlTable text(MarkedText text) {
    out.append("<td class=\"text\">").append(text.html()).append("</td>");
    return this;
  }

  /**
   * A cell of a small picture.
   *
   * @param address with the picture in it; null for an empty cell
   */
  public HtmlTable picture(@Nullable String address) {
    out.append("<td class=\"picture\">")
        .append(address == null ? "" : "<img alt=\"\" src=\"" + Html.escape(address) + "\">").append("</td>");
    return this;
  }

  /** A cell of words from the strongest on, the darker the stronger beside that. */
  HtmlTable words(List<TellingWord> words) {
    double strongest = words.isEmpty() ? 1 : words.getFirst().weight();
    out.append("<td class=\"text words\">");
    for (TellingWord word : words) {
      out.append(String.format(Locale.ROOT, "<span style=\"--share:%.2f\" title=\"%s\">%s</span> ",
          Math.clamp(word.weight() / strongest, 0, 1), Numbers.compact(word.weight()), Html.isolated(word.text())));
    }
    out.append("</td>");
    return this;
  }

  /** A cell of markup made by this package. */
  HtmlTable markup(String html) {
    out.append("<td>").append(html).append("</td>");
    return this;
  }

  /** The table as markup. */
  public String render() {
    closeRow();
    return out + "</tbody></table></div>\n";
  }

  private void closeRow() {
    if (rowOpen) {
      out.append("</tr>\n");
      rowOpen = false;
    }
  }
}
