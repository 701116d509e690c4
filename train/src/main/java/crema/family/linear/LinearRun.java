package crema.family.linear;

import crema.base.UserError;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.KnownLabels;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.linear.CrossValidation;
import crema.linear.HyperplaneShift;
import crema.linear.LabelTargets;
import crema.linear.LinearConfig;
import crema.linear.LinearFit;
import crema.linear.LinearModel;
import crema.linear.LinearTrainer;
import crema.linear.SparseMatrix;
import crema.metrics.Metric;
import crema.nn.loss.Link;
import crema.nn.train.StepLog;
import crema.nn.train.StopSignal;
import crema.nn.train.TrialRecord;
import crema.run.AugmentSettings;
import crema.run.CalibrationFolds;
import crema.run.LabelMapping;
import crema.run.ModelFiles;
import crema.run.RefitSettings;
import crema.run.RowCounts;
import crema.run.RunRows;
import crema.run.StartSettings;
import crema.run.TextRun;
import crema.run.TrainingFolds;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.MultiLabelTarget;
import crema.task.ScoredRows;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Trains the linear baseline: TF-IDF of the training texts, C by cross-validation if there are several to choose from,
 * hyperplanes, their shift on validation rows, the same once more with the validation rows if these are not to be kept
 * out, and the test. Its result depends on the settings and the rows alone. Each hyperplane is kept when it is found, so one
 * that was stopped or killed looks for the others.
 */
final class LinearRun implements Run {
  private final Settings settings;
  private final RunContext context;
  private final ModelDirectory directory;
  private final int threads;
  private final TrainingListener listener;
  private final StopSignal stop;
  private final TextRun run;
  private Map<String, String> foldFacts = Map.of();
  private Optional<Fitted> older = Optional.empty();

  /**
   * A run in a directory.
   *
   * @param settings what to compute
   * @param context where to write and how it is watched
   */
  LinearRun(Settings settings, RunContext context) {
    this.settings = settings;
    this.context = context.withCompute(context.compute().onCpu(new LinearFamily()));
    directory = context.directory();
    threads = context.compute().threads();
    listener = context.listener();
    stop = context.stop();
    run = new TextRun(settings, LinearSettings.answers(settings), context);
  }

  /** Texts as vectors, and their labels. */
  private record Examples(SparseMatrix texts, LabelTargets targets) {}

  /**
   * Hyperplanes, and the spaces that they are in.
   *
   * @param unconverged labels whose hyperplanes ran out of iterations
   */
  private record Fitted(FeatureSpaces spaces, LinearModel model, List<Integer> unconverged) {
    Fitted shifted(float[] shifts) {
      return new Fitted(spaces, model.shifted(shifts), unconverged);
    }
  }

  /**
   * What cross-validation and the validation rows have decided.
   *
   * @param hyperplanes with the chosen C
   * @param shifts of the hyperplanes, if they are shifted
   * @param target with the chosen offsets
   * @param validation what the model says of the validation rows
   * @param fitted the model that said it, unless another one takes its place: there is not room for both
   */
  private record Chosen(LinearConfig hyperplanes, Optional<float[]> shifts, Target target, ScoredRows validation,
      Optional<Fitted> fitted) {}

  /**
   * What a run begins with, which is all but the test.
   *
   * @param calibration what is said of the rows that the model is calibrated on
   * @param fitted the model of the rows that it is trained on in the end
   */
  private record Start(Chosen chosen, ScoredRows calibration, Fitted fitted, SplitRows rows, RowCounts counts) {}

