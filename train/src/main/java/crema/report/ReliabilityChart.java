package crema.report;

import crema.metrics.Calibration;
import java.util.Locale;

/**
 * A reliability diagram as SVG: a bar for each bin's accuracy, a mark where its confidence says it should be, the
 * diagonal where both agree. A bar is the paler the fewer predictions it stands for.
 */
record ReliabilityChart(String title, Calibration calibration) {

  private static final int GAP = 2;

  String render() {
    var frame = new PlotFrame(new Axis(0, 1, 0.2), new Axis(0, 1, 0.2));
    long most = calibration.bins().stream().mapToLong(Calibration.Bin::count).max().orElse(0);
    var out = new StringBuilder();
    for (var bin : calibration.bins()) {
      if (bin.count() > 0) {
        appendBin(out, bin, frame, most);
      }
    }
    out.append(PlotFrame.format("<g class=\"line c2 dashed\"><path d=\"M%.1f %.1fL%.1f %.1f\"/></g>",
        frame.xAt(0), frame.yAt(0), frame.xAt(1), frame.yAt(1)));
    return frame.render(title, "expected error " + Numbers.metric(calibration.expectedError()), "confidence", out);
  }

  private static void appendBin(StringBuilder out, Calibration.Bin bin, PlotFrame frame, long most) {
    double left = frame.xAt(bin.low()) + GAP / 2.0;
    double width = frame.xAt(bin.high()) - frame.xAt(bin.low()) - GAP;
    double top = frame.yAt(bin.accuracy());
    double weight = 0.2 + 0.8 * Math.sqrt((double) bin.count() / most);
    out.append(PlotFrame.format(
        "<g class=\"bin\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill-opacity=\"%.2f\"/>",
        left, top, width, PlotFrame.HEIGHT - top, weight));
    double expected = frame.yAt(bin.confidence());
    out.append(PlotFrame.format("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
        left, left + width, expected, expected));
    out.append(String.format(Locale.ROOT, "<title>confidence %s, accuracy %s, %s predictions</title></g>",
        Numbers.metric(bin.confidence()), Numbers.metric(bin.accuracy()), Numbers.count(bin.count())));
  }
}
