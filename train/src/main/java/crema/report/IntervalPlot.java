package crema.report;

import crema.metrics.Interval;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Intervals as whiskers on one common scale, each a small SVG for a table's cell. The scale of shares ends at 0 and 1 at
 * the latest.
 */
final class IntervalPlot {

  private static final int WIDTH = 150;
  private static final int MARGIN = 6;

  private final Axis axis;

  IntervalPlot(Collection<Interval> intervals) {
    var ends = intervals.stream().flatMapToDouble(i -> DoubleStream.of(i.low(), i.high())).toArray();
    Axis around = Axis.rounded(ends, 4);
    boolean areShares = DoubleStream.of(ends).allMatch(end -> end >= 0 && end <= 1);
    axis = areShares ? new Axis(Math.max(0, around.low()), Math.min(1, around.high()), around.step()) : around;
  }

  String render(Interval interval) {
    return String.format(
        Locale.ROOT,
        "<svg class=\"whisker\" viewBox=\"0 0 %d 16\" width=\"%d\" height=\"16\" aria-hidden=\"true\">"
            + "<line class=\"track\" x1=\"%d\" x2=\"%d\" y1=\"8\" y2=\"8\"/>"
            + "<line class=\"range\" x1=\"%.1f\" x2=\"%.1f\" y1=\"8\" y2=\"8\"/>"
            + "<circle cx=\"%.1f\" cy=\"8\" r=\"4\"/></svg>",
        WIDTH, WIDTH, MARGIN, WIDTH - MARGIN, x(interval.low()), x(interval.high()), x(interval.estimate()));
  }

  /** What the scale runs from and to. */
  String scale() {
    return String.format(Locale.ROOT, "%s to %s", Numbers.compact(axis.low()), Numbers.compact(axis.high()));
  }

  private double x(double value) {
    return MARGIN + axis.fraction(value) * (WIDTH - 2 * MARGIN);
  }
}