  @Override
  public TrainingResult run() throws IOException {
    Optional<TrainingResult> rest = run.rest(() -> RunRows.of(context, settings));
    if (rest.isPresent()) {
      return rest.get();
    }
    try (var features = FeatureFit.of(settings, context)) {
      Optional<Start> start = directory.begin(new LinearFamily(), settings, () -> start(features));
      return start.isPresent() ? finish(start.get(), features) : new TrainingResult(0, 0, null);
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /** The settings with the C that cross-validation chooses on the training rows. */
  Settings settled() throws IOException {
    if (settings.get(LinearSettings.C).size() == 1) {
      return settings;
    }
    try (var features = FeatureFit.of(settings, context)) {
      SplitRows rows = RunRows.of(context, settings);
      FeatureSpaces spaces = features.fit(rows.train(), List.of());
      double c = chooseC(examples(rows.train(), spaces, target(rows)), new ArrayList<>()).c();
      return stop.isRequested() ? settings : settings.with(LinearSettings.C, List.of(c));
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /** Trains; empty if the run was asked to stop. */
  private Optional<Start> start(FeatureFit features) throws IOException {
    SplitRows rows = RunRows.of(context, settings);
    Target target = target(rows);
    Optional<Map<String, String>> folds = new TrainingFolds(new LinearFamily(), settings, context).run(rows);
    if (folds.isEmpty()) {
      return Optional.empty();
    }
    foldFacts = folds.get();
    Optional<RowSource> all = RefitSettings.rows(settings, rows);
    Optional<Chosen> found = choose(rows, target, features, all.isPresent());
    if (found.isEmpty() || stop.isRequested()) {
      return Optional.empty();
    }
    Chosen chosen = found.get();
    RowCounts counts = RowCounts.of(rows, target.labels());
    Optional<ScoredRows> calibration = all.isPresent() && settings.get(CalibrationFolds.CALIBRATION_FOLDS) > 0
        ? CalibrationFolds.run(new LinearFamily(),
            settings.with(LinearSettings.C, List.of(chosen.hyperplanes().c())), context, rows, all.get(),
            chosen.validation())
        : Optional.of(chosen.validation());
    if (calibration.isEmpty()) {
      return Optional.empty();
    }
    Fitted fitted;
    if (chosen.fitted().isPresent()) {
      fitted = chosen.fitted().get();
    } else {
      listener.stage(RefitSettings.stage(counts));
      FeatureSpaces spaces = older.isPresent() ? older.get().spaces() : features.fit(all.orElseThrow(), List.of());
      fitted =
          fit("all", spaces, examples(AugmentSettings.withCopies(all.get(), settings), spaces, target),
              chosen.hyperplanes());
      fitted = chosen.shifts().map(fitted::shifted).orElse(fitted);
      if (stop.isRequested()) {
        return Optional.empty();
      }
    }
    if (!fitted.unconverged().isEmpty()) {
      listener.warning(
          String.format(Locale.ROOT,
              "%,d of %,d hyperplanes ran out of iterations, for instance that of '%s': a smaller C converges faster",
              fitted.unconverged().size(), target.labels().size(),
              target.labels().name(fitted.unconverged().getFirst())));
    }
    return Optional.of(new Start(chosen, calibration.get(), fitted, rows, counts));
  }

  /**
   * The model that a run starts from, its hyperplanes those of the run's labels.
   *
   * @throws UserError if there is none, or it reads texts with an encoder
   */
  private Optional<Fitted> older(Target target) throws IOException {
    Optional<Path> from = StartSettings.from(settings);
    if (from.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(ModelSource.read(from.get(), source -> {
      try (LinearClassifier model = LinearClassifier.load(source, context.compute())) {
        if (!model.spaces().encoders().isEmpty()) {
          throw new UserError(from.get() + " reads texts with a frozen encoder, which fits its vectors to its rows: "
              + "train anew with --encoder");
        }
        LabelMapping labels = LabelMapping.of(settings, model.target(), target);
        listener.model("from " + from.get() + ": " + labels.describe());
        return new Fitted(model.spaces(), model.model().withLabels(labels.sources()), List.of());
      }
    }));
  }

  /** Chooses C, shifts and offsets by a model of the training rows; empty if the run was asked to stop. */
  private Optional<Chosen> choose(SplitRows rows, Target target, FeatureFit features, boolean isReplaced)
      throws IOException {
    older = older(target);
    FeatureSpaces spaces = older.isPresent() ? older.get().spaces()
        : features.fit(rows.train(), List.of(rows.validation(), rows.test()));
    Examples examples = examples(rows.train(), spaces, target);
    var trials = new ArrayList<TrialRecord>();
    LinearConfig hyperplanes = chooseC(examples, trials);
    if (stop.isRequested()) {
      return Optional.empty();
    }
    listener.stage("Training");
    // C was chosen without copies: one of a held-out text must not be trained on.
    Fitted fitted = fit("train", spaces, AugmentSettings.areAsked(settings)
        ? examples(AugmentSettings.withCopies(rows.train(), settings), spaces, target) : examples, hyperplanes);
    stop.check();
    Optional<float[]> shifts = Optional.empty();
    if (settings.get(LinearSettings.SHIFT)) {
      listener.stage("Shifting the hyperplanes");
      Examples validation = examples(rows.validation(), spaces, target);
      shifts = Optional.of(HyperplaneShift.shifts(fitted.model(), validation.texts(), validation.targets()));
      fitted = fitted.shifted(shifts.get());
    }
    if (stop.isRequested()) {
      return Optional.empty();
    }
    ScoredRows validation;
    try (var log = StepLog.create(directory.log())) {
      for (TrialRecord trial : trials) {
        log.write(trial);
      }
      validation =
          run.validate(new LinearClassifier(spaces, fitted.model(), target), rows.validation(), 0, 0, log);
    }
    Target tuned = target instanceof SingleLabelTarget single ? single.tuned(run.answers(), validation) : target;
    return Optional.of(new Chosen(hyperplanes, shifts, tuned, validation,
        isReplaced ? Optional.empty() : Optional.of(fitted)));
  }

  /**
   * Trains, from what is there of it.
   *
   * @param name of the training among those of the run
   */
  private Fitted fit(String name, FeatureSpaces spaces, Examples examples, LinearConfig hyperplanes) {
    LinearTrainer trainer = new LinearTrainer(hyperplanes, threads, stop::isRequested)
        .keeping(directory.checkpoints().resolve(name + ".journal"), listener::warning);
    LinearFit fit = older.isPresent() ? trainer.train(examples.texts(), examples.targets(), older.get().model())
        : trainer.train(examples.texts(), examples.targets());
    return new Fitted(spaces, fit.model(), fit.unconverged());
  }

  private Target target(SplitRows rows) {
    var reading = new LabelSettings(settings);
    var labels = rows.labels();
    if (settings.get(LinearSettings.SHIFT) && reading.kind() == TargetKind.SINGLE) {
      throw new UserError("shift needs texts with several labels (--target multi): of one label a text, the "
          + "nearest hyperplane decides");
    }
    return Target.of(reading, labels, Link.SIGMOID, AnswerSettings.HALF);
  }

  /** The rows whose labels are known; the others are reported when the model is measured on them. */
  private Examples examples(RowSource rows, FeatureSpaces spaces, Target target) {
    var known = new KnownLabels(target.labels());
    var texts = new ArrayList<String>();
    var labels = new ArrayList<int[]>();
    var weights = new ArrayList<Double>();
    rows.forEach(ProblemListener.SILENT, row -> known.of(row, ProblemListener.SILENT).ifPresent(found -> {
      texts.add(spaces.text(row));
      labels.add(found);
      weights.add(row.meta().weight());
    }));
    int count = target.labels().size();
    LabelTargets targets = switch (target) {
      case SingleLabelTarget _ -> LabelTargets.singleLabel(count, labels.stream().mapToInt(row -> row[0]).toArray());
      case MultiLabelTarget _ -> LabelTargets.multiLabel(count, labels);
      case TaxonomyTarget paths ->
          LabelTargets.multiLabel(count, labels.stream().map(row -> paths.implied(row[0])).toList());
    };
    return new Examples(spaces.of(texts, threads),
        targets.weighted(weights.stream().mapToDouble(Double::doubleValue).toArray()));
  }

  /**
   * Chooses C.
   *
   * @param trials receives what each C gave; nothing if there is one only
   */
  private LinearConfig chooseC(Examples examples, List<TrialRecord> trials) {
    LinearConfig hyperplanes = LinearSettings.solver(settings);
    List<Double> candidates = settings.get(LinearSettings.C);
    if (candidates.size() == 1) {
      return hyperplanes;
    }
    listener.stage("Choosing C");
    CrossValidation validation =
        new CrossValidation(hyperplanes, settings.get(LinearSettings.C_FOLDS), threads, stop::isRequested)
            .keeping(directory.checkpoints().resolve("C"), listener::warning);
    double[] values = candidates.stream().mapToDouble(Double::doubleValue).toArray();
    CrossValidation.Result result = validation.run(examples.texts(), examples.targets(), values);
    double best = settings.find(LinearSettings.C_METRIC).orElse(Metric.MACRO_F1) == Metric.MICRO_F1
        ? result.best(CrossValidation.Score::microF1)
        : result.best(CrossValidation.Score::macroF1);
    for (CrossValidation.Score score : result.scores()) {
      var metrics = new LinkedHashMap<String, Double>();
      metrics.put(Metric.MACRO_F1.key(), score.macroF1());
      metrics.put(Metric.MICRO_F1.key(), score.microF1());
      trials.add(new TrialRecord(LinearSettings.C.name(), score.c(), metrics, score.c() == best));
    }
    return hyperplanes.withC(best);
  }

  /** Writes the model and tests it. */
  private TrainingResult finish(Start start, FeatureFit features) throws IOException {
    Chosen chosen = start.chosen();
    Fitted fitted = start.fitted();
    var facts = new LinkedHashMap<String, String>();
    facts.put("Model",
        String.format(Locale.ROOT, "linear, %s, C %s, class weights %s%s%s", settings.get(LinearSettings.LOSS).key(),
            chosen.hyperplanes().c(), settings.get(LinearSettings.CLASS_WEIGHTS).key(),
            settings.get(LinearSettings.FEATURE_WEIGHTS) == LinearSettings.Features.NONE ? ""
                : ", feature weights " + settings.get(LinearSettings.FEATURE_WEIGHTS).key(),
            settings.get(LinearSettings.SHIFT) ? ", shifted" : ""));
    features.describe().ifPresent(described -> facts.put("Features", described));
    if (chosen.fitted().isEmpty()) {
      facts.put("Trained", RefitSettings.fact(start.counts()));
    }
    if (start.calibration() != chosen.validation()) {
      facts.put("Calibrated", String.format(Locale.ROOT,
          "on %,d rows, by models of the other rows", start.calibration().truth().length));
    }
    facts.putAll(foldFacts);
    return run.finish(new LinearClassifier(fitted.spaces(), fitted.model(), chosen.target()),
        new LinearFiles(features, fitted.spaces(), fitted.model()), start.rows(), start.counts(),
        chosen.validation(), start.calibration(), 0, facts);
  }

  /** What there is of a linear model besides its labels. */
  private final class LinearFiles implements ModelFiles {
    private final FeatureFit features;
    private final FeatureSpaces spaces;
    private final LinearModel model;

    LinearFiles(FeatureFit features, FeatureSpaces spaces, LinearModel model) {
      this.features = features;
      this.spaces = spaces;
      this.model = model;
    }

    @Override
    public void writeWeights() throws IOException {
      features.save(spaces, directory);
      model.save(directory.file(LinearFamily.WEIGHTS));
    }

    @Override
    public void writeDescription() throws IOException {
      ModelConfig.of(new LinearFamily(), Map.of()).write(directory);
    }
  }
}
