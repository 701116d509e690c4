package crema.family.stack;

import crema.classify.Classifier;
import crema.classify.Item;
import crema.data.KnownLabels;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowSource;
import crema.data.Split;
import crema.family.stack.AnswerSpace.Ballot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Rows that members are scored on, fold by fold. Where answers are many, a second level, which has few weights, is found
 * on some of the rows, evenly spread: so memory is bounded.
 */
final class HeldOut {
  private static final int BATCH = 256;
  private static final int SAMPLES = 32;

  private final AnswerSpace space;
  private final Split split;
  private final int[] counts;
  private final int[] all;
  /** The answers of the rows that are scored, in their order. */
  private final List<int[]> truth = new ArrayList<>();
  private final List<Double> weights = new ArrayList<>();
  private final List<Integer> folds = new ArrayList<>();
  private final List<Boolean> taught = new ArrayList<>();
  /** Some rows of the first fold. */
  private final List<Row> samples = new ArrayList<>();

  /**
   * Rows.
   *
   * @param space what members vote on
   * @param rows all rows
   * @param split of these rows
   * @param mostScores how many scores of a member are kept at most
   * @param problems receives what is wrong with rows
   */
  HeldOut(AnswerSpace space, RowSource rows, Split split, long mostScores, ProblemLog problems) {
    this.space = space;
    this.split = split;
    all = new int[split.parts()];
    counts = new int[split.parts()];
    var seen = new int[split.parts()][space.target().labels().size()];
    var row = new int[1];
    var known = new KnownLabels(space.target().labels());
    rows.forEach(ProblemListener.SILENT, each -> {
      int fold = split.partOf(row[0]++);
      known.of(each, problems).ifPresent(labels -> {
        all[fold]++;
        for (int label : labels) {
          seen[fold][label]++;
        }
      });
    });
    long most = Math.max(1, mostScores / space.size() / split.parts());
    for (int fold = 0; fold < counts.length; fold++) {
      counts[fold] = (int) Math.min(most, all[fold]);
      int own = fold;
      forEach(fold, (each, labels) -> {
        if (own == 0 && samples.size() < SAMPLES) {
          samples.add(each);
        }
        truth.add(labels);
        weights.add(each.meta().weight());
        folds.add(own);
        taught.add(areSeenElsewhere(labels, own, seen));
      });
    }
  }

  private static boolean areSeenElsewhere(int[] labels, int fold, int[][] seen) {
    for (int label : labels) {
      boolean isSeen = false;
      for (int other = 0; other < seen.length; other++) {
        isSeen |= other != fold && seen[other][label] > 0;
      }
      if (!isSeen) {
        return false;
      }
    }
    return true;
  }

  AnswerSpace space() {
    return space;
  }

  /** The number of folds. */
  int folds() {
    return split.parts();
  }

  /** The number of rows that are scored. */
  int size() {
    return truth.size();
  }

  /** The labels of the rows of a fold that are scored. */
  int[][] truth(int fold) {
    return IntStream.range(0, truth.size()).filter(row -> folds.get(row) == fold).mapToObj(truth::get)
        .toArray(int[][]::new);
  }

  /** As how many rows those rows count. */
  double[] weights(int fold) {
    return IntStream.range(0, truth.size()).filter(row -> folds.get(row) == fold).mapToDouble(weights::get).toArray();
  }

  /** The rows to train on for a fold. */
  RowSource others(int fold) {
    return split.allBut(fold);
  }

  /** Passes on the rows of a fold that are scored, with their labels. */
  private void forEach(int fold, BiConsumer<Row, int[]> consumer) {
    var known = new KnownLabels(space.target().labels());
    var at = new int[1];
    split.part(fold).forEach(ProblemListener.SILENT, row -> known.of(row, ProblemListener.SILENT)
        .ifPresent(labels -> {
          long number = at[0]++;
          if (number * counts[fold] / all[fold] < (number + 1) * counts[fold] / all[fold]) {
            consumer.accept(row, labels);
          }
        }));
  }

  /** Some rows of the first fold, to count operations with. */
  <T> List<T> samples(Function<Row, T> content) {
    return samples.stream().map(content).toList();
  }

  /** What a classifier says. */
  @FunctionalInterface
  interface Asked {
    /** The logits of items, {@code [members][items][]}. */
    float[][][] ask(List<Item> items);
  }

  /**
   * The evidence of members for the rows of a fold: {@code [members][rows][answers]}.
   *
   * @param ballots of the members
   * @param item a row as they read it
   */
  List<float[][]> evidence(int fold, List<Ballot> ballots, Function<Row, Item> item, Asked members) {
    var evidence = new ArrayList<float[][]>();
    ballots.forEach(_ -> evidence.add(new float[counts[fold]][]));
    var items = new ArrayList<Item>();
    var done = new int[1];
    Runnable score = () -> {
      float[][][] logits = members.ask(items);
      for (int member = 0; member < ballots.size(); member++) {
        for (int i = 0; i < items.size(); i++) {
          evidence.get(member)[done[0] + i] = ballots.get(member).evidence(logits[member][i]);
        }
      }
      done[0] += items.size();
      items.clear();
    };
    forEach(fold, (row, _) -> {
      Item read = item.apply(row);
      items.add(read.text().isBlank() ? read.withText("") : read);
      if (items.size() == BATCH) {
        score.run();
      }
    });
    if (!items.isEmpty()) {
      score.run();
    }
    return evidence;
  }

  /** The same of one classifier: {@code [rows][answers]}. */
  float[][] evidence(int fold, Classifier classifier) {
    return evidence(fold, List.of(space.ballot(classifier.target())), classifier::item,
        items -> new float[][][] {classifier.logits(items)}).getFirst();
  }

  /**
   * What members say of all rows.
   *
   * @param evidence {@code [members][rows][answers]}, the rows fold by fold
   * @param areTaught whether members were trained on all labels, whatever the folds
   */
  ScoredMembers scored(List<float[][]> evidence, boolean areTaught) {
    var isTaught = new boolean[size()];
    for (int row = 0; row < isTaught.length; row++) {
      isTaught[row] = areTaught || taught.get(row);
    }
    return new ScoredMembers(space, evidence, truth.toArray(int[][]::new),
        weights.stream().mapToDouble(Double::doubleValue).toArray(),
        folds.stream().mapToInt(Integer::intValue).toArray(), isTaught);
  }
}
