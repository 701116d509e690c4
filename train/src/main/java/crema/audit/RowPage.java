package crema.audit;

import crema.report.Html;
import crema.report.Numbers;
import java.util.Locale;

/** What pages about rows are made of. */
final class RowPage {
  private static final int SHOWN_TEXT = 200;

  private RowPage() {}

  /** A number with its name. */
  static void tile(StringBuilder out, String name, long value, String note) {
    out.append("<div class=\"tile\"><span class=\"name\">").append(Html.escape(name))
        .append("</span><span class=\"value\">").append(Numbers.count(value)).append("</span><span class=\"note\">")
        .append(Html.escape(note)).append("</span></div>\n");
  }

  /**
   * A part of the page.
   *
   * @param content markup in which every text is escaped
   */
  static void section(StringBuilder out, String heading, String note, String content) {
    out.append("<section><h2>").append(Html.escape(heading)).append("</h2>\n<p class=\"note\">")
        .append(Html.escape(note))
        .append("</p>\n").append(content).append("</section>\n");
  }

  /** A sentence that says where the rest is; empty if all is shown. */
  static String shownOf(int shown, int all, String file) {
    return shown >= all ? "" : String.format(Locale.ROOT,
        " The first %s of %s; all are in %s.", Numbers.count(shown), Numbers.count(all),
        file);
  }

  /** The beginning of a text. */
  static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= SHOWN_TEXT ? text
        : text.substring(0, text.offsetByCodePoints(0, SHOWN_TEXT - 1)) + "…";
  }
}
