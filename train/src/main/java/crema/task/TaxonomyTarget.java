package crema.task;

import crema.base.Forest;
import crema.data.LabelSet;
import crema.data.Taxonomy;
import crema.metrics.ConfidenceCurves;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.Outcomes;
import crema.metrics.ScoreMatrix;
import crema.metrics.SingleLabelOutcomes;
import crema.nn.loss.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A path in a taxonomy. The labels are all its nodes, numbered as there; the label of a row is the last node of its
 * path. Immutable.
 */
public final class TaxonomyTarget implements Target {
  private final LabelSet labels;
  private final String separator;
  private final Taxonomy taxonomy;
  private final Link link;
  private final Decoding decoding;
  private final LabelSet rowLabels;
  private final Trust trust;
  private final TreeDecoder decoder;

  private TaxonomyTarget(
      LabelSet labels, String separator, Taxonomy taxonomy, Link link, Decoding decoding, Trust trust) {
    this.labels = labels;
    this.separator = separator;
    this.taxonomy = taxonomy;
    this.link = link;
    this.decoding = decoding;
    this.trust = trust;
    rowLabels = rowLabels(labels, taxonomy);
    // The curve rises: a node reaches a threshold where its score reaches what the curve makes that threshold of.
    decoder = new TreeDecoder(taxonomy, rowLabels, link, decoding.withThreshold(trust.confidence()::inverse));
  }

  /**
   * Paths, and how to answer with them.
   *
   * @param rowLabels the paths of the training rows
   */
  public static TaxonomyTarget of(LabelSet rowLabels, String separator, Link link, Decoding decoding) {
    Taxonomy taxonomy = Taxonomy.of(rowLabels.names(), separator);
    return new TaxonomyTarget(taxonomy.labels(rowLabels), separator, taxonomy, link, decoding, Trust.NONE);
  }

  /** The same nodes, read from a model: what is said of them in {@link #of}, they say themselves. */
  static TaxonomyTarget ofNodes(LabelSet nodes, String separator, Link link, Decoding decoding) {
    return new TaxonomyTarget(nodes, separator, Taxonomy.of(nodes.names(), separator), link, decoding, Trust.NONE);
  }

  /** The same nodes, answered with in another way. */
  public TaxonomyTarget answering(Link newLink, Decoding newDecoding) {
    return new TaxonomyTarget(labels, separator, taxonomy, newLink, newDecoding, Trust.NONE);
  }

  @Override
  public Trust trust() {
    return trust;
  }

  @Override
  public TaxonomyTarget with(Trust other) {
    return new TaxonomyTarget(labels, separator, taxonomy, link, decoding, other);
  }

  /** The nodes of the path that is answered, or of several ones all that are at least a little probable. */
  @Override
  public int[] vouchable(float[] probabilities, int[] decided) {
    return decoding instanceof Decoding.Consistent
        ? Arrays.stream(taxonomy.topDown()).filter(node -> probabilities[node] >= MultiLabelTarget.LEAST_VOUCHABLE)
            .toArray()
        : Target.super.vouchable(probabilities, decided);
  }

  /** One curve for all nodes, so that none becomes more probable than those above it. */
  @Override
  public TaxonomyTarget calibrated(AnswerSettings answers, ScoredRows rows) {
    return with(Trust.of(ConfidenceCurves.ofDecisions(rawProbabilities(rows.logits()),
        Arrays.stream(rows.truth()).map(taxonomy::withAncestors).toArray(int[][]::new))));
  }

  @Override
  public TaxonomyTarget withLabel(String name, long count) {
    var paths = new ArrayList<>(labels.names());
    paths.add(name);
    Taxonomy longer = Taxonomy.of(paths, separator);
    var counts = new long[longer.size()];
    for (int node = 0; node < counts.length; node++) {
      int before = labels.indexOf(longer.name(node));
      counts[node] = before < 0 ? 0 : labels.count(before);
    }
    for (int node : longer.path(longer.indexOf(name))) {
      counts[node] += count;
    }
    return ofNodes(LabelSet.of(IntStream.range(0, counts.length).mapToObj(longer::name).toList(), counts), separator,
        link, decoding).with(trust.renumbered(node -> longer.indexOf(labels.name(node))));
  }

  /** The nodes. */
  @Override
  public LabelSet labels() {
    return labels;
  }

  /** What separates the segments of a path. */
  public String separator() {
    return separator;
  }

  /** The nodes as a tree. */
  public Taxonomy taxonomy() {
    return taxonomy;
  }

  @Override
  public Link link() {
    return link;
  }

  /** How they become an answer. */
  public Decoding decoding() {
    return decoding;
  }

  @Override
  public TargetKind kind() {
    return TargetKind.TAXONOMY;
  }

  @Override
  public Forest tree() {
    return taxonomy;
  }

  /** As the link has them and the curve makes them, but no node is more probable than those above it. */
  @Override
  public ScoreMatrix probabilities(ScoreMatrix logits) {
    return trust.confidence().probabilities(nodeProbabilities(logits, true));
  }

  /** The probability of each node as the link has it, whatever those above it have. */
  public ScoreMatrix nodeProbabilities(ScoreMatrix logits) {
    return nodeProbabilities(logits, false);
  }

  private ScoreMatrix nodeProbabilities(ScoreMatrix logits, boolean limited) {
    return logits.mapRows(row -> {
      double[] scores = link.scores(taxonomy, row).probabilities();
      for (int node = 0; node < scores.length; node++) {
        int parent = taxonomy.parent(node);
        row[node] = limited && parent >= 0 ? Math.min((float) scores[node], row[parent]) : (float) scores[node];
      }
      return row;
    });
  }

  /** The last node of the path that is answered, or those of all paths. */
  @Override
  public int[][] decide(ScoreMatrix logits) {
    var answers = new int[logits.documents()][];
    Arrays.setAll(answers, text -> ends(decoder.decode(logits.row(text))));
    return answers;
  }

  @Override
  public int[] candidates() {
    return IntStream.range(0, labels.size())
        .filter(node -> taxonomy.isLeaf(node) || rowLabels.indexOf(labels.name(node)) >= 0)
        .toArray();
  }

  /** A node is the label of a row if more rows have it than have the nodes below it. */
  private static LabelSet rowLabels(LabelSet labels, Taxonomy taxonomy) {
    var own = labels.counts();
    for (int node = 0; node < own.length; node++) {
      for (int child : taxonomy.children(node)) {
        own[node] -= labels.count(child);
      }
    }
    int[] nodes = IntStream.range(0, own.length).filter(node -> own[node] > 0).toArray();
    return LabelSet.of(Arrays.stream(nodes).mapToObj(labels::name).toList(),
        Arrays.stream(nodes).mapToLong(node -> own[node]).toArray());
  }

  /** Of nodes with all of their ancestors, ascending, those with none below them. */
  private int[] ends(int[] nodes) {
    return IntStream.range(0, nodes.length)
        .filter(i -> i + 1 == nodes.length || taxonomy.parent(nodes[i + 1]) != nodes[i])
        .map(i -> nodes[i])
        .toArray();
  }

  /** Answers of several paths are measured as sets of labels. */
  @Override
  public Outcomes outcomes(int[][] truth, int[][] answers) {
    return decoding instanceof Decoding.Consistent
        ? MultiLabelOutcomes.of(truth, answers, labels.size())
        : SingleLabelOutcomes.of(truth, answers, labels.size());
  }

  @Override
  public int[] implied(int node) {
    return taxonomy.path(node);
  }
}
