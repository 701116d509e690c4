package crema.family.encoder;

import static crema.family.encoder.EncoderSettings.BAG_SIZE;
import static crema.family.encoder.EncoderSettings.DROPOUT;
import static crema.family.encoder.EncoderSettings.DROP_PATH;
import static crema.family.encoder.EncoderSettings.FFN_SIZE;
import static crema.family.encoder.EncoderSettings.HEAD;
import static crema.family.encoder.EncoderSettings.HEADS;
import static crema.family.encoder.EncoderSettings.HEAD_DROPOUT;
import static crema.family.encoder.EncoderSettings.HEAD_LAYERS;
import static crema.family.encoder.EncoderSettings.HEAD_SIZE;
import static crema.family.encoder.EncoderSettings.HIDDEN_SIZE;
import static crema.family.encoder.EncoderSettings.KV_HEADS;
import static crema.family.encoder.EncoderSettings.LAYERS;
import static crema.family.encoder.EncoderSettings.MAX_LENGTH;
import static crema.family.encoder.FineTuningSettings.ENCODER;
import static crema.family.encoder.FineTuningSettings.POOLING;
import static crema.family.encoder.FineTuningSettings.REINITIALIZE_LAYERS;
import static crema.family.encoder.OptimizationSettings.ACCUMULATE;
import static crema.family.encoder.OptimizationSettings.BATCH_SIZE;
import static crema.family.encoder.OptimizationSettings.BETA1;
import static crema.family.encoder.OptimizationSettings.BETA2;
import static crema.family.encoder.OptimizationSettings.CLIP_NORM;
import static crema.family.encoder.OptimizationSettings.EPSILON;
import static crema.family.encoder.OptimizationSettings.MAX_STEPS;
import static crema.family.encoder.OptimizationSettings.MIN_SCALE;
import static crema.family.encoder.OptimizationSettings.SCHEDULE;
import static crema.family.encoder.OptimizationSettings.RECOMPUTE;
import static crema.family.encoder.OptimizationSettings.WARMUP;
import static crema.family.encoder.OptimizationSettings.WARMUP_FRACTION;
import static crema.family.encoder.OptimizationSettings.WEIGHT_DECAY;
import static crema.run.TrainingSettings.EPOCHS;
import static crema.run.TrainingSettings.LEARNING_RATE;
import static crema.run.TrainingSettings.SEED;

import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.nn.InvalidWeightsException;
import crema.nn.Weights;
import crema.nn.model.HeadConfig;
import crema.nn.model.TextClassifierConfig;
import crema.nn.model.TextEncoderConfig;
import crema.nn.model.prenorm.PreNormConfig;
import crema.nn.optim.AdamW;
import crema.nn.train.LoopBuilder;
import crema.nn.train.TrainingLoop;
import crema.pretrained.PretrainedModel;
import crema.run.DataSettings;
import crema.run.ValidationSettings;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the settings of a run say of its network and of how that is trained: for one task, for several, or to guess hidden
 * tokens.
 *
 * @param settings of the run
 * @param context of the run
 */
public record EncoderSetup(Settings settings, RunContext context) {
  private static final String START_OVER = "start over with --overwrite";

  /** Opens the encoder that was trained before, if the run starts from one. */
  @Nullable
  PretrainedModel openPretrained() throws IOException {
    Optional<String> encoder = settings.find(ENCODER);
    if (encoder.isEmpty()) {
      return null;
    }
    settings.checked();
    if (context.rows() == null) {
      DataSettings.requireFiles(new DataSettings(settings).files());
    }
    PretrainedModel pretrained = PretrainedModel.open(context.locate(encoder.get()));
    try {
      FineTuningSettings.requireFit(settings, pretrained.config());
      pretrained.tokenizer().notes().forEach(context.listener()::warning);
      return pretrained;
    } catch (UserError e) {
      pretrained.close();
      throw e;
    }
  }

