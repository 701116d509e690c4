package crema.family.neighbours;

import crema.classify.ComputeOptions;
import crema.data.Taxonomy;
import crema.embed.NearestSearch;
import crema.embed.VectorSearch;
import crema.embed.VectorSearch.Hit;
import crema.embed.VectorSearch.Similarity;
import crema.embed.Vectors;
import crema.linear.SparseMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the categories that come into question for texts: those of the nearest items, and those whose own vectors are
 * nearest. Safe for use by many threads.
 */
final class CandidateFinder implements AutoCloseable {
  /** Cosines whose difference divides the weight of a vote by e. */
  private static final double SHARP = 0.03;
  private static final double SOFT = 0.15;
  private static final int FEW = 5;
  /** More items of an added category are as good. */
  static final int MANY_ITEMS = 30;
  /** Added to shares whose logarithm is taken. */
  private static final double LEAST_SHARE = 1e-3;
  /** Of few neighbours, a vote is worth much. */
  private static final double LEAST_VOTE = 0.1;

  private final Search settings;
  private final Categories categories;
  private final int size;
  private final float[] vectors;
  private final float[] itemVectors;
  private final float[] nameVectors;
  private final NameMatch match;
  /** Null where categories are no tree. */
  private final @Nullable Taxonomy tree;
  private final int[] nodes;
  private final ItemLabels labels;
  private final BitSet added;
  private final VectorSearch nearCategories;
  private final NearestSearch nearItems;
  private final Optional<TermScorer> scorer;

  /**
   * What is searched for.
   *
   * @param neighbours how many items
   * @param candidates how many categories at most
   * @param nameWeight of a category's name in its vector
   * @param separator of the segments of paths; empty where categories are no tree
   */
  record Search(int neighbours, int candidates, double nameWeight, Optional<String> separator) {
    /** A category's name as a text: of a path its segments. */
    String text(String name) {
      return separator.map(each -> name.replace(each, " ").replace(each.strip(), " ")).orElse(name);
    }
  }

  /**
   * Prepares categories and items.
   *
   * @param added the categories that were added after the training
   * @param labels the categories of items
   * @param nearItems the search among these, which is closed with this
   * @param scorer compares all terms with those of the categories; empty where texts have none
   */
  CandidateFinder(Search settings, Categories categories, BitSet added, ItemLabels labels, NearestSearch nearItems,
      Optional<TermScorer> scorer, ComputeOptions compute) {
    this.added = added;
    this.settings = settings;
    this.categories = categories;
    size = categories.means().size();
    vectors = categories.vectors(settings.nameWeight());
    itemVectors = categories.itemVectors();
    nameVectors = categories.nameVectors();
    match = new NameMatch(categories.names().stream().map(settings::text).toList());
    tree = settings.separator().map(separator -> Taxonomy.of(categories.names(), separator)).orElse(null);
    nodes = tree == null ? new int[0] : categories.names().stream().mapToInt(tree::indexOf).toArray();
    this.labels = labels;
    this.nearItems = nearItems;
    this.scorer = scorer;
    nearCategories = new VectorSearch(new Vectors(size, vectors), Similarity.DOT, compute);
  }

  /**
   * The candidates for each text.
   *
   * @param texts as they are written
   * @param features their terms, {@code [texts, features]}
   * @param queries their vectors, of length 1
   */
  List<Candidates> find(List<String> texts, SparseMatrix features, Vectors queries) {
    List<List<Hit>> near = nearCategories.nearest(queries, settings.candidates());
    List<List<Hit>> items = nearItems.nearest(queries, settings.neighbours());
    var found = new ArrayList<Candidates>();
    for (int text = 0; text < texts.size(); text++) {
      int row = text;
      found.add(candidates(NameMatch.Parts.of(texts.get(text)), queries.row(text), near.get(text),
          items.get(text), scorer.map(each -> each.of(features, row))));
    }
    return found;
  }

