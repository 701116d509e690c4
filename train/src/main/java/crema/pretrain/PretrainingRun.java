package crema.pretrain;

import static crema.family.encoder.OptimizationSettings.BETA1;
import static crema.family.encoder.OptimizationSettings.BETA2;
import static crema.family.encoder.OptimizationSettings.EPSILON;
import static crema.family.encoder.OptimizationSettings.WEIGHT_DECAY;
import static crema.run.TrainingSettings.SEED;

import crema.autograd.Tape;
import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.ModelDirectory;
import crema.classify.Provenance;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.ProblemListener;
import crema.family.encoder.EncoderSettings;
import crema.family.encoder.EncoderSetup;
import crema.family.encoder.FineTuningSettings;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.model.Architecture;
import crema.nn.model.MaskedLanguageModel;
import crema.nn.model.SpecialTokens;
import crema.nn.model.TextEncoderConfig;
import crema.nn.optim.AdamW;
import crema.nn.optim.ParameterGroup;
import crema.nn.train.TrainingLoop;
import crema.nn.train.Validation;
import crema.pretrained.PretrainedFolder;
import crema.pretrained.PretrainedModel;
import crema.run.DataSettings;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tokenizer.TokenFrame;
import crema.tokenizer.Tokenizer;
import crema.tokenizer.TokenizerTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains an encoder to guess hidden tokens: finds or makes the tokenizer and the network, prepares the texts, assembles
 * the {@link TrainingLoop}, and writes the folder at the end.
 *
 * <p>What it computes depends on the settings and the texts alone, so a run that was killed and resumed from a checkpoint
 * ends with the same bits.
 */
final class PretrainingRun implements AutoCloseable {
  private final Settings settings;
  private final Backend backend;
  private final RunContext context;
  private final ModelDirectory directory;
  private final TrainingListener listener;
  private final Map<String, Object> json;
  private final String pretrainedHash;
  /** Where the encoder is that this one begins with; null if it begins with random numbers. */
  private final @Nullable Path source;
  private final PretrainingData data;
  private final MaskedLanguageModel model;
  private final MaskedLanguageLoss loss;
  private final MaskedBatches validation;
  private final AdamW optimizer;
  private final TrainingLoop<MaskedBatch> loop;

  /** What there is before training. */
  private record Start(MaskedVocabulary vocabulary, PretrainingData data, MaskedLanguageModel model) {}

  /**
   * Prepares a run, or continues the one in the directory.
   *
   * @param settings with the defaults that suit what was given
   * @param backend where to compute; the caller closes it
   * @param context where to write, and how the run is watched
   */
  PretrainingRun(Settings settings, Backend backend, RunContext context) throws IOException {
    this.settings = settings.checked();
    this.backend = backend;
    this.context = context;
    directory = context.directory();
    listener = context.listener();
    try (PretrainedModel pretrained = openPretrained()) {
      json = json(pretrained);
      boolean resumes = directory.holdsRun();
      Start start = directory.begin(new Pretraining(), settings, () -> start(pretrained, resumes));
      data = start.data;
      model = start.model;
      pretrainedHash = pretrained == null ? "" : pretrained.fingerprint();
      source = pretrained == null ? null : pretrained.folder();
      loss = new MaskedLanguageLoss(model);
      validation = data.validationBatches(settings, start.vocabulary);
      optimizer = new AdamW(ParameterGroup.decayingMatrices(model, settings.get(WEIGHT_DECAY)),
          new AdamW.Options(settings.get(BETA1), settings.get(BETA2), settings.get(EPSILON)));
      loop = loop(data.trainBatches(settings, start.vocabulary));
    }
  }

  private @Nullable PretrainedModel openPretrained() throws IOException {
    Optional<String> encoder = settings.find(FineTuningSettings.ENCODER);
    if (encoder.isEmpty()) {
      return null;
    }
    DataSettings.requireFiles(settings.get(DataSettings.TRAIN));
    DataSettings.requireFiles(settings.get(DataSettings.VALIDATION));
    return PretrainedModel.open(context.locate(encoder.get()));
  }

  /** What the config of the model begins with. */
  private Map<String, Object> json(@Nullable PretrainedModel pretrained) throws IOException {
    if (pretrained != null) {
      return pretrained.json();
    }
    var values = new LinkedHashMap<String, Object>();
    if (settings.find(PretrainingSettings.NETWORK).isPresent()) {
      JsonFile.read(Path.of(settings.get(PretrainingSettings.NETWORK))).forEach((key, value) -> {
        if (value != null) {
          values.put(key, value);
        }
      });
      return values;
    }
    values.put("model_type", Architecture.DEFAULT);
    values.put("hidden_size", settings.get(EncoderSettings.HIDDEN_SIZE));
    values.put("num_hidden_layers", settings.get(EncoderSettings.LAYERS));
    values.put("num_attention_heads", settings.get(EncoderSettings.HEADS));
    values.put("num_key_value_heads", settings.get(EncoderSettings.KV_HEADS));
    values.put("ffn_hidden_size", settings.get(EncoderSettings.FFN_SIZE));
    values.put("max_position_embeddings", settings.get(EncoderSettings.MAX_LENGTH));
    values.put("dropout", settings.get(EncoderSettings.DROPOUT));
    values.put("max_drop_path", settings.get(EncoderSettings.DROP_PATH));
    return values;
  }

