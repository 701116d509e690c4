package crema.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A line chart as SVG, coloured by the page's style sheet so that it follows the reader's colour scheme.
 *
 * @param title what is shown
 * @param xTitle what the horizontal axis counts
 * @param series the lines
 */
record LineChart(String title, String xTitle, List<Series> series) {

  /** How a series is drawn. */
  enum Look {
    /** A line. */
    LINE,
    /** A thin pale line: raw values behind a smoothed line. */
    FAINT,
    /** A line with a mark at each point. */
    MARKED,
    /** A dashed line: a reference. */
    DASHED
  }

  /**
   * One line.
   *
   * @param name its name in the legend
   * @param colour the number of its colour in the style sheet, from 1
   * @param x ascending
   * @param y the line is broken where this is not finite
   */
  record Series(String name, int colour, Look look, double[] x, double[] y) {

    /** At most {@code limit} points, each the mean of its neighbours. */
    Series thinned(int limit) {
      if (x.length <= limit) {
        return this;
      }
      var thinX = new double[limit];
      var thinY = new double[limit];
      for (int i = 0; i < limit; i++) {
        int from = (int) ((long) i * x.length / limit);
        int to = (int) ((long) (i + 1) * x.length / limit);
        thinX[i] = Arrays.stream(x, from, to).average().orElseThrow();
        thinY[i] = Arrays.stream(y, from, to).filter(Double::isFinite).average().orElse(Double.NaN);
      }
      return new Series(name, colour, look, thinX, thinY);
    }
  }

  private static final int WIDTH = 560;
  private static final int HEIGHT = 260;
  private static final int LEFT = 52;
  private static final int RIGHT = 20;
  private static final int TOP = 10;
  private static final int BOTTOM = 38;
  private static final int MAX_POINTS = 400;

  /** The chart as a {@code figure} with a legend; hovering reads the values off (see {@code report.js}). */
  String render() {
    var drawn = series.stream().map(line -> line.thinned(MAX_POINTS)).toList();
    var xAxis = Axis.spanning(values(drawn, Series::x), 6);
    var yAxis = Axis.rounded(values(drawn, Series::y), 5);
    var out = new StringBuilder();
    out.append("<figure class=\"chart\"><figcaption>").append(Html.escape(title));
    out.append(legend(drawn)).append("</figcaption>");
    out.append("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" data-axis=\"%s\" data-top=\"%d\" data-bottom=\"%d\">"
        .formatted(WIDTH, HEIGHT, Html.escape(title), Html.escape(xTitle), TOP, HEIGHT - BOTTOM));
    appendAxes(out, xAxis, yAxis);
    for (var line : drawn) {
      appendSeries(out, line, xAxis, yAxis);
    }
    return out.append("</svg></figure>\n").toString();
  }

  private static double[] values(List<Series> series, Function<Series, double[]> axis) {
    return series.stream().map(axis).flatMapToDouble(Arrays::stream).filter(Double::isFinite).toArray();
  }

  private static String legend(List<Series> series) {
    var out = new StringBuilder("<span class=\"legend\">");
    for (var line : series) {
      if (!line.name.isEmpty()) {
        out.append("<span class=\"key c%d\">%s</span>".formatted(line.colour, Html.escape(line.name)));
      }
    }
    return out.append("</span>").toString();
  }

  private void appendAxes(StringBuilder out, Axis xAxis, Axis yAxis) {
    out.append("<g class=\"grid\">");
    for (double tick : yAxis.ticks()) {
      double y = y(tick, yAxis);
      out.append(format("<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, WIDTH - RIGHT, y, y));
      out.append(format("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, y + 4, Numbers.compact(tick)));
    }
    for (double tick : xAxis.ticks()) {
      out.append(format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          x(tick, xAxis), HEIGHT - BOTTOM + 16, Numbers.compact(tick)));
    }
    out.append(format("<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text></g>",
        WIDTH - RIGHT, HEIGHT - 5, Html.escape(xTitle)));
  }

  private static void appendSeries(StringBuilder out, Series line, Axis xAxis, Axis yAxis) {
    var path = new StringBuilder();
    var marks = new StringBuilder();
    var points = new ArrayList<String>();
    boolean penDown = false;
    for (int i = 0; i < line.x.length; i++) {
      if (!Double.isFinite(line.y[i])) {
        penDown = false;
        continue;
      }
      double px = x(line.x[i], xAxis);
      double py = y(line.y[i], yAxis);
      path.append(format("%s%.1f %.1f", penDown ? "L" : "M", px, py));
      penDown = true;
      points.add(format("%.1f,%.1f,%s,%s", px, py, Numbers.compact(line.x[i]), Numbers.compact(line.y[i])));
      if (line.look == Look.MARKED) {
        marks.append(format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>", px, py));
      }
    }
    out.append("<g class=\"line c%d %s\"".formatted(line.colour, line.look.name().toLowerCase(Locale.ROOT)));
    if (line.look == Look.LINE || line.look == Look.MARKED) {
      out.append(" data-name=\"%s\" data-points=\"%s\"".formatted(Html.escape(line.name), String.join(" ", points)));
    }
    out.append("><path d=\"").append(path).append("\"/>").append(marks).append("</g>");
  }

  private static double x(double value, Axis axis) {
    return LEFT + axis.fraction(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double value, Axis axis) {
    return HEIGHT - BOTTOM - axis.fraction(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
