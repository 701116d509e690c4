package crema.family.encoder;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Scale;
import crema.base.Rng;
import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.Batches;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.MultiTaskClassifier;
import crema.nn.model.TextClassifier;
import crema.nn.model.TextClassifierConfig;
import crema.nn.optim.AdamW;
import crema.nn.train.LoopBuilder;
import crema.nn.train.Objective;
import crema.nn.train.TrainingLoop;
import crema.nn.train.Validation;
import crema.pretrained.PretrainedModel;
import crema.report.TestReport;
import crema.run.DataSettings;
import crema.run.FinishedRun;
import crema.run.ModelFiles;
import crema.run.NamedTests;
import crema.run.RunRows;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.run.Validator;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.settings.StoredSettings;
import crema.task.AnswerSettings;
import crema.task.LossRows;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.Tensor;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Trains an encoder with several heads: batches of the tasks alternate, and each changes the encoder and its own head. As of
 * one task, what is computed depends on the configuration and the rows alone.
 */
public final class MultiTaskRun implements AutoCloseable {
  private final Settings settings;
  private final EncoderSetup setup;
  private final RunContext context;
  private final ModelDirectory directory;
  private final List<EncoderTask> tasks;
  private final Prepared prepared;
  private final MultiTaskClassifier model;
  private final @Nullable AdaptedClassifier adapted;
  private final FineTuning fineTuning;
  private final AdamW optimizer;
  private final List<Part> parts = new ArrayList<>();
  private final TrainingLoop<MixedBatches.Mixed> loop;

  /** The rows of all tasks, and the tokenizer that they share. */
  private record Prepared(Tokenizer tokenizer, List<PreparedData> data) implements AutoCloseable {
    @Override
    public void close() {
      data.forEach(PreparedData::close);
    }
  }

  /** A task with what it is trained and measured by. */
  private record Part(EncoderTask task, PreparedData data, TextClassifier model, ClassifierLoss loss,
      Evaluator evaluator, Validator validator, ModelDirectory directory) {}

  /**
   * Prepares a run, or continues the one in the directory.
   *
   * @param settings what to compute, with tasks
   * @param backend where to compute; the caller closes it
   * @param context where to write, and how the run is watched
   */
  public MultiTaskRun(Settings settings, Backend backend, RunContext context) throws IOException {
    this.settings = settings;
    this.context = context;
    directory = context.directory();
    tasks = EncoderTask.of(settings);
    setup = new EncoderSetup(settings, context);
    String pretrainedHash;
    try (PretrainedModel pretrained = setup.openPretrained()) {
      boolean resumes = directory.holdsRun();
      prepared = directory.begin(new EncoderFamily(), settings, () -> prepare(pretrained, resumes));
      var source = ParameterSource.random(backend, settings.get(TrainingSettings.SEED));
      var encoder = setup.encoder(pretrained, prepared.tokenizer);
      var heads = new LinkedHashMap<String, TextClassifierConfig>();
      for (int i = 0; i < tasks.size(); i++) {
        heads.put(tasks.get(i).name(), EncoderSetup.network(tasks.get(i).settings(), encoder,
            prepared.data.get(i).target().labels().size()));
      }
      model = new MultiTaskClassifier(source, encoder, heads);
      pretrainedHash = pretrained == null ? "" : pretrained.fingerprint();
      if (pretrained != null) {
        setup.load(pretrained, model.encoder().layers().size(), model::loadPretrained);
      }
      adapted = FineTuningSettings.lora(settings)
          .map(config -> new AdaptedClassifier(source, model, model.encoder(), config)).orElse(null);
    }
    Module trained = adapted == null ? model : adapted;
    fineTuning = new FineTuning(settings, model.encoder(), trained);
    optimizer = setup.optimizer(fineTuning);
    for (int i = 0; i < tasks.size(); i++) {
      parts.add(part(tasks.get(i), prepared.data.get(i), backend));
    }
    var batches = new MixedBatches(parts.stream().map(this::batches).toList(),
        tasks.stream().map(EncoderTask::share).toList(), settings.get(TrainingSettings.SEED));
    LoopBuilder<MixedBatches.Mixed> plain =
        setup.configured(TrainingLoop.of(trained, batches, new Mixture(parts, fineTuning)),
            optimizer, pretrainedHash, Sha256.ofLines(parts.stream().map(part -> part.data.hash()).toList()));
    // The mean over all tasks decides on the best step: with one that has no validation rows there is none.
    loop = parts.stream().anyMatch(part -> part.data.validation().size() == 0) ? plain.build()
        : setup.validating(plain).validation(parts.getFirst().validator.better(), this::validate).build();
  }

