package crema.family.encoder;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.Row;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.EmbeddingClassifier;
import crema.nn.model.EmbeddingClassifierConfig;
import crema.nn.model.EncoderConfig;
import crema.nn.model.HeadConfig;
import crema.nn.optim.AdamW;
import crema.nn.optim.ParameterGroup;
import crema.nn.optim.Schedule;
import crema.nn.train.Objective;
import crema.nn.train.TrainingLoop;
import crema.nn.train.Validation;
import crema.run.FinishedRun;
import crema.run.ModelFiles;
import crema.run.Validator;
import crema.settings.RecordJson;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.tensor.Backend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Trains an encoder: prepares its data, assembles the {@link TrainingLoop}, and tests and writes the model at the end.
 *
 * <p>What it computes depends on the configuration and the rows alone, so a run that was killed and resumed from a
 * checkpoint ends with the same bits.
 */
public final class EncoderRun implements AutoCloseable {
  private final TrainingConfig config;
  private final ModelDirectory directory;
  private final TrainingListener listener;
  private final int threads;
  private final PreparedData data;
  private final EmbeddingClassifier model;
  private final AdamW optimizer;
  private final Evaluator evaluator;
  private final Validator validator;
  private final TrainingLoop<PackedBatch> loop;

  /**
   * Prepares a run, or continues the one in the directory.
   *
   * @param config what to compute
   * @param backend where to compute; the caller closes it
   * @param context where to write, and how the run is watched
   */
  public EncoderRun(TrainingConfig config, Backend backend, RunContext context) throws IOException {
    this.config = config;
    directory = context.directory();
    listener = context.listener();
    threads = context.compute().threads();
    data = prepareData();
    TrainingConfig.Optimization optimization = config.optimization();
    model = new EmbeddingClassifier(ParameterSource.random(backend, config.seed()), network());
    optimizer = new AdamW(ParameterGroup.decayingMatrices(model, optimization.weightDecay()),
        new AdamW.Options(optimization.beta1(), optimization.beta2(), optimization.epsilon()));
    evaluator = new Evaluator(backend, model, data.target());
    validator = new Validator(data.target(), config.decision(), config.validation().metric());
    loop = loop(context);
  }

  private PreparedData prepareData() throws IOException {
    boolean resumes = directory.holdsRun();
    return directory.begin(config, () -> PreparedData.prepare(config, directory, resumes, threads, listener));
  }

  private EmbeddingClassifierConfig network() {
    TrainingConfig.Encoder encoder = config.encoder();
    var json = new LinkedHashMap<String, Object>();
    json.put("vocab_size", data.tokenizer().vocabularySize());
    json.put("hidden_size", encoder.hiddenSize());
    json.put("num_hidden_layers", encoder.layers());
    json.put("num_attention_heads", encoder.heads());
    json.put("num_key_value_heads", encoder.keyValueHeads());
    json.put("ffn_hidden_size", encoder.ffnSize());
    json.put("max_position_embeddings", config.tokenizer().maxLength());
    json.put("dropout", encoder.dropout());
    json.put("max_drop_path", encoder.dropPath());
    int headSize = encoder.headSize() == 0 ? encoder.hiddenSize() : encoder.headSize();
    var head = new HeadConfig(encoder.head().equals("residual") ? HeadConfig.Kind.RESIDUAL : HeadConfig.Kind.MLP,
        headSize, encoder.headDropout(), headSize == encoder.hiddenSize());
    return new EmbeddingClassifierConfig(EncoderConfig.of(json), head, encoder.bagSize(),
        data.target().labels().size());
  }

  private TrainingLoop<PackedBatch> loop(RunContext context) {
    TrainingConfig.Optimization optimization = config.optimization();
    TrainingConfig.Validation validation = config.validation();
    var batches = new Batches(data.train(),
        config.sampling().sampler(data.train(), data.target().labels().counts(), config.seed()),
        Math.max(optimization.batchTokens(), data.train().longest()),
        optimization.batchSize() == 0 ? Integer.MAX_VALUE : optimization.batchSize());
    var loss = ClassifierLoss.of(config.loss(), data.target(), data.train().size());
    return TrainingLoop.of(model, new PackedBatches(batches),
            new EncoderObjective(model, loss, config.encoder().tokenDropout()))
        .optimizer(optimizer)
        .epochs(optimization.epochs())
        .maxSteps(optimization.maxSteps())
        .accumulation(optimization.accumulation())
        .learningRate(optimization.learningRate())
        .schedule(Schedule.Decay.parse(optimization.schedule()), optimization.warmupSteps(), optimization.minScale())
        .clipNorm(optimization.clipNorm() == 0 ? Double.POSITIVE_INFINITY : optimization.clipNorm())
        .seed(config.seed())
        .validation(validator.better(), this::validate)
        .validateEvery(validation.everySteps())
        .patience(validation.patience())
        .tolerance(validation.tolerance())
        .checkpoints(directory.checkpoints(), context.checkpoints())
        .log(directory.log())
        .listener(listener)
        .stop(context.stop())
        .startOver("start over with --overwrite")
        .identity("settings", Sha256.ofLines(List.of(RecordJson.toText(config))), "is of a run with other settings than "
            + directory.trainingConfig() + "; start over with --overwrite")
        .identity("data", data.hash(), "is of a run on other data: the data files have changed since the run in "
            + directory.path() + " was started; put them back, or start over with --overwrite")
        .build();
  }

