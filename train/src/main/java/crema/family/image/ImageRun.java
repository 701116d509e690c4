package crema.family.image;

import static crema.run.TrainingSettings.SEED;

import crema.base.UserError;
import crema.base.WorkerPool;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.RowSource;
import crema.data.Sampler;
import crema.data.TokenDataset;
import crema.family.encoder.ClassifierLoss;
import crema.family.encoder.EncoderSetup;
import crema.family.encoder.Evaluator;
import crema.family.encoder.Logits;
import crema.family.encoder.OptimizationSettings;
import crema.family.encoder.PackedBatches;
import crema.family.encoder.SamplingSettings;
import crema.nn.ParameterSource;
import crema.nn.optim.AdamW;
import crema.nn.optim.ParameterGroup;
import crema.nn.train.LoopBuilder;
import crema.nn.train.TrainingLoop;
import crema.nn.train.Validation;
import crema.report.WrongRow;
import crema.run.DataSettings;
import crema.run.FinishedRun;
import crema.run.Languages;
import crema.run.RunRows;
import crema.run.TrainingFolds;
import crema.run.ValidationSettings;
import crema.run.Validator;
import crema.run.WrongRows;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LossRows;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.tensor.Backend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Trains a classifier of pictures: prepares the pictures, assembles the {@link TrainingLoop}, and tests and writes the
 * model at the end. What it computes depends on the settings, the rows and their pictures alone.
 */
final class ImageRun implements AutoCloseable {
  /** Pictures that are measured together: enough to fill the machine. */
  private static final int MEASURED = 64;

  private final Settings settings;
  private final RunContext context;
  private final ModelDirectory directory;
  private final TrainingListener listener;
  private final Backend backend;
  private final EncoderSetup setup;
  private final WorkerPool pool;
  private final ImageData data;
  private final ImageNetwork model;
  private final ImageLearning learning;
  private final AdamW optimizer;
  private final Evaluator evaluator;
  private final Validator validator;
  private final TrainingLoop<PackedBatch> loop;
  private Map<String, String> foldFacts = Map.of();

  /**
   * Prepares a run, or continues the one in the directory.
   *
   * @param settings what to compute
   * @param backend where to compute; the caller closes it
   * @param context where to write, and how the run is watched
   */
  ImageRun(Settings settings, Backend backend, RunContext context) throws IOException {
    this.settings = settings;
    this.backend = backend;
    this.context = context;
    directory = context.directory();
    listener = context.listener();
    setup = new EncoderSetup(settings, context);
    pool = new WorkerPool(context.compute().threads());
    try (StartingTower start = StartingTower.of(settings, context)) {
      data = directory.begin(new ImageFamily(), settings,
          () -> ImageData.prepare(settings, start.preparation(), context));
      model = new ImageNetwork(ParameterSource.random(backend, settings.get(SEED)),
          new ImageNetworkConfig(start.config(),
              settings.get(ImageSettings.BOTTLENECK), settings.get(ImageSettings.IMAGE_DROPOUT), false,
              data.target().labels().size()));
      start.load(model, context);
      learning = ImageLearning.of(model, start, data,
          ClassifierLoss.of(LossRows.of(settings, data.target().kind()), data.target(), data.train()), settings,
          backend, pool, context);
      optimizer = new AdamW(
          ParameterGroup.decayingMatrices(learning.trained(), settings.get(OptimizationSettings.WEIGHT_DECAY)),
          new AdamW.Options(settings.get(OptimizationSettings.BETA1), settings.get(OptimizationSettings.BETA2),
              settings.get(OptimizationSettings.EPSILON)));
      evaluator = new Evaluator(backend, data.target());
      validator = new Validator(data.target(), new AnswerSettings(settings), settings.get(ValidationSettings.METRIC));
      loop = loop(start.hash());
    }
  }

  private TrainingLoop<PackedBatch> loop(String towerHash) throws IOException {
    int size = setup.batchSize();
    var batches = new PackedBatches(List.of(new Batches(data.train(),
        SamplingSettings.sampler(settings, data.train(), data.target().labels().counts()), Integer.MAX_VALUE, size)));
    LoopBuilder<PackedBatch> builder =
        setup.configured(TrainingLoop.of(learning.trained(), batches, learning.objective()), optimizer, towerHash,
            data.hash());
    return data.validation().size() == 0 ? builder.build()
        : setup.validating(builder).validation(validator.better(), this::validate).build();
  }

