package crema.family.neighbours;

import crema.base.HeapBound;
import crema.base.UserError;
import crema.base.WorkerPool;
import crema.classify.ModelDirectory;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.KnownLabels;
import crema.data.ProblemListener;
import crema.data.Split;
import crema.data.SplitRows;
import crema.embed.HnswIndex;
import crema.embed.NearestSearch;
import crema.embed.Vectors;
import crema.family.linear.FeatureFit;
import crema.family.linear.FeatureSpaces;
import crema.linear.SparseMatrix;
import crema.nn.loss.Link;
import crema.nn.train.StepLog;
import crema.run.Folds;
import crema.run.ModelFiles;
import crema.run.RowCounts;
import crema.run.RunRows;
import crema.run.TextRun;
import crema.run.TrainingFolds;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Trains a model of neighbours: the vectors of texts and of categories, how candidates are ranked, and the test. Its
 * result depends on the settings and the rows alone. What was found is kept piece by piece: a run that was stopped or killed
 * goes on with the next one.
 */
final class NeighboursRun implements Run {
  /** Folds in which texts are looked up among others. */
  private static final int RANKER_FOLDS = 5;
  private static final int ROWS_OF_A_FOLD = 4;
  /** From so many bytes in use on, garbage is collected as it grows: folds make large vectors one after the other. */
  private static final long GARBAGE_FROM = 1L << 30;

  private final Settings settings;
  private final RunContext context;
  private final ModelDirectory directory;
  private final TrainingListener listener;
  private final TextRun run;
  private final NeighboursCheckpoints checkpoints;
  private Map<String, String> foldFacts = Map.of();

  /**
   * A run in a directory.
   *
   * @param settings what to compute
   * @param context where to write and how it is watched
   */
  NeighboursRun(Settings settings, RunContext context) {
    this.settings = settings;
    this.context = context.withCompute(context.compute().onCpu(new NeighboursFamily()));
    directory = context.directory();
    listener = context.listener();
    checkpoints = new NeighboursCheckpoints(directory.checkpoints(), listener::warning, context.stop());
    run = new TextRun(settings, new AnswerSettings(settings), context);
  }

  /** A model that is only to be tested and written. */
  private record Start(NeighboursClassifier classifier, CandidateFinder finder, ModelFiles files, SplitRows rows,
      ScoredRows validation) implements AutoCloseable {
    @Override
    public void close() {
      finder.close();
    }
  }