  /** The shape of the encoder. */
  TextEncoderConfig encoder(@Nullable PretrainedModel pretrained, Tokenizer tokenizer) {
    if (pretrained != null) {
      return pretrained.config();
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("vocab_size", tokenizer.vocabularySize());
    json.put("hidden_size", settings.get(HIDDEN_SIZE));
    json.put("num_hidden_layers", settings.get(LAYERS));
    json.put("num_attention_heads", settings.get(HEADS));
    json.put("num_key_value_heads", settings.get(KV_HEADS));
    json.put("ffn_hidden_size", settings.get(FFN_SIZE));
    json.put("max_position_embeddings", settings.get(MAX_LENGTH));
    json.put("dropout", settings.get(DROPOUT));
    json.put("max_drop_path", settings.get(DROP_PATH));
    return PreNormConfig.of(json);
  }

  /**
   * The shape of a classifier.
   *
   * @param own the settings of its task
   */
  static TextClassifierConfig network(Settings own, TextEncoderConfig encoder, int numLabels) {
    int width = own.get(HEAD_SIZE) == 0 ? encoder.hiddenSize() : own.get(HEAD_SIZE);
    var head = new HeadConfig(own.get(HEAD), width, own.get(HEAD_DROPOUT), width == encoder.hiddenSize(),
        own.get(HEAD_LAYERS));
    return new TextClassifierConfig(encoder, own.get(POOLING), head, own.get(BAG_SIZE), numLabels);
  }

  /** Copies pretrained weights to a model. */
  @FunctionalInterface
  interface Loading {
    /** Copies those of so many layers, from the first. */
    Weights.Intersection load(Weights weights, int keptLayers);
  }

  /** Copies the pretrained weights; the last layers keep their random ones if that is asked for. */
  void load(PretrainedModel pretrained, int layers, Loading loading) throws IOException {
    int kept = layers - settings.get(REINITIALIZE_LAYERS);
    try {
      Weights.Intersection loaded = loading.load(pretrained.weights(), kept);
      List<String> lacking = loaded.missing().stream().filter(name -> name.startsWith("backbone.")).toList();
      if (!lacking.isEmpty() && kept == layers) {
        throw new UserError(pretrained.path() + " lacks weights of the encoder: " + lacking.getFirst()
            + (lacking.size() > 1 ? " and " + (lacking.size() - 1) + " more" : "")
            + "; are config.json and weights of one model?");
      }
      var names = new LinkedHashMap<String, Object>();
      names.put("encoder", pretrained.path().toString());
      names.put("loaded", loaded.common().shapes().size());
      names.put("newly_initialized", loaded.missing());
      names.put("not_used", loaded.unexpected());
      JsonFile.write(context.directory().pretrained(), names);
      context.listener().model(pretrained.path() + ": " + loaded.report());
    } catch (InvalidWeightsException e) {
      throw new UserError(pretrained.path() + ": " + e.getMessage(), e);
    }
  }

  /** The optimizer of a plan. */
  AdamW optimizer(FineTuning plan) {
    return new AdamW(plan.groups(settings.get(WEIGHT_DECAY)),
        new AdamW.Options(settings.get(BETA1), settings.get(BETA2), settings.get(EPSILON)));
  }

  /** The most sequences of a batch. */
  public int batchSize() {
    return settings.get(BATCH_SIZE) == 0 ? Integer.MAX_VALUE : settings.get(BATCH_SIZE);
  }

  /** When a run validates, and what that decides. */
  public <B> LoopBuilder<B> validating(LoopBuilder<B> loop) {
    return loop.validateEvery(settings.get(ValidationSettings.VALIDATE_EVERY))
        .patience(settings.get(ValidationSettings.PATIENCE))
        .tolerance(settings.get(ValidationSettings.TOLERANCE));
  }

  /**
   * The loop of a run, but for its validation: what the settings say, the run's folder, and what tells it from others.
   *
   * @param pretrainedHash of the encoder that the run starts from; empty if there is none
   * @param dataHash of its rows
   */
  public <B> LoopBuilder<B> configured(LoopBuilder<B> loop, AdamW optimizer, String pretrainedHash, String dataHash)
      throws IOException {
    ModelDirectory directory = context.directory();
    return loop.optimizer(optimizer)
        .epochs(settings.get(EPOCHS))
        .maxSteps(settings.get(MAX_STEPS))
        .accumulation(settings.get(ACCUMULATE))
        .learningRate(settings.get(LEARNING_RATE))
        .schedule(settings.get(SCHEDULE), settings.get(WARMUP), settings.get(MIN_SCALE))
        .warmupFraction(settings.get(WARMUP_FRACTION))
        .mostWarmup(settings.isChanged(WARMUP) ? 1 : 0.1)
        .recompute(settings.get(RECOMPUTE))
        .clipNorm(settings.get(CLIP_NORM) == 0 ? Double.POSITIVE_INFINITY : settings.get(CLIP_NORM))
        .seed(settings.get(SEED))
        .checkpoints(directory.checkpoints(), context.checkpoints().policy())
        .log(directory.log())
        .listener(context.listener())
        .stop(context.stop())
        .startOver(START_OVER)
        .identity("settings", directory.runDigest(),
            "is of a run with other settings than " + directory.trainingConfig() + "; " + START_OVER)
        .identity("encoder", pretrainedHash, "is of a run from another pretrained encoder: "
            + (settings.has(ENCODER) ? settings.find(ENCODER).orElse("there was one") : "that model")
            + " has changed since the run in " + directory.path()
            + " was started; put it back, or " + START_OVER)
        .identity("data", dataHash, "is of a run on other data: the data files have changed since the run in "
            + directory.path() + " was started; put them back, or " + START_OVER);
  }

  /** The error of a run whose model could not be written when its training was over. */
  public UserError unwritten(TrainingLoop.Outcome outcome, IOException cause) {
    String checkpoint = outcome.checkpoint().map(file -> "The last good checkpoint is " + file)
        .orElse("No checkpoint was written");
    return new UserError("training ended but the model could not be written: " + cause.getMessage() + ". " + checkpoint
        + "; put that right and continue with: crema train --resume --output " + context.directory().path(), cause);
  }
}
