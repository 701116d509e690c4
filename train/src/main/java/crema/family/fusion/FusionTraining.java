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
import crema.nn.Initializer;
import crema.nn.model.fusion.FusionNetwork;
import crema.nn.model.fusion.Presence;
import crema.nn.optim.AdamW;
import crema.nn.optim.ParameterGroup;
import crema.nn.train.LoopBuilder;
import crema.nn.train.Objective;
import crema.nn.train.TrainingLoop;
import crema.nn.train.Validation;
import crema.run.ValidationSettings;
import crema.run.Validator;
import crema.settings.Settings;
import crema.task.LossConfig;
import crema.task.Target;
import crema.tensor.Backend;
import java.io.IOException;
import java.util.Arrays;

/**
 * Trains the network of both vectors while the parts that make these stay as they are: first with noise in place of the
 * texts, so that pictures are learned before texts can do without them, then with both.
 */
final class FusionTraining {
  static final int BATCH = 256;
  static final double WEIGHT_DECAY = 0.01;

  private final FusionLoop loops;
  private final Backend backend;
  private final FusionNetwork network;

  /**
   * A training.
   *
   * @param network what is trained
   */
  FusionTraining(FusionLoop loops, Backend backend, FusionNetwork network) {
    this.loops = loops;
    this.backend = backend;
    this.network = network;
  }

  /** What stands for the texts of a stage. */
  private enum Texts {
    NOISE, THEMSELVES
  }

  /** The outcome of the last stage that was begun. */
  TrainingLoop.Outcome run(FusionRows train, FusionRows validation, Validator validator) throws IOException {
    Settings settings = loops.settings();
    RunContext context = loops.context();
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
        var evaluator = new Evaluator(backend, loops.target());
        loop.patience(settings.get(ValidationSettings.PATIENCE)).validation(validator.better(),
            (step, epoch) -> validate(validation, evaluator, validator, step, epoch));
      }
      return loop.run();
    }
  }

  private Validation.Measured validate(FusionRows rows, Evaluator evaluator, Validator validator, long step,
      double epoch) throws IOException {
    long began = System.nanoTime();
    var batches = new Batches(rows, Sampler.sequential(rows.size()), Integer.MAX_VALUE, BATCH);
    Evaluator.Evaluation said = evaluator.evaluate(rows, batches,
        (tape, batch) -> forward(tape, rows, batch, rows.presence(batch.examples()), Texts.THEMSELVES),
        new TrainingListener() {});
    Validator.Result result = validator.validate(said.rows(), said.loss(), step, epoch, began);
    result.logThresholds(loops.context().directory().thresholdLog());
    return new Validation.Measured(result.value(), result.entry().loss(), result.entry().metrics());
  }

  private AdamW optimizer(double weightDecay) {
    return new AdamW(ParameterGroup.decayingMatrices(network, weightDecay), AdamW.Options.DEFAULT);
  }

  private LoopBuilder<PackedBatch> loop(FusionRows rows, Texts texts, int epochs, String stage, AdamW optimizer)
      throws IOException {
    return loops.of(network, rows, objective(rows, texts),
        new FusionLoop.Stage(stage, epochs, loops.settings().get(FusionSettings.FUSION_LEARNING_RATE)), optimizer);
  }

  private Objective<PackedBatch> objective(FusionRows rows, Texts texts) {
    Target target = loops.target();
    var loss = ClassifierLoss.of(LossConfig.defaultOf(target.kind()), target, rows);
    double dropped = texts == Texts.NOISE ? 0 : loops.settings().get(FusionSettings.MODALITY_DROPOUT);
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
    FusionParts.SaidOfItem[] said = rows.said(batch.examples());
    int features = network.config().textFeatures();
    Variable pictures = FusionRows.vectors(tape.scope(), said.length, network.config().pictureFeatures(),
        i -> said[i].picture());
    if (texts == Texts.THEMSELVES) {
      return network.forward(tape, FusionRows.vectors(tape.scope(), said.length, features, i -> said[i].text()),
          pictures, presence);
    }
    var everywhere = new boolean[said.length];
    Arrays.fill(everywhere, true);
    return network.forward(tape, noise(tape, said.length, features), pictures,
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
}
