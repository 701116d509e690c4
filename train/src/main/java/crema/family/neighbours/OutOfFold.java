package crema.family.neighbours;

import crema.base.Fingerprint;
import crema.base.PieceJournal;
import crema.base.Rng;
import crema.base.WorkerPool;
import crema.classify.ComputeOptions;
import crema.data.Split;
import crema.embed.Vectors;
import crema.linear.SparseMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
  /** So many texts are looked up, then what was found is kept. */
  private static final int AT_ONCE = 512;

  private final CandidateFinder.Search search;
  private final List<String> names;
  private final Vectors nameVectors;
  private final Items items;
  private final List<String> texts;
  private final SparseMatrix features;
  private final Split folds;
  private final Function<Items, Optional<Whitening>> whitening;
  private final WorkerPool pool;
  private final long seed;
  private final ComputeOptions compute;
  private final NeighboursCheckpoints checkpoints;

  /**
   * Texts.
   *
   * @param names of the categories
   * @param nameVectors of these
   * @param items all training texts
   * @param texts the same as they are written
   * @param features of the same, {@code [texts, features]}
   * @param folds which fold each is in
   * @param whitening learned anew of the items of all other folds
   * @param checkpoints keep what is found
   */
  OutOfFold(CandidateFinder.Search search, List<String> names, Vectors nameVectors, Items items, List<String> texts,
      SparseMatrix features, Split folds, Function<Items, Optional<Whitening>> whitening, long seed,
      ComputeOptions compute, NeighboursCheckpoints checkpoints, WorkerPool pool) {
    this.checkpoints = checkpoints;
    this.whitening = whitening;
    this.pool = pool;
    this.search = search;
    this.names = names;
    this.nameVectors = nameVectors;
    this.items = items;
    this.texts = texts;
    this.features = features;
    this.folds = folds;
    this.seed = seed;
    this.compute = compute;
  }

  /**
   * Texts among the categories of the training.
   *
   * @param most how many texts are looked up
   * @param progress is told how many are
   * @throws crema.nn.train.StoppedException if it was asked to stop
   */
  CandidateRanker.Examples known(int most, IntConsumer progress) {
    var examples = new CandidateRanker.Examples(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (PieceJournal found = pieces("known")) {
      for (int fold = 0; fold < folds.parts(); fold++) {
        var limits = new int[names.size()];
        Arrays.fill(limits, Integer.MAX_VALUE);
        add(fold, chosen(most), limits, new BitSet(), found, examples, progress);
      }
    }
    return examples;
  }

  private PieceJournal pieces(String name) {
    var identity = new Fingerprint(name).add(search.toString()).add(names).add(texts).add(seed).add(folds.parts())
        .add(IntStream.range(0, items.count()).map(folds::partOf).toArray())
        .add(items.labels().starts()).add(items.labels().categories()).add(items.weights())
        .add(items.vectors().size()).add(items.vectors().rows(IntStream.range(0, items.count()).toArray()));
    features.addTo(identity);
    return checkpoints.pieces(name, identity.add(nameVectors.rows(IntStream.range(0, names.size()).toArray()))
        .add(CandidateFeature.COUNT));
  }

  /** Texts some of whose categories are as if they had been added with few items or none: in each fold others. */
  CandidateRanker.Examples added() {
    var examples = new CandidateRanker.Examples(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    int rounds = Math.clamp(MOST_ADDED / Math.max(1, items.count()), 1, MOST_ROUNDS);
    try (PieceJournal found = pieces("added")) {
      for (int part = 0; part < rounds * folds.parts(); part++) {
        int round = part / folds.parts();
        int fold = part % folds.parts();
        var stream = new Rng(seed, 3 + round * folds.parts() + fold).stream(0);
        var limits = new int[names.size()];
        var added = new BitSet();
        for (int category = 0; category < limits.length; category++) {
          added.set(category, Integer.remainderUnsigned(stream.bits(2L * category), ADDED_OF) == 0);
          limits[category] = added.get(category)
              ? ITEMS_OF_ADDED[Integer.remainderUnsigned(stream.bits(2L * category + 1), ITEMS_OF_ADDED.length)]
              : Integer.MAX_VALUE;
        }
        add(fold, chosen(MOST_ADDED), limits, added, found, examples, _ -> {});
      }
    }
    return examples;
  }

  /** Looks the chosen texts of a fold up among the items of all others. */
  private void add(int fold, int[] chosen, int[] limits, BitSet added, PieceJournal found,
      CandidateRanker.Examples examples, IntConsumer progress) {
    int[] looked = IntStream.of(chosen).filter(row -> folds.partOf(row) == fold).toArray();
    Items.Some some =
        items.only(IntStream.range(0, items.count()).filter(row -> folds.partOf(row) != fold).toArray(), limits);
    if (looked.length == 0 || some.items().count() == 0) {
      return;
    }
    try (var among = new Among(some, added)) {
      for (int from = 0; from < looked.length; from += AT_ONCE) {
        int[] rows = Arrays.copyOfRange(looked, from, Math.min(looked.length, from + AT_ONCE));
        examples.candidates().addAll(Candidates.ofBytes(found.next(() -> Candidates.toBytes(among.find(rows)))));
        progress.accept(examples.candidates().size());
      }
    }
    for (int row : looked) {
      examples.truth().add(items.labels().of(row));
      examples.weights().add(items.weights()[row]);
    }
  }

  /** The items of other folds, prepared when the first text is looked up among them. */
  private final class Among implements AutoCloseable {
    private final Items.Some others;
    private final BitSet added;
    private Optional<Whitening> seen = Optional.empty();
    private @Nullable CandidateFinder finder;

    Among(Items.Some others, BitSet added) {
      this.others = others;
      this.added = added;
    }

    List<Candidates> find(int[] rows) {
      checkpoints.stop().check();
      if (finder == null) {
        seen = whitening.apply(others.items());
        Items known = others.items().with(see(others.items().vectors()));
        finder = new CandidateFinder(search, Categories.of(names, see(nameVectors), known), added, known.labels(),
            known.search(compute), scorer(others), compute);
      }
      return finder.find(IntStream.of(rows).mapToObj(texts::get).toList(), features.rows(rows),
          see(new Vectors(nameVectors.size(), items.vectors().rows(rows))));
    }

    private Vectors see(Vectors vectors) {
      return seen.map(each -> each.apply(vectors, pool)).orElse(vectors);
    }

    @Override
    public void close() {
      if (finder != null) {
        finder.close();
      }
    }
  }

  private Optional<TermScorer> scorer(Items.Some some) {
    return features.sparseColumns() == 0 ? Optional.empty()
        : Optional.of(new TermScorer(TermSums.of(features, some.rows(), some.items().labels(), some.items().weights(),
            names.size()), features.sparseColumns()));
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
