package crema.run;

import crema.classify.AnswerMarks;
import crema.classify.Classifier;
import crema.classify.Item;
import crema.data.FieldText;
import crema.data.KnownLabels;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.TextWord;
import crema.metrics.ScoreMatrix;
import crema.report.MarkedText;
import crema.report.WrongRow;
import crema.task.ScoredRows;
import crema.task.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Finds the wrong answers of a test that a model is surest of, and the words that spoke for them. */
public final class WrongRows {
  private static final int MOST_ROWS = 20;
  /** Families that ask a model once for each word have no more of them to ask for than this, in all rows together. */
  private static final int MOST_WORDS = 1_000;

  private final Target target;
  private final ScoredRows test;
  private final int[][] answers;
  /** Of the answers to rows that are answered wrongly; 0 elsewhere. */
  private final double[] sure;

  private WrongRows(Target target, ScoredRows test) {
    this.target = target;
    this.test = test;
    answers = target.decide(test.logits());
    sure = new double[answers.length];
    for (int row = 0; row < sure.length; row++) {
      sure[row] = isWrong(row) ? probability(row) : 0;
    }
  }

  /**
   * Finds them.
   *
   * @param target what the classifier predicts, calibrated
   * @param classifier that was tested
   * @param rows of the test
   * @param test what the classifier said of those whose labels it knows
   * @return the surest first; empty where nothing is answered wrongly
   */
  public static List<WrongRow> of(Target target, Classifier classifier, RowSource rows, ScoredRows test) {
    return new WrongRows(target, test).find(classifier, rows);
  }

  private List<WrongRow> find(Classifier classifier, RowSource rows) {
    List<Integer> surest = IntStream.range(0, answers.length).filter(this::isWrong).boxed()
        .sorted(Comparator.comparingDouble(row -> -sure[row])).limit(MOST_ROWS).toList();
    Map<Integer, Item> items = surest.isEmpty() ? Map.of() : items(classifier, rows, surest);
    try (var thumbnails = new Thumbnails()) {
      return find(classifier, surest, items, thumbnails);
    }
  }

  private List<WrongRow> find(Classifier classifier, List<Integer> surest, Map<Integer, Item> items,
      Thumbnails thumbnails) {
    var found = new ArrayList<WrongRow>();
    int words = 0;
    for (int row : surest) {
      Item item = items.get(row);
      if (item == null) {
        continue;
      }
      int own = TextWord.of(item.text()).size();
      boolean isExplained = words + own <= MOST_WORDS;
      words += isExplained ? own : 0;
      int[] truth = test.truth()[row];
      found.add(new WrongRow(isExplained
          ? AnswerMarks.of(classifier, item, onlyIn(answers[row], truth), onlyIn(truth, answers[row]))
          : new MarkedText(item.text().replace(FieldText.SEPARATOR, ' '), List.of()), names(truth), names(answers[row]),
          sure[row], item.picture() == null ? null : thumbnails.of(item.picture()).orElse(null)));
    }
    return found;
  }

  /** Whether a row has an answer, and another one than its labels. */
  private boolean isWrong(int row) {
    int[] truth = test.truth()[row].clone();
    Arrays.sort(truth);
    return answers[row].length > 0 && !Arrays.equals(truth, answers[row]);
  }

  private double probability(int row) {
    // Row by row: those of all rows and many labels would not fit into memory.
    ScoreMatrix probabilities = target.probabilities(ScoreMatrix.of(new float[][] {test.logits().row(row)}));
    return Arrays.stream(answers[row]).mapToDouble(label -> probabilities.score(0, label)).min().orElse(0);
  }

  private @Nullable String onlyIn(int[] labels, int[] others) {
    return Arrays.stream(labels).filter(label -> Arrays.stream(others).noneMatch(other -> other == label)).boxed()
        .findFirst().map(target.labels()::name).orElse(null);
  }

  private List<String> names(int[] labels) {
    return Arrays.stream(labels).mapToObj(target.labels()::name).toList();
  }

  /** Rows as the classifier reads them, by their numbers among those whose labels are known. */
  private Map<Integer, Item> items(Classifier classifier, RowSource rows, List<Integer> wanted) {
    var known = new KnownLabels(target.labels());
    var items = new HashMap<Integer, Item>();
    var number = new int[1];
    rows.forEach(ProblemListener.SILENT, row -> known.of(row, ProblemListener.SILENT).ifPresent(labels -> {
      int own = number[0]++;
      if (wanted.contains(own) && Arrays.equals(labels, test.truth()[own])) {
        items.put(own, classifier.item(row));
      }
    }));
    return items;
  }
}