  @Override
  public TrainingResult run() throws IOException {
    Optional<TrainingResult> rest = run.rest(() -> RunRows.of(context, settings));
    if (rest.isPresent()) {
      return rest.get();
    }
    try (var _ = HeapBound.of(GARBAGE_FROM); var features = FeatureFit.of(settings, context)) {
      Optional<Start> start = directory.begin(new NeighboursFamily(), settings, () -> start(features));
      if (start.isEmpty()) {
        return new TrainingResult(0, 0, null);
      }
      try (Start trained = start.get()) {
        return finish(trained, features);
      }
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /** Trains; empty if the run was asked to stop. */
  private Optional<Start> start(FeatureFit features) throws IOException {
    SplitRows rows = RunRows.of(context, settings);
    Optional<Map<String, String>> folds = new TrainingFolds(new NeighboursFamily(), settings, context).run(rows);
    if (folds.isEmpty()) {
      return Optional.empty();
    }
    foldFacts = folds.get();
    try (var pool = new WorkerPool(context.compute().threads())) {
      return start(rows, features, pool);
    }
  }

  private Optional<Start> start(SplitRows rows, FeatureFit features, WorkerPool pool) throws IOException {
    Target target = Target.of(new LabelSettings(settings), rows.labels(), Link.SIGMOID, new AnswerSettings(settings));
    FeatureSpaces spaces = features.fit(rows.train(), List.of(rows.validation(), rows.test()));
    List<String> texts = features.texts(rows.train());
    listener.stage("Projecting terms");
    SparseMatrix matrix = spaces.of(texts);
    TextVectors plain = TextVectors.fit(spaces, matrix, settings.get(NeighboursSettings.DIMENSIONS),
        NeighboursSettings.seed(settings), checkpoints, pool);
    if (context.stop().isRequested()) {
      return Optional.empty();
    }
    Items base = items(rows, plain.of(matrix));
    CandidateFinder.Search search = NeighboursSettings.search(settings);
    List<String> names = rows.labels().names();
    List<String> named = names.stream().map(search::text).toList();
    Optional<CandidateRanker> ranker = ranker(rows, search, names, plain.of(named), base, texts, matrix, pool);
    if (ranker.isEmpty()) {
      return Optional.empty();
    }
    Optional<Whitening> whitening = whitening(base, names.size(), pool);
    TextVectors vectors = whitening.map(plain::with).orElse(plain);
    Items items = whitening.map(each -> base.with(each.apply(base.vectors(), pool))).orElse(base);
    Categories categories = Categories.of(names, vectors.of(named), items);
    Optional<HnswIndex> index = index(items);
    NearestSearch near = index.isPresent() ? index.get() : items.search(context.compute());
    Optional<TermSums> terms = matrix.sparseColumns() == 0 ? Optional.empty()
        : Optional.of(TermSums.of(matrix, IntStream.range(0, items.count()).toArray(), items.labels(), items.weights(),
            names.size()));
    var finder = new CandidateFinder(search, categories, new BitSet(), items.labels(), near,
        terms.map(sums -> new TermScorer(sums, matrix.sparseColumns())), context.compute());
    var classifier = new NeighboursClassifier(vectors, finder, ranker.get(), categories, target, items.count());
    ScoredRows validation;
    try (var log = StepLog.create(directory.log())) {
      validation = run.validate(classifier, rows.validation(), 0, 0, log);
    }
    NeighboursClassifier tuned = target instanceof TaxonomyTarget ? classifier
        : classifier.withTarget(target.tuned(run.answers(), validation));
    return Optional.of(new Start(tuned, finder, new NeighboursFiles(features, vectors, categories, items, terms, index,
        new NeighboursDescription(search, ranker.get())), rows, validation));
  }

  private Optional<HnswIndex> index(Items items) {
    if (!settings.get(NeighboursSettings.INDEX).isIndexed(items.count())) {
      return Optional.empty();
    }
    listener.stage("Building the index");
    return Optional.of(HnswIndex.build(items.vectors(), NeighboursSettings.effort(settings),
        NeighboursSettings.seed(settings), context.compute().threads(), checkpoints.file("index"), listener::warning));
  }

  private Optional<Whitening> whitening(Items items, int categories, WorkerPool pool) {
    return settings.get(NeighboursSettings.NO_WHITENING) ? Optional.empty()
        : Optional.of(Whitening.fit(items, categories, pool));
  }

  /** The training rows, with their categories and weights. */
  private static Items items(SplitRows rows, Vectors vectors) {
    var known = new KnownLabels(rows.labels());
    var labels = new ArrayList<int[]>();
    var weights = new double[vectors.count()];
    rows.train().forEach(ProblemListener.SILENT, row -> {
      weights[labels.size()] = row.meta().weight();
      labels.add(known.of(row, ProblemListener.SILENT).orElse(new int[0]));
    });
    return new Items(vectors, ItemLabels.of(labels), weights);
  }

  /** How candidates are ranked; empty if the run was asked to stop. */
  private Optional<CandidateRanker> ranker(SplitRows rows, CandidateFinder.Search search, List<String> names,
      Vectors nameVectors, Items items, List<String> texts, SparseMatrix features, WorkerPool pool) {
    listener.stage("Looking up neighbours");
    Split folds = Folds.of(rows.train(), settings, Math.clamp(items.count() / ROWS_OF_A_FOLD, 2, RANKER_FOLDS));
    var lookups = new OutOfFold(search, names, nameVectors, items, texts, features, folds,
        others -> whitening(others, names.size(), pool), NeighboursSettings.seed(settings), context.compute(),
        checkpoints, pool);
    int most = Math.min(settings.get(NeighboursSettings.RANKER_ROWS), items.count());
    CandidateRanker.Examples known = lookups.known(most, done -> listener.progress(done, most));
    CandidateRanker.Examples added = lookups.added();
    if (context.stop().isRequested()) {
      return Optional.empty();
    }
    listener.stage("Learning to rank");
    return Optional.of(CandidateRanker.fit(known, added,
        new LabelSettings(settings).kind() != TargetKind.MULTI, pool));
  }

  /** Writes the model and tests it. */
  private TrainingResult finish(Start start, FeatureFit features) throws IOException {
    int labels = start.rows().labels().size();
    var facts = new LinkedHashMap<String, String>();
    facts.put("Model", String.format(Locale.ROOT,
        "neighbours, the nearest %,d of %,d categories ranked by the nearest %,d texts",
        Math.min(settings.get(NeighboursSettings.CANDIDATES), labels), labels,
        settings.get(NeighboursSettings.NEIGHBOURS)));
    features.describe().ifPresent(described -> facts.put("Features", described));
    facts.putAll(foldFacts);
    return run.finish(start.classifier(), start.files(), start.rows(),
        RowCounts.of(start.rows(), start.classifier().target().labels()), start.validation(), 0, facts);
  }

  /** What there is of a model of neighbours besides its labels. */
  private final class NeighboursFiles implements ModelFiles {
    private final FeatureFit features;
    private final TextVectors vectors;
    private final Categories categories;
    private final Items items;
    private final Optional<TermSums> terms;
    private final Optional<HnswIndex> index;
    private final NeighboursDescription description;

    NeighboursFiles(FeatureFit features, TextVectors vectors, Categories categories, Items items,
        Optional<TermSums> terms, Optional<HnswIndex> index, NeighboursDescription description) {
      this.index = index;
      this.features = features;
      this.vectors = vectors;
      this.categories = categories;
      this.items = items;
      this.terms = terms;
      this.description = description;
    }

    @Override
    public void writeWeights() throws IOException {
      vectors.save(features, directory);
      NeighbourFiles.write(directory, items);
      if (terms.isPresent()) {
        NeighbourFiles.write(directory, terms.get());
      }
      if (index.isPresent()) {
        index.get().save(directory.file(NeighbourFiles.INDEX));
      }
      NeighbourFiles.write(directory,
          new NeighbourFiles.Known(categories, Items.none(vectors.size()), TermSums.none(0), categories.count()));
    }

    @Override
    public void writeDescription() throws IOException {
      description.write(directory);
    }
  }
}
