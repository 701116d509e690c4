package crema.family.neighbours;

import crema.base.Rng;
import crema.base.WorkerPool;
import crema.classify.ComputeOptions;
import crema.data.Split;
import crema.embed.Vectors;
import crema.nn.train.StopSignal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What training texts say when they are looked up among others: each fold among the items of all other folds, so that
 * no text ever finds itself, nor its group.
 */
final class OutOfFold {
  /** Of so many categories, one is as if it had been added, where that is learned. */
  private static final int ADDED_OF = 8;
  /** How many items an added category has. */
  private static final int[] ITEMS_OF_ADDED = {0, 1, 3, 10, CandidateFinder.MANY_ITEMS};
  /** Texts from which the weights of added categories are learned. */
  private static final int MOST_ADDED = 4000;
  /** Of few texts, each is looked up so often, among other categories. */
  private static final int MOST_ROUNDS = 8;

  private final CandidateFinder.Search search;
  private final List<String> names;
  private final Vectors nameVectors;
  private final Items items;
  private final List<String> texts;
  private final Split folds;
  private final Function<Items, Optional<Whitening>> whitening;
  private final WorkerPool pool;
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
   * @param whitening learned anew of the items of all other folds
   */
  OutOfFold(CandidateFinder.Search search, List<String> names, Vectors nameVectors, Items items, List<String> texts,
      Split folds, Function<Items, Optional<Whitening>> whitening, long seed, ComputeOptions compute,
      WorkerPool pool) {
    this.whitening = whitening;
    this.pool = pool;
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
   * Texts among the categories of the training.
   *
   * @param most how many texts are looked up
   * @param progress is told how many are
   * @param stop ends early
   */
  CandidateRanker.Examples known(int most, IntConsumer progress, StopSignal stop) {
    var examples = new CandidateRanker.Examples(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int fold = 0; fold < folds.parts() && !stop.isRequested(); fold++) {
      var limits = new int[names.size()];
      Arrays.fill(limits, Integer.MAX_VALUE);
      add(fold, chosen(most), limits, new BitSet(), examples);
      progress.accept(examples.candidates().size());
    }
    return examples;
  }

  /** Texts some of whose categories are as if they had been added with few items or none: in each fold others. */
  CandidateRanker.Examples added(StopSignal stop) {
    var examples = new CandidateRanker.Examples(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    int rounds = Math.clamp(MOST_ADDED / Math.max(1, items.count()), 1, MOST_ROUNDS);
    for (int round = 0; round < rounds; round++) {
      for (int fold = 0; fold < folds.parts() && !stop.isRequested(); fold++) {
        var stream = new Rng(seed, 3 + round * folds.parts() + fold).stream(0);
        var limits = new int[names.size()];
        var added = new BitSet();
        for (int category = 0; category < limits.length; category++) {
          added.set(category, Integer.remainderUnsigned(stream.bits(2L * category), ADDED_OF) == 0);
          limits[category] = added.get(category)
              ? ITEMS_OF_ADDED[Integer.remainderUnsigned(stream.bits(2L * category + 1), ITEMS_OF_ADDED.length)]
              : Integer.MAX_VALUE;
        }
        add(fold, chosen(MOST_ADDED), limits, added, examples);
      }
    }
    return examples;
  }

  /** Looks the chosen texts of a fold up among the items of all others. */
  private void add(int fold, int[] chosen, int[] limits, BitSet added, CandidateRanker.Examples examples) {
    int[] looked = IntStream.of(chosen).filter(row -> folds.partOf(row) == fold).toArray();
    Items others =
        items.only(IntStream.range(0, items.count()).filter(row -> folds.partOf(row) != fold).toArray(), limits);
    if (looked.length == 0 || others.count() == 0) {
      return;
    }
    Optional<Whitening> seen = whitening.apply(others);
    UnaryOperator<Vectors> see = vectors -> seen.map(each -> each.apply(vectors, pool)).orElse(vectors);
    Items known = others.with(see.apply(others.vectors()));
    var queries = new Vectors(nameVectors.size(), items.vectors().rows(looked));
    try (var finder = new CandidateFinder(search, Categories.of(names, see.apply(nameVectors), known), added,
        known.labels(), known.search(compute), compute)) {
      examples.candidates().addAll(finder.find(IntStream.of(looked).mapToObj(texts::get).toList(),
          see.apply(queries)));
    }
    for (int row : looked) {
      examples.truth().add(items.labels().of(row));
      examples.weights().add(items.weights()[row]);
    }
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
}