  private Prepared prepare(@Nullable PretrainedModel pretrained, boolean resumes) throws IOException {
    var rows = new ArrayList<SplitRows>();
    for (EncoderTask task : tasks) {
      context.listener().model("task " + task.name());
      rows.add(RunRows.of(context.withDirectory(MultiTaskFamily.task(directory, task.name())), task.settings()));
    }
    // A tokenizer of one's own learns from the texts of all tasks.
    RowSource texts = RowSource.concat(rows.stream().map(SplitRows::train).toList());
    Tokenizer tokenizer = PreparedData.tokenizer(settings, pretrained, texts, directory, resumes,
        context.compute().threads(), context.listener());
    var data = new ArrayList<PreparedData>();
    try {
      for (int i = 0; i < tasks.size(); i++) {
        Settings own = tasks.get(i).settings();
        data.add(PreparedData.of(own, rows.get(i), tokenizer, PreparedData.limit(own, pretrained), directory,
            MultiTaskFamily.task(directory, tasks.get(i).name()),
            Files.createDirectories(directory.cache().resolve(tasks.get(i).name())), context.listener()));
      }
      return new Prepared(tokenizer, data);
    } catch (IOException | RuntimeException e) {
      data.forEach(PreparedData::close);
      throw e;
    }
  }

  private Part part(EncoderTask task, PreparedData data, Backend backend) {
    TextClassifier classifier = Objects.requireNonNull(model.tasks().get(task.name()));
    Settings own = task.settings();
    return new Part(task, data, classifier,
        ClassifierLoss.of(LossRows.of(own, data.target().kind()), data.target(), data.train()),
        new Evaluator(backend, data.target()),
        new Validator(data.target(), new AnswerSettings(own), settings.get(ValidationSettings.METRIC)),
        MultiTaskFamily.task(directory, task.name()));
  }

  private Batches batches(Part part) {
    PreparedData data = part.data;
    return new Batches(data.train(),
        SamplingSettings.sampler(part.task.settings(), data.train(), data.target().labels().counts()),
        Math.max(settings.get(OptimizationSettings.BATCH_TOKENS), data.train().longest()), setup.batchSize());
  }

  /** The loss of a batch of whichever task. */
  private record Mixture(List<Part> parts, FineTuning fineTuning) implements Objective<MixedBatches.Mixed> {
    @Override
    public void beginEpoch(long epoch) {
      fineTuning.beginEpoch(epoch);
    }

    @Override
    public MixedBatches.Mixed augment(MixedBatches.Mixed mixed, Rng random) {
      double dropped = parts.get(mixed.task()).task.settings().get(EncoderSettings.TOKEN_DROPOUT);
      return dropped == 0 ? mixed
          : new MixedBatches.Mixed(mixed.task(),
              mixed.batch().withTokensDropped(dropped, random.stream(EncoderRun.TOKEN_DROPOUT)));
    }

    @Override
    public Variable apply(Tape tape, MixedBatches.Mixed mixed) {
      Part part = parts.get(mixed.task());
      Variable loss = part.loss.apply(tape, part.model, mixed.batch());
      return part.task.weight() == 1 ? loss : Scale.apply(tape, loss, part.task.weight());
    }

    @Override
    public double uninformed() {
      return parts.stream().mapToDouble(part -> part.task.weight() * part.loss.uninformed()).max().orElseThrow();
    }
  }

  /** Measures every task; the mean decides. */
  private Validation.Measured validate(long step, double epoch) throws IOException {
    double value = 0;
    double loss = 0;
    var means = new LinkedHashMap<String, Double>();
    var each = new LinkedHashMap<String, Double>();
    for (Part part : parts) {
      long began = System.nanoTime();
      Evaluator.Evaluation evaluation =
          part.evaluator.evaluate(part.data.validation(), Logits.of(part.model), new TrainingListener() {});
      Validator.Result result = part.validator.validate(evaluation.rows(), evaluation.loss(), step, epoch, began);
      Files.createDirectories(part.directory.path());
      result.logThresholds(part.directory.thresholdLog());
      value += result.value() / parts.size();
      loss += evaluation.loss() / parts.size();
      result.entry().metrics().forEach((name, metric) -> {
        means.merge(name, metric / parts.size(), Double::sum);
        each.put(part.task.name() + " " + name, metric);
      });
    }
    means.putAll(each);
    return new Validation.Measured(value, loss, means);
  }