  private Start start(@Nullable PretrainedModel pretrained, boolean resumes) throws IOException {
    var folder = new PretrainedFolder(directory.path());
    PretrainingData.Parts parts = PretrainingData.read(settings, listener);
    Tokenizer tokenizer;
    if (resumes && folder.hasTokenizer()) {
      tokenizer = folder.tokenizer();
    } else if (pretrained != null) {
      tokenizer = pretrained.tokenizer();
      pretrained.maskToken();
      folder.writeTokenizer(pretrained);
    } else {
      tokenizer = newTokenizer(parts);
      folder.writeTokenizer(tokenizer, specialTokens(), config(tokenizer).maxTokens());
    }
    TextEncoderConfig config = pretrained != null ? pretrained.config() : config(tokenizer);
    int mask = pretrained != null ? pretrained.maskToken() : maskToken(tokenizer);
    MaskedVocabulary vocabulary = MaskedVocabulary.of(tokenizer, mask);
    MaskedLanguageModel network = model(pretrained, config);
    try {
      return new Start(vocabulary,
          PretrainingData.prepare(settings, parts, vocabulary, maxTokens(pretrained, config, tokenizer),
              folder.tokenizerHash(), directory, listener),
          network);
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** The network with its first weights: pretrained ones where there are some. */
  private MaskedLanguageModel model(@Nullable PretrainedModel pretrained, TextEncoderConfig config) {
    MaskedLanguageModel network;
    try {
      network = new MaskedLanguageModel(ParameterSource.random(backend, settings.get(SEED)), config);
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
    if (pretrained != null) {
      load(pretrained, network);
    }
    return network;
  }

  /** The shape of the network, with as many rows of embeddings as the tokenizer has tokens. */
  private TextEncoderConfig config(Tokenizer tokenizer) {
    var values = new LinkedHashMap<>(json);
    values.put("vocab_size", tokenizer.vocabularySize());
    SpecialTokens special = specialTokens();
    tokenizer.id(special.padding()).ifPresent(id -> values.put("pad_token_id", id));
    try {
      return Architecture.ofModel(values).read(values);
    } catch (IllegalArgumentException e) {
      throw new UserError(settings.find(PretrainingSettings.NETWORK).map(file -> file + ": ").orElse("")
          + e.getMessage(), e);
    }
  }

  /** The special tokens of a new encoder: those of its architecture, or else BERT's. */
  private SpecialTokens specialTokens() {
    return Architecture.ofModel(json).specialTokens().filter(special -> special.mask().isPresent())
        .orElse(SpecialTokens.BERT);
  }

  private Tokenizer newTokenizer(PretrainingData.Parts parts) throws IOException {
    Optional<String> file = settings.find(EncoderSettings.TOKENIZER);
    if (file.isPresent()) {
      return Tokenizer.load(Path.of(file.get()));
    }
    listener.stage("Training the tokenizer");
    SpecialTokens special = specialTokens();
    TokenizerTrainer trainer = TokenizerTrainer.of(settings.get(PretrainingSettings.TOKENIZER_KIND))
        .withVocabularySize(settings.get(EncoderSettings.VOCABULARY_SIZE))
        .withLowercase(settings.get(DataSettings.LOWERCASE))
        .withSpecialTokens(special.all(), new TokenFrame(special.before(), special.between(), special.after()))
        .withThreads(context.compute().threads())
        .withProgress((_, done, total) -> listener.progress(done, total));
    try (RowCursor rows = parts.train().open(ProblemListener.SILENT)) {
      return trainer.train(Stream.iterate(rows.next(), Objects::nonNull, _ -> rows.next()).map(Row::text));
    }
  }

  private int maskToken(Tokenizer tokenizer) {
    String mask = specialTokens().mask().orElseThrow();
    return tokenizer.id(mask).orElseThrow(() -> new UserError(settings.find(EncoderSettings.TOKENIZER)
        .map(file -> file + ": the").orElse("the") + " tokenizer has no mask token " + mask
        + ", without which nothing can be masked"));
  }

  private int maxTokens(@Nullable PretrainedModel pretrained, TextEncoderConfig config, Tokenizer tokenizer)
      throws IOException {
    int wanted = settings.get(EncoderSettings.MAX_LENGTH);
    boolean isAsked = settings.isChanged(EncoderSettings.MAX_LENGTH);
    if (isAsked && wanted > config.maxTokens()) {
      throw settings.error(EncoderSettings.MAX_LENGTH, " is " + wanted + ", but the encoder has positions for "
          + config.maxTokens() + " tokens only");
    }
    int most = Math.min(wanted, isAsked || pretrained == null ? config.maxTokens() : pretrained.maxLength());
    if (most <= tokenizer.specialTokens()) {
      throw settings.error(EncoderSettings.MAX_LENGTH, " is " + most + ", which leaves no room for a text beside "
          + tokenizer.specialTokens() + " special tokens");
    }
    return most;
  }

  /** Copies the pretrained weights, and says what is new. */
  private void load(PretrainedModel pretrained, MaskedLanguageModel network) {
    String prefix = pretrained.config().architecture().prefix();
    try {
      Weights.Intersection loaded = network.loadIntersecting(pretrained.weights());
      List<String> lacking = loaded.missing().stream().filter(name -> name.startsWith(prefix)).toList();
      if (!lacking.isEmpty()) {
        throw new UserError(pretrained.path() + " lacks weights of the encoder: " + lacking.getFirst()
            + (lacking.size() > 1 ? " and " + (lacking.size() - 1) + " more" : "")
            + "; are config.json and weights of one model?");
      }
      if (!loaded.missing().isEmpty()) {
        listener.warning(pretrained.path() + " has no whole head for masked-language modelling: what it lacks starts "
            + "from random numbers");
      }
      if (!loaded.report().isEmpty()) {
        listener.model(pretrained.path() + ": " + loaded.report());
      }
    } catch (InvalidWeightsException e) {
      throw new UserError(pretrained.path() + ": " + e.getMessage(), e);
    }
  }

  private TrainingLoop<MaskedBatch> loop(MaskedBatches batches) throws IOException {
    var setup = new EncoderSetup(settings, context);
    return setup.validating(
        setup.configured(TrainingLoop.of(model, batches, loss), optimizer, pretrainedHash, data.hash()))
        .validation(Validation.Better.LOWER, (_, _) -> validate())
        .build();
  }

  /** The mean over all hidden tokens of the validation texts. */
  private Validation.Measured validate() {
    double sum = 0;
    long hidden = 0;
    for (Iterator<MaskedBatch> batches = validation.epoch(0, 0); batches.hasNext();) {
      MaskedBatch batch = batches.next();
      try (var scope = new Scope(backend)) {
        sum += loss.apply(Tape.inference(scope), batch).value().item() * batch.hidden();
      }
      hidden += batch.hidden();
    }
    double mean = sum / hidden;
    return new Validation.Measured(mean, mean, Map.of("perplexity", Math.exp(mean)));
  }

  /**
   * Trains until the end, or until asked to stop.
   *
   * @throws UserError when training diverges, or a checkpoint does not fit
   */
  PretrainingResult run() throws IOException {
    listener.model(String.format(Locale.ROOT, "%,d parameters on %,d examples for %,d steps on %d threads",
        model.parameterCount(), data.train().size(), loop.totalSteps(), context.compute().threads()));
    listener.stage("Training");
    TrainingLoop.Outcome outcome = loop.run();
    if (!outcome.isFinished()) {
      return new PretrainingResult(outcome.steps(), outcome.bestStep(), OptionalDouble.empty());
    }
    try {
      return finish(outcome);
    } catch (IOException e) {
      String checkpoint = outcome.checkpoint().map(file -> "The last good checkpoint is " + file)
          .orElse("No checkpoint was written");
      throw new UserError("training ended but the encoder could not be written: " + e.getMessage() + ". " + checkpoint
          + "; put that right and continue with: crema pretrain --resume --output " + directory.path(), e);
    }
  }

  private PretrainingResult finish(TrainingLoop.Outcome outcome) throws IOException {
    Validation.Measured measured = validate();
    new Provenance(Provenance.version(), Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS).toString(),
        context.commandLine(), settings.get(SEED), data.hash(), data.train().size(), data.validation().size(), 0,
        outcome.steps(), outcome.bestStep(), System.getProperty("java.vm.name") + " " + Runtime.version())
        .write(directory.provenance());
    var folder = new PretrainedFolder(directory.path());
    if (source != null) {
      folder.writeSentenceModules(source);
    }
    folder.writeModel(model.encoder().config(), json, "ForMaskedLM", model.stateDict());
    if (CheckpointSettings.keepState(settings)) {
      directory.keepState();
    }
    directory.deleteRunFiles();
    return new PretrainingResult(outcome.steps(), outcome.bestStep(), OptionalDouble.of(measured.loss()));
  }

  @Override
  public void close() {
    loop.close();
    optimizer.close();
    model.close();
    data.close();
  }
}