  /** The loss of a training batch, with some of its tokens left out. */
  private record EncoderObjective(EmbeddingClassifier model, ClassifierLoss loss, double tokenDropout)
      implements Objective<PackedBatch> {
    /** The random stream of a batch that token dropout draws from; those of the network count from 0. */
    private static final int TOKEN_DROPOUT = -1;

    @Override
    public PackedBatch augment(PackedBatch batch, Rng random) {
      return tokenDropout == 0 ? batch : batch.withTokensDropped(tokenDropout, random.stream(TOKEN_DROPOUT));
    }

    @Override
    public Variable apply(Tape tape, PackedBatch batch) {
      return loss.apply(tape, model, batch);
    }

    @Override
    public double uninformed() {
      return loss.uninformed();
    }
  }

  private Validation.Measured validate(long step, double epoch) throws IOException {
    long began = System.nanoTime();
    Evaluator.Evaluation evaluation = evaluator.evaluate(data.validation(), new TrainingListener() {});
    Validator.Result result = validator.validate(evaluation.rows(), evaluation.loss(), step, epoch, began);
    result.logThresholds(directory.thresholdLog());
    return new Validation.Measured(result.value(), result.entry().loss(), result.entry().metrics());
  }

  /**
   * Trains until the end, or until asked to stop.
   *
   * @param commandLine for the provenance
   * @throws UserError when training diverges, or a checkpoint does not fit
   */
  public TrainingResult run(List<String> commandLine) throws IOException {
    listener.model(String.format(Locale.ROOT, "%,d parameters for %,d steps on %d threads", model.parameterCount(),
        loop.totalSteps(), threads));
    listener.stage("Training");
    TrainingLoop.Outcome outcome = loop.run();
    if (!outcome.isFinished()) {
      return new TrainingResult(outcome.steps(), outcome.bestStep(), null);
    }
    try {
      return finish(outcome, commandLine);
    } catch (IOException e) {
      String checkpoint = outcome.checkpoint().map(file -> "The last good checkpoint is " + file)
          .orElse("No checkpoint was written");
      throw new UserError("training ended but the model could not be written: " + e.getMessage() + ". " + checkpoint
          + "; put that right and continue with: crema train --resume --output " + directory.path(), e);
    }
  }

  /** Tests the best parameters and writes the model. */
  private TrainingResult finish(TrainingLoop.Outcome outcome, List<String> commandLine) throws IOException {
    listener.stage("Testing");
    ScoredRows validation = evaluator.evaluate(data.validation(), new TrainingListener() {}).rows();
    ScoredRows test = evaluator.evaluate(data.test(), listener).rows();
    Target tuned = data.target().tuned(config.decision(), validation);
    var facts = new LinkedHashMap<String, String>();
    facts.put("Parameters", "%,d".formatted(model.parameterCount()));
    facts.put("Steps", "%,d, best at %,d".formatted(outcome.steps(), outcome.bestStep()));
    return new FinishedRun(directory, tuned, config.decision(), data.rows(), config.seed(), commandLine,
        outcome.steps(), outcome.bestStep())
        .write(new EncoderFiles(), validation, test.withLanguages(testLanguages()), config.data(), facts);
  }

  private List<String> testLanguages() {
    var languages = new ArrayList<String>();
    if (config.data().languages().areTold()) {
      Function<Row, String> reader = config.data().languages().reader();
      data.testRecipe().forEachUsed(row -> languages.add(reader.apply(row)));
    }
    return languages;
  }

  /** What there is of an encoder besides its labels; the tokenizer was written before training. */
  private final class EncoderFiles implements ModelFiles {
    @Override
    public void writeWeights() throws IOException {
      SafetensorsWriter.write(directory.file(EncoderFamily.WEIGHTS), model.stateDict(), Map.of("format", "pt"));
    }

    @Override
    public void writeDescription() throws IOException {
      new EncoderDescription(model.config(), config.tokenizer().maxLength()).write(directory);
    }
  }

  @Override
  public void close() {
    loop.close();
    optimizer.close();
    model.close();
    data.close();
  }
}
