package crema.family.neighbours;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelSource;
import crema.data.Row;
import crema.embed.HnswIndex;
import crema.embed.NearestSearch;
import crema.embed.Vectors;
import crema.linear.SparseMatrix;
import crema.task.Target;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A {@link Classifier} that compares a text with categories and with texts whose categories are known. Its logits are
 * those of probabilities: the candidates have nearly all, and what they leave the other categories share evenly.
 */
public final class NeighboursClassifier implements Classifier {
  private final TextVectors texts;
  private final CandidateFinder finder;
  private final CandidateRanker ranker;
  private final Categories categories;
  private final Target target;
  /** The label of each category. */
  private final int[] labels;
  private final double[] shares;
  private final int items;

  /**
   * A classifier.
   *
   * @param finder finds candidates among the categories
   * @param items how many texts it knows
   */
  NeighboursClassifier(TextVectors texts, CandidateFinder finder, CandidateRanker ranker, Categories categories,
      Target target, int items) {
    this.texts = texts;
    this.finder = finder;
    this.ranker = ranker;
    this.categories = categories;
    this.target = target;
    this.items = items;
    labels = categories.names().stream().mapToInt(target.labels()::indexOf).toArray();
    double all = Arrays.stream(categories.counts()).asLongStream().sum() + categories.count();
    shares = Arrays.stream(categories.counts()).mapToDouble(count -> (count + 1) / all).toArray();
  }

  /** The same that decides otherwise. */
  NeighboursClassifier withTarget(Target other) {
    return new NeighboursClassifier(texts, finder, ranker, categories, other, items);
  }

  static NeighboursClassifier load(ModelSource model, ComputeOptions options) throws IOException {
    NeighboursDescription description = NeighboursDescription.read(model);
    // The labels before the categories, which are replaced first when one is added.
    Target target = model.readTarget();
    NeighbourFiles.Known known = NeighbourFiles.readCategories(model);
    int count = (int) known.categories().names().stream().filter(name -> target.labels().indexOf(name) >= 0).count();
    Categories categories = known.categories().first(count);
    var names = new HashSet<>(categories.names());
    if (!categories.names().stream().allMatch(name -> target.labels().indexOf(name) >= 0)
        || !Arrays.stream(target.candidates()).mapToObj(target.labels()::name).allMatch(names::contains)) {
      throw new UserError(model.name() + ": " + NeighbourFiles.CATEGORIES + " has other categories than labels.json: "
          + "the files are of different models");
    }
    Items items = NeighbourFiles.readItems(model, categories);
    Items later = known.added().below(count);
    TextVectors texts = TextVectors.load(model, options);
    try {
      if (texts.size() != categories.means().size()) {
        throw new UserError(model.name() + ": texts have vectors of " + texts.size() + " features, and categories of "
            + categories.means().size() + ": the files are of different models");
      }
      var added = new BitSet();
      added.set(Math.min(count, known.trained()), count);
      NearestSearch search = model.holds(NeighbourFiles.INDEX)
          ? HnswIndex.load(model.bytes(NeighbourFiles.INDEX), items.vectors(), options.threads())
          : items.search(options);
      NearestSearch all = later.count() == 0 ? search : search.and(later.search(options));
      return new NeighboursClassifier(texts, new CandidateFinder(description.search(), categories, added,
          items.labels().and(later.labels()), all, scorer(model, known, count, texts.spaces().termCount()), options),
          description.ranker(), categories, target, all.count());
    } catch (IOException | RuntimeException e) {
      texts.close();
      throw e;
    }
  }

  private static Optional<TermScorer> scorer(ModelSource model, NeighbourFiles.Known known, int count, int terms)
      throws IOException {
    if (!model.holds(NeighbourFiles.TERMS)) {
      return Optional.empty();
    }
    TermSums sums = NeighbourFiles.readTerms(model).and(known.addedTerms());
    if (sums.categories() != known.categories().count() || !sums.isValid(terms)) {
      throw new UserError(model.name() + ": " + NeighbourFiles.TERMS + " has other terms than the texts: the files are "
          + "damaged, or of different models");
    }
    return Optional.of(new TermScorer(sums.first(count), terms));
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public List<String> columns() {
    return texts.spaces().columns();
  }

  @Override
  public String text(Row row) {
    return texts.spaces().text(row);
  }

  @Override
  public float[][] logits(List<String> given) {
    int[] filled = IntStream.range(0, given.size()).filter(text -> !given.get(text).isBlank()).toArray();
    List<String> read = Arrays.stream(filled).mapToObj(given::get).toList();
    var logits = new float[given.size()][0];
    if (filled.length == 0) {
      return logits;
    }
    SparseMatrix features = texts.spaces().of(read);
    Vectors vectors = texts.of(features);
    List<Candidates> candidates = finder.find(read, features, vectors);
    for (int text = 0; text < filled.length; text++) {
      logits[filled[text]] =
          target.logits(labels, isKnown(vectors, text) ? probabilities(candidates.get(text)) : shares);
    }
    return logits;
  }

  /** Of a text without a vector nothing is nearest. */
  private static boolean isKnown(Vectors vectors, int text) {
    for (float value : vectors.row(text)) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }

  private double[] probabilities(Candidates candidates) {
    double[] ofCandidates = ranker.probabilities(candidates);
    int others = categories.count() - candidates.count();
    var probabilities = new double[categories.count()];
    if (ranker.isExclusive()) {
      double left = 1 - Arrays.stream(ofCandidates).sum();
      Arrays.fill(probabilities, left / Math.max(1, others));
    }
    for (int i = 0; i < ofCandidates.length; i++) {
      probabilities[candidates.categories()[i]] = ofCandidates[i];
    }
    return probabilities;
  }

  @Override
  public float[][] embed(List<String> given) {
    Vectors vectors = texts.of(given);
    var rows = new float[given.size()][];
    Arrays.setAll(rows, row -> given.get(row).isBlank() ? new float[vectors.size()] : vectors.row(row));
    return rows;
  }

  /** Those of the vector, and of a comparison with each item and each category. */
  @Override
  public double operations(String text) {
    return texts.operations(text) + 2.0 * texts.size() * (items + (double) categories.count());
  }

  /** Ends the searches and releases the encoders. */
  @Override
  public void close() {
    finder.close();
    texts.close();
  }
}