  /**
   * Trains until the end, or until asked to stop.
   *
   * @throws UserError when training diverges, or a checkpoint does not fit
   */
  public TrainingResult run() throws IOException {
    context.listener().model(String.format(Locale.ROOT, "%,d parameters%s, %d tasks, for %,d steps on %d threads",
        model.parameterCount(), fineTuning.learning(model.parameterCount()), parts.size(), loop.totalSteps(),
        context.compute().threads()));
    context.listener().stage("Training");
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

  /** Tests the best parameters task by task, and writes the model: what all share last. */
  private TrainingResult finish(TrainingLoop.Outcome outcome) throws IOException {
    if (adapted != null) {
      adapted.adapter().save(directory.adapter());
      adapted.adapter().merge();
    }
    writeShared();
    var reports = new LinkedHashMap<String, TestReport>();
    for (Part part : parts) {
      context.listener().stage("Testing " + part.task.name());
      reports.put(part.task.name(), finish(part, outcome));
    }
    var json = new LinkedHashMap<String, Object>();
    json.put(MultiTaskFamily.TASKS, tasks.stream().map(EncoderTask::name).toList());
    ModelConfig.of(new MultiTaskFamily(), json).write(directory);
    for (Part part : parts) {
      NamedTests.run(part.task.settings(), context.withDirectory(part.directory));
    }
    directory.deleteRunFiles();
    return new TrainingResult(outcome.steps(), outcome.bestStep(), null, reports);
  }

  private void writeShared() throws IOException {
    var shared = new LinkedHashMap<String, Tensor>();
    model.encoder().stateDict().forEach((name, tensor) -> shared.put(TextClassifier.ENCODER + name, tensor));
    SafetensorsWriter.write(directory.file(EncoderFamily.WEIGHTS), shared, Map.of("format", "pt"));
  }

  private TestReport finish(Part part, TrainingLoop.Outcome outcome) throws IOException {
    Settings own = part.task.settings();
    ModelDirectory folder = part.directory;
    Files.createDirectories(folder.path());
    JsonFile.write(folder.trainingConfig(), StoredSettings.of(EncoderFamily.KEY, own).json());
    Files.deleteIfExists(folder.log());
    Files.copy(directory.log(), folder.log());
    ScoredRows validation =
        part.evaluator.evaluate(part.data.validation(), Logits.of(part.model), new TrainingListener() {}).rows();
    Target tuned = part.data.target().tuned(new AnswerSettings(own), validation);
    var facts = new LinkedHashMap<String, String>();
    facts.put("Parameters", String.format(Locale.ROOT, "%,d, of which %,d of the head",
        model.encoder().parameterCount() + part.model.parameterCount(), part.model.parameterCount()));
    facts.put("Steps", String.format(Locale.ROOT, "%,d, best at %,d", outcome.steps(), outcome.bestStep()));
    TrainingResult result = new FinishedRun(folder, tuned, new AnswerSettings(own), part.data.rows(),
        settings.get(TrainingSettings.SEED), context, outcome.steps(), outcome.bestStep())
        .write(new TaskFiles(part), validation, validation,
            () -> part.evaluator.evaluate(part.data.test(), Logits.of(part.model), context.listener()).rows()
                .withLanguages(part.data.testLanguages(own)),
            new DataSettings(own), facts);
    return Objects.requireNonNull(result.report());
  }

  /** What there is of a task besides its labels: its head. */
  private record TaskFiles(Part part) implements ModelFiles {
    @Override
    public void writeWeights() throws IOException {
      SafetensorsWriter.write(part.directory.file(EncoderFamily.WEIGHTS), new TreeMap<>(part.model.stateDict()),
          Map.of("format", "pt"));
    }

    @Override
    public void writeDescription() throws IOException {
      new EncoderDescription(part.model.config(), part.data.limit()).write(part.directory, new TaskFamily());
    }
  }

  @Override
  public void close() {
    loop.close();
    optimizer.close();
    (adapted == null ? model : adapted).close();
    prepared.close();
  }
}
