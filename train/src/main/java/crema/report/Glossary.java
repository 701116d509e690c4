package crema.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the figures of a page say, for a reader who does not know them: only those that the page shows. */
final class Glossary {
  private Glossary() {}

  /** A part of the page that the reader opens. */
  static String render(TestReport report) {
    var out = new StringBuilder("<section><details><summary>What the figures say</summary>\n<dl class=\"glossary\">");
    terms(report).forEach((term, meaning) -> out.append("<dt>").append(Html.escape(term)).append("</dt><dd>")
        .append(Html.escape(meaning)).append("</dd>\n"));
    return out.append("</dl></details></section>\n").toString();
  }

  private static Map<String, String> terms(TestReport report) {
    var terms = new LinkedHashMap<String, String>();
    terms.put("Precision, recall, F1", "Of the answers with a label, the share that is right; of the rows that have"
        + " it, the share that got it; and the harmonic mean of the two.");
    terms.put("Micro, macro, weighted", "The average over rows; over labels that a test row has or was"
        + " answered with, each counting alike; and over labels, each counting by its test rows.");
    if (report.multiLabel()) {
      terms.put("Samples", "The average over rows of the F1 of each row's labels.");
    }
    if (report.hierarchical() != null) {
      terms.put("Hierarchical", "Labels count together with all nodes above them, so that a neighbour in the tree is"
          + " half right.");
    }
    if (report.pathConsistency() != null) {
      terms.put("Path consistency", "The share of rows whose answers on all levels form one path of the tree; beside"
          + " it, what it would be if each level's best node were taken for itself.");
    }
    if (!report.intervals().isEmpty()) {
      terms.put("Confidence intervals", "Where the figure lies if other rows of the same kind are drawn, by drawing"
          + " the test rows again and again with replacement. Rows of one group are taken to be independent.");
    }
    if (!report.bands().isEmpty()) {
      terms.put("Head, medium, tail", "Labels with many, some and few training rows.");
    }
    if (report.ranking() != null) {
      terms.put("ROC AUC", "How often a row with the label has a higher score than one without it.");
      terms.put("Average precision (AP)", "The precision down the ranking of rows by the score of the label, averaged"
          + " over the rows that have it.");
    }
    if (report.calibration() != null) {
      terms.put("Expected calibration error", "How far confidence and accuracy are apart, averaged over bins: 0 if"
          + " of the answers at 80% four in five are right.");
    }
    if (!report.words().isEmpty()) {
      terms.put("Most telling words",
          "Words that raise the score of a label the most in the texts that have them, as the"
              + " model has learnt it; the darker the more. They are found without the test rows.");
    }
    if (!report.abstention().isEmpty()) {
      terms.put("Answer from", "If only answers of at least this confidence are given: the share of rows that have"
          + " one (coverage), and how many of those are right.");
    }
    return terms;
  }
}
