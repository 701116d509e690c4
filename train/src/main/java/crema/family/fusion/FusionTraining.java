package crema.family.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.Sampler;
import crema.family.encoder.ClassifierLoss;
import crema.family.encoder.Evaluator;
import crema.family.encoder.PackedBatches;
import crema.family.encoder.SamplingSettings;
import crema.nn.Initializer;
import crema.nn.model.fusion.FusionNetwork;
import crema.nn.model.fusion.Presence;
import crema.nn.optim.AdamW;
import crema.nn.optim.ParameterGroup;
import crema.nn.optim.Schedule;
import crema.nn.train.LoopBuilder;
import crema.nn.train.Objective;
import crema.nn.train.TrainingLoop;
import crema.nn.train.Validation;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.run.Validator;
import crema.settings.Settings;
import crema.task.LossConfig;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Trains the network of both vectors, which the parts give once and for all: first with noise in place of the texts, so
 * that pictures are learned before texts can do without them, then with both.
 */
final class FusionTraining {
  private static final int BATCH = 256;
  private static final double WEIGHT_DECAY = 0.01;
  private static final double WARMUP = 0.1;
  private static final double LAST_SCALE = 0.05;
  private static final String START_OVER = "start over with --overwrite";

  private final Settings settings;
  private final Backend backend;
  private final RunContext context;
  private final Target target;
  private final FusionNetwork network;
  private final String dataHash;

  /**
   * A training.
   *
   * @param network what is trained
   * @param dataHash tells the rows and the parts from others
   */
  FusionTraining(Settings settings, Backend backend, RunContext context, Target target, FusionNetwork network,
      String dataHash) {
    this.settings = settings;
    this.backend = backend;
    this.context = context;
    this.target = target;
    this.network = network;
    this.dataHash = dataHash;
  }

  /** What stands for the texts of a stage. */
  private enum Texts {
    NOISE, THEMSELVES
  }

  /** The outcome of the last stage that was begun. */
  TrainingLoop.Outcome run(FusionRows train, FusionRows validation, Validator validator) throws IOException {
    int first = settings.get(FusionSettings.PICTURE_EPOCHS);
    FusionRows pictures = train.withPictures();
    if (first > 0 && pictures.size() > 0) {
      context.listener().stage("Learning pictures beside noise");
      try (var optimizer = optimizer(settings.get(FusionSettings.PICTURE_DECAY))) {
        TrainingLoop.Outcome outcome = loop(pictures, Texts.NOISE, first, "pictures", optimizer).run();
        if (!outcome.isFinished()) {
          return outcome;
        }
      }
    }
    context.listener().stage("Learning texts and pictures together");
    try (var optimizer = optimizer(WEIGHT_DECAY)) {
      LoopBuilder<PackedBatch> loop =
          loop(train, Texts.THEMSELVES, settings.get(FusionSettings.FUSION_EPOCHS), "both", optimizer)
              .log(context.directory().log());
      if (validation.size() > 0) {
        var evaluator = new Evaluator(backend, target);
        loop.patience(settings.get(ValidationSettings.PATIENCE)).validation(validator.better(),
            (step, epoch) -> validate(validation, evaluator, validator, step, epoch));
      }
      return loop.run();
    }
  }

  private Validation.Measured validate(FusionRows rows, Evaluator evaluator, Validator validator, long step,
      double epoch) throws IOException {
    long began = System.nanoTime();
    Evaluator.Evaluation said = evaluate(rows, evaluator);
    Validator.Result result = validator.validate(said.rows(), said.loss(), step, epoch, began);
    result.logThresholds(context.directory().thresholdLog());
    return new Validation.Measured(result.value(), result.entry().loss(), result.entry().metrics());
  }

  private Evaluator.Evaluation evaluate(FusionRows rows, Evaluator evaluator) {
    var batches = new Batches(rows, Sampler.sequential(rows.size()), BATCH, BATCH);
    return evaluator.evaluate(rows, batches,
        (tape, batch) -> forward(tape, rows, batch, rows.presence(batch.examples()), Texts.THEMSELVES),
        new TrainingListener() {});
  }

  private AdamW optimizer(double weightDecay) {
    return new AdamW(ParameterGroup.decayingMatrices(network, weightDecay), AdamW.Options.DEFAULT);
  }

