package crema.report;

import java.util.Locale;

/**
 * The frame of a chart: a plot that takes whatever width there is, and the numbers at its axes as text of the page, which
 * stays readable at any width.
 *
 * @param x from left to right
 * @param y from bottom to top
 */
record PlotFrame(Axis x, Axis y) {

  /** The size of the plot in its own units; the page stretches it. */
  static final int WIDTH = 560;
  static final int HEIGHT = 212;

  double xAt(double value) {
    return x.fraction(value) * WIDTH;
  }

  double yAt(double value) {
    return HEIGHT - y.fraction(value) * HEIGHT;
  }

  /**
   * The chart.
   *
   * @param title what is shown
   * @param legend markup that follows the title
   * @param xTitle what the horizontal axis counts
   * @param marks SVG in the plot's units
   */
  String render(String title, String legend, String xTitle, CharSequence marks) {
    var out = new StringBuilder("<figure class=\"chart\"><figcaption>").append(Html.escape(title));
    out.append("<span class=\"legend\">").append(legend)
        .append("</span></figcaption>\n<div class=\"plot\"><div class=\"y\">");
    for (double tick : y.ticks()) {
      appendTick(out, y, tick);
    }
    out.append("</div>").append(format(
        "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s\" data-axis=\"%s\">"
            + "<g class=\"grid\">",
        WIDTH, HEIGHT, Html.escape(title), Html.escape(xTitle)));
    for (double tick : y.ticks()) {
      out.append(format("<path d=\"M0 %.1fH%d\"/>", yAt(tick), WIDTH));
    }
    out.append("</g>").append(marks).append("</svg><div class=\"x\">");
    for (double tick : x.ticks()) {
      appendTick(out, x, tick);
    }
    return out.append("</div><div class=\"axis\">").append(Html.escape(xTitle)).append("</div></div></figure>\n")
        .toString();
  }

  private static void appendTick(StringBuilder out, Axis axis, double tick) {
    out.append(format("<span style=\"--at:%.4f\">%s</span>", axis.fraction(tick), Numbers.compact(tick)));
  }

  static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
