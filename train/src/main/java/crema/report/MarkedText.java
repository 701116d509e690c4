package crema.report;

import java.util.List;

/**
 * A text of which some parts are marked by how much they speak for or against something.
 *
 * @param text the text
 * @param marks the parts that are marked, in their order
 */
public record MarkedText(String text, List<Mark> marks) {
  /** What the colours of an answer's words say, for people. */
  public static final String NOTE =
      "Words in green speak for the answer rather than for the truth, those in red against it.";

  private static final int SHADES = 4;
  private static final int SHOWN = 400;

  /**
   * A part that is marked.
   *
   * @param start where it begins
   * @param end where it ends, exclusive
   * @param strength from -1, all that there is against, to 1, all that there is for
   */
  public record Mark(int start, int end, double strength) {}

  /** Copies the list. */
  public MarkedText {
    marks = List.copyOf(marks);
  }

  /** The text as markup: parts are shaded in a few steps, the weakest not at all; a long text is cut. */
  public String html() {
    var out = new StringBuilder("<bdi>");
    int end = text.codePointCount(0, text.length()) <= SHOWN ? text.length() : text.offsetByCodePoints(0, SHOWN);
    int at = 0;
    for (Mark mark : marks) {
      int shade = (int) Math.round(Math.min(1, Math.abs(mark.strength)) * SHADES);
      if (shade > 0 && mark.end <= end) {
        out.append(Html.escape(text.substring(at, mark.start))).append("<mark class=")
            .append(mark.strength > 0 ? 'p' : 'n').append(shade).append('>')
            .append(Html.escape(text.substring(mark.start, mark.end))).append("</mark>");
        at = mark.end;
      }
    }
    out.append(Html.escape(text.substring(at, end))).append(end < text.length() ? "…" : "");
    return out.append("</bdi>").toString();
  }
}
