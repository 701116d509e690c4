package crema.report;

import java.util.Locale;

/**
 * The frame of a chart: where its axes lie and how they are drawn.
 *
 * @param x from left to right
 * @param y from bottom to top
 */
record PlotFrame(Axis x, Axis y) {

  static final int WIDTH = 560;
  static final int HEIGHT = 260;
  static final int TOP = 10;
  static final int BASE = HEIGHT - 38;

  private static final int LEFT = 52;
  private static final int RIGHT = WIDTH - 20;

  double xAt(double value) {
    return LEFT + x.fraction(value) * (RIGHT - LEFT);
  }

  double yAt(double value) {
    return BASE - y.fraction(value) * (BASE - TOP);
  }

  /** Grid lines, the numbers at both axes, and what the horizontal one counts. */
  String grid(String xTitle) {
    var out = new StringBuilder("<g class=\"grid\">");
    for (double tick : y.ticks()) {
      double at = yAt(tick);
      out.append(format("<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, RIGHT, at, at));
      out.append(format("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 8, at + 4, Numbers.compact(tick)));
    }
    for (double tick : x.ticks()) {
      out.append(format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          xAt(tick), BASE + 16, Numbers.compact(tick)));
    }
    return out.append(format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text></g>",
        RIGHT, HEIGHT - 5, Html.escape(xTitle))).toString();
  }

  static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
