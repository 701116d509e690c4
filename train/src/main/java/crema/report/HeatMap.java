package crema.report;

import crema.metrics.ConfusionMatrix;
import java.util.List;

/** A confusion matrix as SVG: rows are truth, and a cell's strength is its share of the row. */
record HeatMap(ConfusionMatrix matrix, List<String> labels) {

  /** More labels than this make cells too small to read. */
  static final int MAX_LABELS = 50;

  private static final int SIDE = 880;
  private static final int LARGEST_CELL = 44;
  private static final int LEAST_CELL_WITH_NUMBER = 26;
  private static final int LABEL_COLUMNS = 24;
  /** How much of a label that is cut is its beginning: the end of a path says most. */
  private static final double HEAD_SHARE = 0.4;
  private static final double COLUMN_WIDTH = 6.4;

  String render() {
    int count = matrix.labelCount();
    int cell = Math.min(LARGEST_CELL, SIDE / Math.max(1, count));
    int longest = labels.stream().mapToInt(label -> DisplayWidth.of(shortened(label))).max().orElse(0);
    int margin = (int) Math.ceil(longest * COLUMN_WIDTH) + 14;
    int size = margin + cell * count + 1;
    var out = new StringBuilder();
    // Slanted headings of the last columns reach beyond the cells.
    int width = size + margin / 2;
    out.append(
        PlotFrame.format("<div class=\"scroll heat\"><svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\"", width, size,
            width));
    out.append(" aria-label=\"Confusion matrix\">");
    for (int label = 0; label < count; label++) {
      appendLabels(out, label, margin, cell);
    }
    for (int truth = 0; truth < count; truth++) {
      appendRow(out, truth, margin, cell);
    }
    return out.append("</svg></div>\n").toString();
  }

  private void appendLabels(StringBuilder out, int label, int margin, int cell) {
    var text = Html.escape(shortened(labels.get(label)));
    double middle = margin + (label + 0.5) * cell;
    out.append(PlotFrame.format(
        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", margin - 6, middle + 4, text));
    out.append(PlotFrame.format(
        "<text transform=\"translate(%.1f %d) rotate(-60)\">%s</text>", middle + 3, margin - 6, text));
  }

  private void appendRow(StringBuilder out, int truth, int margin, int cell) {
    long support = 0;
    for (int predicted = 0; predicted < matrix.labelCount(); predicted++) {
      support += matrix.count(truth, predicted);
    }
    for (int predicted = 0; predicted < matrix.labelCount(); predicted++) {
      long count = matrix.count(truth, predicted);
      double share = support == 0 ? 0 : (double) count / support;
      int x = margin + predicted * cell;
      int y = margin + truth * cell;
      // The square root lets small shares of confusion be seen beside a strong diagonal.
      out.append(PlotFrame.format(
          "<g class=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"%s/>",
          truth == predicted ? "right" : "wrong", x, y, cell - 1, cell - 1,
          count == 0 ? " class=\"none\"" : PlotFrame.format(" fill-opacity=\"%.2f\"", 0.1 + 0.9 * Math.sqrt(share))));
      if (count > 0) {
        out.append(PlotFrame.format("<title>%s → %s: %s (%s)</title>", Html.escape(labels.get(truth)),
            Html.escape(labels.get(predicted)), Numbers.count(count), Numbers.percent(share)));
        if (cell >= LEAST_CELL_WITH_NUMBER) {
          double middle = (cell - 1) / 2.0;
          out.append(PlotFrame.format("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
              share > 0.4 ? "strong" : "weak", x + middle, y + middle + 3.5, Numbers.compact(count)));
        }
      }
      out.append("</g>");
    }
  }

  private static String shortened(String label) {
    return DisplayWidth.shorten(label, LABEL_COLUMNS, HEAD_SHARE);
  }
}