  private Candidates candidates(NameMatch.Parts text, float[] query, List<Hit> near, List<Hit> items,
      Optional<TermScorer.Scores> terms) {
    var votes = new Votes(items);
    int[] candidates = terms.map(scores -> alternating(nearest(near, votes), scores.nearest(settings.candidates())))
        .orElseGet(() -> nearest(near, votes));
    var cosines = new float[candidates.length];
    float best = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = UnitLength.product(query, 0, vectors, candidates[i] * size, size);
      best = Math.max(best, cosines[i]);
    }
    var features = new float[candidates.length * CandidateFeature.COUNT];
    for (int i = 0; i < candidates.length; i++) {
      int place = 1;
      for (float other : cosines) {
        place += other > cosines[i] ? 1 : 0;
      }
      var row = new Row(features, i * CandidateFeature.COUNT);
      if (!added.get(candidates[i])) {
        row.set(CandidateFeature.CATEGORY, cosines[i]);
        row.set(CandidateFeature.CATEGORY_GAP, cosines[i] - best);
        row.set(CandidateFeature.CATEGORY_RANK, 1.0 / place);
        addTrained(row, candidates[i], query, text, votes);
      } else {
        row.set(CandidateFeature.ADDED_CATEGORY, cosines[i]);
        row.set(CandidateFeature.ADDED_GAP, cosines[i] - best);
        addAdded(row, candidates[i], query, text, votes);
      }
    }
    terms.ifPresent(scores -> addTerms(candidates, scores, features));
    return new Candidates(candidates, features);
  }

  private void addTerms(int[] candidates, TermScorer.Scores scores, float[] features) {
    double highest = Arrays.stream(candidates).mapToDouble(each -> scores.likelihoods()[each]).max().orElse(0);
    double nearest = Arrays.stream(scores.cosines()).max().orElse(0);
    for (int i = 0; i < candidates.length; i++) {
      var row = new Row(features, i * CandidateFeature.COUNT);
      double cosine = scores.cosines()[candidates[i]];
      if (added.get(candidates[i])) {
        row.set(CandidateFeature.ADDED_TERMS, cosine);
        row.set(CandidateFeature.ADDED_TERMS_GAP, cosine - nearest);
      } else {
        row.set(CandidateFeature.TERMS, cosine);
        row.set(CandidateFeature.TERM_LIKELIHOOD, scores.likelihoods()[candidates[i]] - highest);
      }
    }
  }

  /** The first of one list, the first of another, the second of each, and so on, each category once. */
  private int[] alternating(int[] some, int[] others) {
    var both = new LinkedHashSet<Integer>();
    for (int place = 0; place < Math.max(some.length, others.length); place++) {
      if (place < some.length) {
        both.add(some[place]);
      }
      if (place < others.length) {
        both.add(others[place]);
      }
    }
    return both.stream().limit(settings.candidates()).mapToInt(i -> i).toArray();
  }

  /** The categories of the nearest items and the nearest categories, by the highest cosine of one of these. */
  private int[] nearest(List<Hit> near, Votes votes) {
    var scores = new float[categories.count()];
    Arrays.fill(scores, Float.NEGATIVE_INFINITY);
    near.forEach(hit -> scores[hit.row()] = hit.score());
    for (int category : votes.voted) {
      scores[category] = Math.max(scores[category], votes.nearest[category]);
    }
    return IntStream.range(0, scores.length).filter(category -> scores[category] > Float.NEGATIVE_INFINITY).boxed()
        .sorted((a, b) -> Float.compare(scores[b], scores[a])).limit(settings.candidates()).mapToInt(i -> i).toArray();
  }

  private void addTrained(Row row, int category, float[] query, NameMatch.Parts text, Votes votes) {
    row.set(CandidateFeature.ITEMS, UnitLength.product(query, 0, itemVectors, category * size, size));
    row.set(CandidateFeature.NAME, UnitLength.product(query, 0, nameVectors, category * size, size));
    row.set(CandidateFeature.NEAREST_ITEM, votes.nearest[category]);
    row.set(CandidateFeature.IS_NEAREST, votes.first[category] ? 1 : 0);
    row.set(CandidateFeature.SHARP_VOTES, StrictMath.log(votes.sharp[category] + LEAST_SHARE));
    row.set(CandidateFeature.SOFT_VOTES, StrictMath.log(votes.soft[category] + LEAST_SHARE));
    row.set(CandidateFeature.FIVE_VOTES, StrictMath.log(votes.few[category] + LEAST_VOTE));
    row.set(CandidateFeature.VOTES, StrictMath.log(votes.all[category] + LEAST_VOTE));
    row.set(CandidateFeature.WORDS, match.words(category, text));
    row.set(CandidateFeature.RUNS, match.runs(category, text));
    row.set(CandidateFeature.TREE_DISTANCE, distance(category, votes));
    row.set(CandidateFeature.ITEM_COUNT, StrictMath.log(1 + categories.counts()[category]));
    row.set(CandidateFeature.IS_TRAINED, 1);
  }

  private void addAdded(Row row, int category, float[] query, NameMatch.Parts text, Votes votes) {
    int count = Math.min(MANY_ITEMS, categories.counts()[category]);
    row.set(CandidateFeature.ADDED_NAME, UnitLength.product(query, 0, nameVectors, category * size, size));
    row.set(CandidateFeature.ADDED_NEAREST_ITEM, votes.nearest[category] - votes.highest);
    row.set(CandidateFeature.ADDED_IS_NEAREST, votes.first[category] ? 1 : 0);
    row.set(CandidateFeature.ADDED_VOTES, StrictMath.log(votes.sharp[category] + LEAST_SHARE));
    row.set(CandidateFeature.ADDED_WORDS, match.words(category, text));
    row.set(CandidateFeature.ADDED_RUNS, match.runs(category, text));
    row.set(CandidateFeature.ADDED_TREE_DISTANCE, distance(category, votes));
    row.set(CandidateFeature.ADDED_ITEM_COUNT, StrictMath.log(1 + count));
    row.set(CandidateFeature.ADDED_HAS_ITEMS, count > 0 ? 1 : 0);
    row.set(CandidateFeature.IS_ADDED, 1);
  }

  /** The mean distance to the categories of the neighbours, by the weight of their votes, relative to the tree's depth. */
  private double distance(int category, Votes votes) {
    if (tree == null) {
      return 0;
    }
    double sum = 0;
    for (int other : votes.voted) {
      sum += votes.soft[other] * tree.distance(nodes[category], nodes[other]);
    }
    return sum / (2.0 * tree.depth());
  }

  /** Where the features of a candidate are written. */
  private record Row(float[] features, int begin) {
    void set(CandidateFeature feature, double value) {
      features[begin + feature.ordinal()] = (float) value;
    }
  }

  /** What the nearest items say of the categories. */
  private final class Votes {
    private final float[] nearest = new float[categories.count()];
    private final boolean[] first = new boolean[categories.count()];
    private final double[] sharp = new double[categories.count()];
    private final double[] soft = new double[categories.count()];
    private final double[] few = new double[categories.count()];
    private final double[] all = new double[categories.count()];
    /** Those that have a vote, the nearest first. */
    private final int[] voted;
    private final float highest;

    Votes(List<Hit> items) {
      highest = items.isEmpty() ? 0 : items.getFirst().score();
      Arrays.fill(nearest, items.isEmpty() ? 0 : items.getLast().score());
      double sharpSum = 0;
      double softSum = 0;
      for (Hit hit : items) {
        sharpSum += StrictMath.exp((hit.score() - highest) / SHARP);
        softSum += StrictMath.exp((hit.score() - highest) / SOFT);
      }
      var order = new ArrayList<Integer>();
      var hasVote = new boolean[nearest.length];
      for (int place = 0; place < items.size(); place++) {
        Hit hit = items.get(place);
        for (int at = labels.starts()[hit.row()]; at < labels.starts()[hit.row() + 1]; at++) {
          int category = labels.categories()[at];
          if (!hasVote[category]) {
            hasVote[category] = true;
            nearest[category] = hit.score();
            order.add(category);
          }
          first[category] |= place == 0;
          sharp[category] += StrictMath.exp((hit.score() - highest) / SHARP) / sharpSum;
          soft[category] += StrictMath.exp((hit.score() - highest) / SOFT) / softSum;
          few[category] += place < FEW ? 1.0 / Math.min(FEW, items.size()) : 0;
          all[category] += 1.0 / items.size();
        }
      }
      voted = order.stream().mapToInt(i -> i).toArray();
    }
  }

  @Override
  public void close() {
    nearCategories.close();
    nearItems.close();
  }
}