  private LoopBuilder<PackedBatch> loop(FusionRows rows, Texts texts, int epochs, String stage, AdamW optimizer)
      throws IOException {
    Path checkpoints = Files.createDirectories(context.directory().checkpoints()).resolve(stage);
    int size = settings.get(FusionSettings.FUSION_BATCH);
    var batches = new PackedBatches(List.of(
        new Batches(rows, SamplingSettings.sampler(settings, rows, target.labels().counts()), size, size)));
    return TrainingLoop.of(network, batches, objective(rows, texts))
        .optimizer(optimizer)
        .epochs(epochs)
        .learningRate(settings.get(FusionSettings.FUSION_LEARNING_RATE))
        .schedule(Schedule.Decay.COSINE, 0, LAST_SCALE)
        .warmupFraction(WARMUP)
        .clipNorm(1)
        .seed(settings.get(TrainingSettings.SEED))
        .checkpoints(checkpoints, context.checkpoints().policy())
        .listener(context.listener())
        .stop(context.stop())
        .startOver(START_OVER)
        .identity("settings", context.directory().runDigest(),
            "is of a run with other settings than " + context.directory().trainingConfig() + "; " + START_OVER)
        .identity("data", dataHash, "is of a run on other data: the data files have changed since the run in "
            + context.directory().path() + " was started; put them back, or " + START_OVER);
  }

  private Objective<PackedBatch> objective(FusionRows rows, Texts texts) {
    var loss = ClassifierLoss.of(LossConfig.defaultOf(target.kind()), target, rows);
    double dropped = texts == Texts.NOISE ? 0 : settings.get(FusionSettings.MODALITY_DROPOUT);
    return new Objective<>() {
      @Override
      public Variable apply(Tape tape, PackedBatch batch) {
        Presence presence = rows.presence(batch.examples());
        if (tape.isTraining() && dropped > 0) {
          presence = presence.withModalitiesDropped(dropped, tape.nextRandom());
        }
        return loss.apply(tape, forward(tape, rows, batch, presence, texts), batch);
      }

      @Override
      public double uninformed() {
        return loss.uninformed();
      }
    };
  }

  private Variable forward(Tape tape, FusionRows rows, PackedBatch batch, Presence presence, Texts texts) {
    int[] examples = batch.examples();
    int features = network.config().textFeatures();
    Variable pictures = FusionRows.vectors(tape.scope(), examples.length, network.config().pictureFeatures(),
        i -> rows.said(examples[i]).picture());
    if (texts == Texts.THEMSELVES) {
      return network.forward(tape,
          FusionRows.vectors(tape.scope(), examples.length, features, i -> rows.said(examples[i]).text()), pictures,
          presence);
    }
    var everywhere = new boolean[examples.length];
    Arrays.fill(everywhere, true);
    return network.forward(tape, noise(tape, examples.length, features), pictures,
        new Presence(everywhere, presence.picture()));
  }

  private static Variable noise(Tape tape, int rows, int features) {
    Rng.Stream random = tape.nextRandom();
    var normal = new Initializer.Normal(1);
    var values = new float[rows * features];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) normal.value(random.bits(i));
    }
    return Variable.constant(tape.scope().floats(values, rows, features));
  }

  /** What the network says of each row, with only those texts and pictures that count: {@code [rows][labels]}. */
  List<float[]> logits(FusionRows rows, Presence presence) {
    var logits = new ArrayList<float[]>();
    for (int from = 0; from < rows.size(); from += BATCH) {
      int first = from;
      int count = Math.min(BATCH, rows.size() - from);
      var some = new Presence(Arrays.copyOfRange(presence.text(), from, from + count),
          Arrays.copyOfRange(presence.picture(), from, from + count));
      try (var scope = new Scope(backend)) {
        float[] values = network.forward(Tape.inference(scope),
            FusionRows.vectors(scope, count, network.config().textFeatures(), i -> rows.said(first + i).text()),
            FusionRows.vectors(scope, count, network.config().pictureFeatures(), i -> rows.said(first + i).picture()),
            some).value().toFloats();
        int labels = values.length / count;
        for (int i = 0; i < count; i++) {
          logits.add(Arrays.copyOfRange(values, i * labels, (i + 1) * labels));
        }
      }
    }
    return logits;
  }
}
