package crema.family.neighbours;

import crema.base.Rng;
import crema.classify.ComputeOptions;
import crema.data.Split;
import crema.embed.Vectors;
import crema.nn.train.StopSignal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * What training texts say when they are looked up among others: each fold among the items of all other folds, so that
 * no text ever finds itself, nor its group.
 */
final class OutOfFold {
  /** Of so many categories, one is as if it had just been added, where that is learned. */
  private static final int HIDDEN = 8;
  /** Texts from which the few weights of categories without items are learned. */
  private static final int MOST_FRESH = 4000;

  private final CandidateFinder.Search search;
  private final List<String> names;
  private final Vectors nameVectors;
  private final Items items;
  private final List<String> texts;
  private final Split folds;
  private final long seed;
  private final ComputeOptions compute;

  /**
   * Texts.
   *
   * @param names of the categories
   * @param nameVectors of these
   * @param items all training texts
   * @param texts the same as they are written
   * @param folds which fold each is in
   */
  OutOfFold(CandidateFinder.Search search, List<String> names, Vectors nameVectors, Items items, List<String> texts,
      Split folds, long seed, ComputeOptions compute) {
    this.search = search;
    this.names = names;
    this.nameVectors = nameVectors;
    this.items = items;
    this.texts = texts;
    this.folds = folds;
    this.seed = seed;
    this.compute = compute;
  }

  /**
   * Texts among categories that have items.
   *
   * @param most how many texts are looked up
   * @param progress is told how many are
   * @param stop ends early
   */
  CandidateRanker.Examples known(int most, IntConsumer progress, StopSignal stop) {
    return examples(most, 0, progress, stop);
  }

  /** Texts some of whose categories are as if they had just been added by name: in each fold others. */
  CandidateRanker.Examples fresh(IntConsumer progress, StopSignal stop) {
    return examples(MOST_FRESH, HIDDEN, progress, stop);
  }

  private CandidateRanker.Examples examples(int most, int hiddenOf, IntConsumer progress, StopSignal stop) {
    var candidates = new ArrayList<Candidates>();
    var truth = new ArrayList<int[]>();
    int[] chosen = chosen(most);
    for (int fold = 0; fold < folds.parts() && !stop.isRequested(); fold++) {
      int part = fold;
      BitSet hidden = hidden(fold, hiddenOf);
      int[] looked = IntStream.of(chosen).filter(row -> folds.partOf(row) == part).toArray();
      Items others = items.only(IntStream.range(0, items.count()).filter(row -> folds.partOf(row) != part).toArray(),
          hidden);
      if (looked.length == 0 || others.count() == 0) {
        continue;
      }
      try (var finder =
          new CandidateFinder(search, Categories.of(names, nameVectors, others), others, compute)) {
        candidates.addAll(finder.find(IntStream.of(looked).mapToObj(texts::get).toList(),
            new Vectors(nameVectors.size(), items.vectors().rows(looked))));
      }
      for (int row : looked) {
        truth.add(items.labels().of(row));
      }
      progress.accept(candidates.size());
    }
    return new CandidateRanker.Examples(candidates, truth);
  }

  /** Texts at random, in their order. */
  private int[] chosen(int most) {
    if (items.count() <= most) {
      return IntStream.range(0, items.count()).toArray();
    }
    var stream = new Rng(seed, 2).stream(0);
    return IntStream.range(0, items.count()).boxed()
        .sorted((a, b) -> Integer.compare(stream.bits(a), stream.bits(b))).limit(most).mapToInt(row -> row).sorted()
        .toArray();
  }

  private BitSet hidden(int fold, int of) {
    var hidden = new BitSet();
    if (of > 0) {
      var stream = new Rng(seed, 3 + fold).stream(0);
      for (int category = 0; category < names.size(); category++) {
        hidden.set(category, Integer.remainderUnsigned(stream.bits(category), of) == 0);
      }
    }
    return hidden;
  }
}
