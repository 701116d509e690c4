package crema.fasttext;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * k-fold cross-validation: each part of the text is tested by a model trained on the others.
 *
 * <p>The parts have the same share of each label, as far as that can be (a line counts for its first label), and depend
 * on the text and the seed only.
 */
public final class CrossValidation {
  private final FastTextConfig config;
  private final int folds;
  private TrainingListener listener = progress -> true;

  /**
   * A cross-validation of a configuration.
   *
   * @throws IllegalArgumentException if there are fewer than two folds, or it is not a classifier's configuration
   */
  public CrossValidation(FastTextConfig config, int folds) {
    if (folds < 2) {
      throw new IllegalArgumentException("folds is " + folds + ": it must be at least 2");
    }
    if (config.task() != Task.SUPERVISED) {
      throw new IllegalArgumentException("only a classifier can be cross-validated");
    }
    this.config = config;
    this.folds = folds;
  }

  /** Has a listener told how each fold's training goes. */
  public CrossValidation listener(TrainingListener newListener) {
    listener = newListener;
    return this;
  }

  /**
   * What the folds' models got right.
   *
   * @param folds the evaluation of each fold
   */
  public record Result(List<Evaluation> folds) {

    /** The mean of a metric over the folds. */
    public double mean(Metric metric) {
      return folds.stream().mapToDouble(metric::of).average().orElse(Double.NaN);
    }

    /** The sample standard deviation of a metric over the folds. */
    public double deviation(Metric metric) {
      double mean = mean(metric);
      double squares = folds.stream().mapToDouble(fold -> Math.pow(metric.of(fold) - mean, 2)).sum();
      return Math.sqrt(squares / (folds.size() - 1));
    }
  }

  /**
   * Trains and tests once for each fold.
   *
   * @param k the labels predicted for a line
   * @throws IllegalArgumentException if there are fewer lines than folds
   */
  public Result run(TextSource text, int k) throws IOException {
    List<String> lines = readLines(text);
    if (lines.size() < folds) {
      throw new IllegalArgumentException("the text has " + lines.size() + " lines, fewer than the " + folds + " folds");
    }
    int[] fold = assign(lines);
    var evaluations = new ArrayList<Evaluation>();
    for (int f = 0; f < folds; f++) {
      var train = new ArrayList<String>();
      var test = new ArrayList<String>();
      for (int i = 0; i < lines.size(); i++) {
        (fold[i] == f ? test : train).add(lines.get(i));
      }
      FastText model = new FastTextTrainer(config).listener(listener).train(TextSource.of(train));
      try (var in = TextSource.of(test).open()) {
        evaluations.add(model.test(in, k, 0f));
      }
    }
    return new Result(evaluations);
  }

  private static List<String> readLines(TextSource text) throws IOException {
    try (var in = new BufferedReader(new InputStreamReader(text.open(), StandardCharsets.UTF_8))) {
      return in.lines().filter(line -> !line.isBlank()).toList();
    }
  }

  /** Deals the lines of each label out in random order, each label going on where the one before stopped. */
  int[] assign(List<String> lines) {
    var linesOfLabel = new TreeMap<String, List<Integer>>();
    for (int i = 0; i < lines.size(); i++) {
      linesOfLabel.computeIfAbsent(firstLabel(lines.get(i)), label -> new ArrayList<>()).add(i);
    }
    var random = new Random(config.seed());
    var fold = new int[lines.size()];
    int next = 0;
    for (List<Integer> group : linesOfLabel.values()) {
      Collections.shuffle(group, random);
      for (int line : group) {
        fold[line] = next++ % folds;
      }
    }
    return fold;
  }

  private String firstLabel(String line) {
    int from = line.indexOf(config.labelPrefix());
    if (from < 0) {
      return "";
    }
    int to = from;
    while (to < line.length() && !Character.isWhitespace(line.charAt(to))) {
      to++;
    }
    return line.substring(from, to);
  }
}
