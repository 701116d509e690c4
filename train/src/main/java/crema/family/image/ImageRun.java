package crema.family.image;

import static crema.run.TrainingSettings.SEED;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.base.WorkerPool;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.RowFault;
import crema.data.RowSource;
import crema.data.Sampler;
import crema.data.SplitRows;
import crema.data.TokenDataset;
import crema.data.image.PictureAugmentation;
import crema.data.image.PicturePreparation;
import crema.family.encoder.ClassifierLoss;
import crema.family.encoder.EncoderSetup;
import crema.family.encoder.Evaluator;
import crema.family.encoder.Logits;
import crema.family.encoder.OptimizationSettings;
import crema.family.encoder.PackedBatches;
import crema.family.encoder.SamplingSettings;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.optim.AdamW;
import crema.nn.optim.ParameterGroup;
import crema.nn.train.LoopBuilder;
import crema.nn.train.Objective;
import crema.nn.train.TrainingLoop;
import crema.nn.train.Validation;
import crema.report.WrongRow;
import crema.run.DataSettings;
import crema.run.FinishedRun;
import crema.run.Languages;
import crema.run.ModelFiles;
import crema.run.ReadRows;
import crema.run.RowCounts;
import crema.run.RunPictures;
import crema.run.RunRows;
import crema.run.TrainingFolds;
import crema.run.ValidationSettings;
import crema.run.Validator;
import crema.run.WrongRows;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
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
  private final Data data;
  private final ImageNetwork model;
  /** The network, or its head alone where that reads vectors that are made once. */
  private final Module trained;
  private final Logits validationLogits;
  private final Logits testLogits;
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
      data = directory.begin(new ImageFamily(), settings, () -> Data.prepare(settings, start.preparation(), context));
      model = new ImageNetwork(ParameterSource.random(backend, settings.get(SEED)),
          new ImageNetworkConfig(start.config(),
              settings.get(ImageSettings.BOTTLENECK), settings.get(ImageSettings.IMAGE_DROPOUT), false,
              data.target().labels().size()));
      start.load(model, context);
      var changed = ImageSettings.changesPictures(settings) ? PictureAugmentation.DEFAULT : null;
      var ofTraining = new PictureBatches(data.ofTraining(), start.preparation(), changed, settings.get(SEED), pool);
      var ofOthers = new PictureBatches(data.ofOthers(), start.preparation(), null, 0, pool);
      Objective<PackedBatch> objective;
      var loss = ClassifierLoss.of(LossRows.of(settings, data.target().kind()), data.target(), data.train());
      if (ImageSettings.readsVectors(settings)) {
        trained = model.head();
        listener.stage("Making vectors of pictures");
        var vectors = new PictureVectors(settings, backend, model, start.hash(), context);
        Logits trainLogits = vectors.of(data.train(), ofTraining);
        validationLogits = data.validation().size() == 0 ? trainLogits : vectors.of(data.validation(), ofOthers);
        testLogits = data.test().size() == 0 ? trainLogits : vectors.of(data.test(), ofOthers);
        objective = new OfVectors(trainLogits, loss);
      } else {
        trained = model;
        validationLogits = (tape, batch) -> model.forward(tape, ofOthers.pixels(tape.scope(), batch, 0));
        testLogits = validationLogits;
        objective = new OfPictures(model, ofTraining, loss);
      }
      optimizer = new AdamW(ParameterGroup.decayingMatrices(trained, settings.get(OptimizationSettings.WEIGHT_DECAY)),
          new AdamW.Options(settings.get(OptimizationSettings.BETA1), settings.get(OptimizationSettings.BETA2),
              settings.get(OptimizationSettings.EPSILON)));
      evaluator = new Evaluator(backend, data.target());
      validator = new Validator(data.target(), new AnswerSettings(settings), settings.get(ValidationSettings.METRIC));
      loop = loop(objective, start.hash());
    }
  }

  /**
   * All that training needs to know of the data.
   *
   * @param ofTraining the pictures of training rows, with a margin if they are changed
   * @param ofOthers those of the other rows
   * @param hash of what decides on the rows and their pictures
   */
  private record Data(Target target, RunPictures ofTraining, RunPictures ofOthers, TokenDataset train,
      TokenDataset validation, TokenDataset test, SplitRows rows, String hash) implements AutoCloseable {
    static Data prepare(Settings settings, PicturePreparation preparation, RunContext context) throws IOException {
      SplitRows all = RunRows.of(context, settings);
      RunPictures ofTraining = RunPictures.prepare(List.of(all.train()),
          ImageSettings.changesPictures(settings) ? preparation.withMargin() : preparation, settings, context);
      RunPictures ofOthers =
          RunPictures.prepare(List.of(all.validation(), all.test()), preparation, settings, context);
      SplitRows rows = RunPictures.usable(all, ofTraining, ofOthers, settings, context);
      var reading = new LabelSettings(settings);
      Target target = Target.of(reading, rows.labels(), LossRows.of(settings, reading.kind()).link(reading.kind()),
          new AnswerSettings(settings));
      tellOfRowsWithout(rows, context);
      var unknown = new ProblemLog();
      ProblemListener reporter = settings.get(DataSettings.STRICT) ? ProblemListener.STRICT : unknown;
      var data = new Data(target, ofTraining, ofOthers,
          PictureDataset.of("training", rows.train(), ofTraining, target.labels(), reporter),
          PictureDataset.of("validation", rows.validation(), ofOthers, target.labels(), reporter),
          PictureDataset.of("test", new Languages(settings).tagged(rows.test()), ofOthers, target.labels(), reporter),
          rows, RowCounts.hash(all));
      unknown.report().forEach(context.listener()::warning);
      return data;
    }

    private static void tellOfRowsWithout(SplitRows rows, RunContext context) {
      var without = new long[1];
      for (RowSource part : List.of(rows.train(), rows.validation(), rows.test())) {
        part.forEach(ProblemListener.SILENT, row -> without[0] += row.meta().picture() == null ? 1 : 0);
      }
      if (without[0] > 0) {
        context.listener().warning(String.format(Locale.ROOT, "%,d %s no picture, and %s left out", without[0],
            without[0] == 1 ? "row has" : "rows have", without[0] == 1 ? "is" : "are"));
        ReadRows.leaveOut(RowFault.NO_PICTURE, without[0], context.directory());
      }
    }

    RowCounts counts() {
      return new RowCounts(train.size(), validation.size(), test.size(), hash);
    }

    @Override
    public void close() {
      train.close();
      validation.close();
      test.close();
      ofTraining.close();
      ofOthers.close();
    }
  }

  /** The loss of a batch of pictures, changed in each epoch in another way. */
  private static final class OfPictures implements Objective<PackedBatch> {
    private final ImageNetwork model;
    private final PictureBatches pictures;
    private final ClassifierLoss loss;
    private long epoch;

    OfPictures(ImageNetwork model, PictureBatches pictures, ClassifierLoss loss) {
      this.model = model;
      this.pictures = pictures;
      this.loss = loss;
    }

    @Override
    public void beginEpoch(long begun) {
      epoch = begun;
    }

    @Override
    public Variable apply(Tape tape, PackedBatch batch) {
      return loss.apply(tape, model.forward(tape, pictures.pixels(tape.scope(), batch, epoch)), batch);
    }

    @Override
    public double uninformed() {
      return loss.uninformed();
    }
  }

  /** The loss of the head on vectors. */
  private record OfVectors(Logits logits, ClassifierLoss loss) implements Objective<PackedBatch> {
    @Override
    public Variable apply(Tape tape, PackedBatch batch) {
      return loss.apply(tape, logits.of(tape, batch), batch);
    }

    @Override
    public double uninformed() {
      return loss.uninformed();
    }
  }

  private TrainingLoop<PackedBatch> loop(Objective<PackedBatch> objective, String towerHash) throws IOException {
    int size = setup.batchSize();
    var batches = new PackedBatches(List.of(new Batches(data.train(),
        SamplingSettings.sampler(settings, data.train(), data.target().labels().counts()), Integer.MAX_VALUE, size)));
    LoopBuilder<PackedBatch> builder =
        setup.configured(TrainingLoop.of(trained, batches, objective), optimizer, towerHash, data.hash());
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
    Evaluator.Evaluation evaluation = evaluate(data.validation(), validationLogits, new TrainingListener() {});
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
    long learning = trained.parameterCount();
    listener.model(String.format(Locale.ROOT, "%s, %,d parameters%s for %,d steps on %d threads",
        model.config().describe(), model.parameterCount(),
        learning == model.parameterCount() ? "" : String.format(Locale.ROOT, ", of which %,d learn,", learning),
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
    ScoredRows validation = scored(data.validation(), validationLogits, new TrainingListener() {});
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
        .write(new ImageFiles(), validation, validation, new Test(), new DataSettings(settings), facts);
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
      return scored(data.test(), testLogits, listener).withLanguages(languages);
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

  /** What there is of a model besides its labels. */
  private final class ImageFiles implements ModelFiles {
    @Override
    public void writeWeights() throws IOException {
      SafetensorsWriter.write(directory.file(ImageFamily.WEIGHTS), model.stateDict(), Map.of("format", "pt"));
    }

    @Override
    public void writeDescription() throws IOException {
      new ImageDescription(model.config(), data.ofOthers().preparation()).write(directory);
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
