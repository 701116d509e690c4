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

  private static final int MAX_POINTS = 400;

  /** The chart as a {@code figure} with a legend; hovering reads the values off (see {@code report.js}). */
  String render() {
    var drawn = series.stream().map(line -> line.thinned(MAX_POINTS)).toList();
    var frame = new PlotFrame(
        Axis.spanning(values(drawn, Series::x), 6), Axis.rounded(values(drawn, Series::y), 5));
    var marks = new StringBuilder();
    for (var line : drawn) {
      appendSeries(marks, line, frame);
    }
    return frame.render(title, legend(drawn), xTitle, marks);
  }

  private static double[] values(List<Series> series, Function<Series, double[]> axis) {
    return series.stream().map(axis).flatMapToDouble(Arrays::stream).filter(Double::isFinite).toArray();
  }

  private static String legend(List<Series> series) {
    var out = new StringBuilder();
    for (var line : series) {
      if (!line.name.isEmpty()) {
        out.append(String.format(Locale.ROOT,
            "<span class=\"key c%d\">%s</span>", line.colour, Html.escape(line.name)));
      }
    }
    return out.toString();
  }

  private static void appendSeries(StringBuilder out, Series line, PlotFrame frame) {
    var path = new StringBuilder();
    var marks = new StringBuilder();
    var points = new ArrayList<String>();
    boolean penDown = false;
    for (int i = 0; i < line.x.length; i++) {
      if (!Double.isFinite(line.y[i])) {
        penDown = false;
        continue;
      }
      double px = frame.xAt(line.x[i]);
      double py = frame.yAt(line.y[i]);
      path.append(PlotFrame.format("%s%.1f %.1f", penDown ? "L" : "M", px, py));
      penDown = true;
      points.add(PlotFrame.format("%.1f,%.1f,%s,%s", px, py, Numbers.compact(line.x[i]), Numbers.compact(line.y[i])));
      if (line.look == Look.MARKED) {
        // A stroke of no length with round ends: a circle would be stretched with the plot.
        marks.append(PlotFrame.format("M%.1f %.1fh0", px, py));
      }
    }
    out.append(String.format(Locale.ROOT,
        "<g class=\"line c%d %s\"", line.colour, line.look.name().toLowerCase(Locale.ROOT)));
    if (line.look == Look.LINE || line.look == Look.MARKED) {
      out.append(String.format(Locale.ROOT,
          " data-name=\"%s\" data-points=\"%s\"", Html.escape(line.name), String.join(" ", points)));
    }
    out.append("><path d=\"").append(path).append("\"/>");
    if (!marks.isEmpty()) {
      out.append("<path class=\"marks\" d=\"").append(marks).append("\"/>");
    }
    out.append("</g>");
  }
}