  private ScoredRows scored(TokenDataset rows, Logits logits, TrainingListener watching) {
    return evaluate(rows, logits, watching).rows();
  }

  private Evaluator.Evaluation evaluate(TokenDataset rows, Logits logits, TrainingListener watching) {
    return evaluator.evaluate(rows, new Batches(rows, Sampler.sequential(rows.size()), Integer.MAX_VALUE, MEASURED),
        logits, watching);
  }

  private Validation.Measured validate(long step, double epoch) throws IOException {
    long began = System.nanoTime();
    Evaluator.Evaluation evaluation = evaluate(data.validation(), learning.validation(), new TrainingListener() {});
    Validator.Result result = validator.validate(evaluation.rows(), evaluation.loss(), step, epoch, began);
    result.logThresholds(directory.thresholdLog());
    return new Validation.Measured(result.value(), result.entry().loss(), result.entry().metrics());
  }

  /**
   * Trains until the end, or until asked to stop.
   *
   * @throws UserError when training diverges, or a checkpoint does not fit
   */
  TrainingResult run() throws IOException {
    if (settings.get(TrainingFolds.FOLDS) > 0) {
      Optional<Map<String, String>> folds = new TrainingFolds(new ImageFamily(), settings, context)
          .run(RunRows.of(context.withListener(new TrainingListener() {}), settings));
      if (folds.isEmpty()) {
        return new TrainingResult(0, 0, null);
      }
      foldFacts = folds.get();
    }
    long learned = learning.trained().parameterCount();
    listener.model(String.format(Locale.ROOT, "%s, %,d parameters%s for %,d steps on %d threads",
        model.config().describe(), model.parameterCount(),
        learned == model.parameterCount() ? "" : String.format(Locale.ROOT, ", of which %,d learn,", learned),
        loop.totalSteps(), context.compute().threads()));
    listener.stage("Training");
    TrainingLoop.Outcome outcome = loop.run();
    if (!outcome.isFinished()) {
      return new TrainingResult(outcome.steps(), outcome.bestStep(), null);
    }
    try {
      return finish(outcome);
    } catch (IOException e) {
      throw setup.unwritten(outcome, e);
    }
  }

  /** Writes the model with the best parameters and tests it. */
  private TrainingResult finish(TrainingLoop.Outcome outcome) throws IOException {
    ScoredRows validation = scored(data.validation(), learning.validation(), new TrainingListener() {});
    Target tuned = data.target().tuned(new AnswerSettings(settings), validation);
    var facts = new LinkedHashMap<String, String>();
    facts.put("Network", model.config().describe());
    facts.put("Parameters", String.format(Locale.ROOT, "%,d", model.parameterCount()));
    // Without validations, the last step's weights are kept.
    long kept = outcome.bestStep() == 0 ? outcome.steps() : outcome.bestStep();
    facts.put("Steps", String.format(Locale.ROOT, "%,d, best at %,d", outcome.steps(), kept));
    facts.putAll(foldFacts);
    return new FinishedRun(directory, tuned, new AnswerSettings(settings), data.counts(), settings.get(SEED), context,
        outcome.steps(), kept)
        .write(new ImageFiles(model, data.ofOthers().preparation(), directory), validation, validation, new Test(),
            new DataSettings(settings), facts);
  }

  /** The test of the model. */
  private final class Test implements FinishedRun.Test {
    @Override
    public ScoredRows run() {
      if (data.test().size() > 0) {
        listener.stage("Testing");
      }
      var languages = new ArrayList<String>();
      if (new Languages(settings).areReported()) {
        IntStream.range(0, data.test().size())
            .forEach(example -> languages.add(Objects.requireNonNull(data.test().meta(example).language())));
      }
      return scored(data.test(), learning.test(), listener).withLanguages(languages);
    }

    @Override
    public List<WrongRow> wrong(Target target, ScoredRows rows) {
      RowSource pictured = data.rows().test().map("pictures", "",
          row -> row.meta().picture() == null ? null : row);
      try (var classifier = ImageClassifier.ofRun(backend, model, target, data.ofOthers().preparation(),
          context.compute().threads())) {
        return WrongRows.of(target, classifier, pictured, rows);
      }
    }
  }

  @Override
  public void close() {
    loop.close();
    optimizer.close();
    model.close();
    data.close();
    pool.close();
  }
}
