package crema.family.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Scale;
import crema.classify.TrainingListener;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.Sampler;
import crema.family.encoder.ClassifierLoss;
import crema.family.encoder.Evaluator;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last stage: the models of texts and of pictures learn with the network of both, end to end. To the loss of the
 * network comes that of what either part says by itself, so that neither leaves all to the other.
 */
final class JointTraining {
  /** What a pretrained part knows is lost at the rate of a network that starts from nothing. */
  private static final double PRETRAINED_SCALE = 0.05;
  /** Changes of pictures in epochs in which the model of pictures has not learned by itself. */
  private static final int FIRST_EPOCH = 1 << 16;

  private final FusionLoop loops;
  private final Backend backend;
  private final JointNetwork network;
  private final Map<FusionParts.Part, JointNetwork.Learner> learners;

  /**
   * A training.
   *
   * @param joined the network of both, whose stages are over
   * @param learners the parts that learn
   */
  JointTraining(FusionLoop loops, Backend backend, FusionNetwork joined,
      Map<FusionParts.Part, JointNetwork.Learner> learners) {
    this.loops = loops;
    this.backend = backend;
    this.learners = learners;
    network = new JointNetwork(joined, learners);
  }

  /**
   * Trains all.
   *
   * @param mix how much what they say counts while the best epoch is looked for
   */
  TrainingLoop.Outcome run(FusionRows train, FusionRows validation, Validator validator, FusionMix mix)
      throws IOException {
    Settings settings = loops.settings();
    loops.context().listener().stage("Learning texts and pictures end to end");
    try (var optimizer = new AdamW(groups(), AdamW.Options.DEFAULT)) {
      LoopBuilder<PackedBatch> loop = loops.of(network, train, new Ends(train), new FusionLoop.Stage("joint",
          settings.get(FusionSettings.JOINT_EPOCHS), settings.get(FusionSettings.JOINT_LEARNING_RATE)), optimizer);
      if (validation.size() > 0) {
        var evaluator = new Evaluator(backend, loops.target());
        loop.patience(settings.get(ValidationSettings.PATIENCE)).validation(validator.better(),
            (step, epoch) -> validate(validation, evaluator, validator, mix, step, epoch));
      }
      return loop.run();
    }
  }

  /** Matrices decay; a part that was pretrained learns slower. */
  private List<ParameterGroup> groups() {
    Map<String, Double> scales = new LinkedHashMap<>();
    scales.put(JointNetwork.FUSION, 1.0);
    learners
        .forEach((part, learner) -> scales.put(part.key() + ".", learner.part().isPretrained() ? PRETRAINED_SCALE : 1));
    var groups = new ArrayList<ParameterGroup>();
    scales.forEach((prefix, scale) -> {
      for (boolean areMatrices : new boolean[] {true, false}) {
        var parameters = new LinkedHashMap<String, Variable>();
        network.parameters().forEach((name, parameter) -> {
          if (name.startsWith(prefix) && parameter.shape().rank() >= 2 == areMatrices) {
            parameters.put(name, parameter);
          }
        });
        groups.add(new ParameterGroup(parameters, areMatrices ? FusionTraining.WEIGHT_DECAY : 0, scale));
      }
    });
    return groups;
  }

  /** The loss of a batch. */
  private final class Ends implements Objective<PackedBatch> {
    private final FusionRows rows;
    private final ClassifierLoss loss;
    private final double dropped;
    private final double ofParts;
    private long epoch;

    Ends(FusionRows rows) {
      this.rows = rows;
      Target target = loops.target();
      loss = ClassifierLoss.of(LossConfig.defaultOf(target.kind()), target, rows);
      dropped = loops.settings().get(FusionSettings.MODALITY_DROPOUT);
      ofParts = loops.settings().get(FusionSettings.JOINT_PART_LOSS);
    }

    @Override
    public void beginEpoch(long begun) {
      epoch = FIRST_EPOCH + begun;
    }

    @Override
    public Variable apply(Tape tape, PackedBatch batch) {
      Presence has = rows.presence(batch.examples());
      Presence counted = dropped > 0 ? has.withModalitiesDropped(dropped, tape.nextRandom()) : has;
      JointNetwork.Answer answer = network.forward(tape, batch, has, counted,
          row -> rows.said(batch.examples()[row]), epoch);
      Variable sum = loss.apply(tape, answer.joined(), batch);
      if (ofParts > 0) {
        for (JointNetwork.OfPart part : answer.ofParts().values()) {
          Variable own = loss.apply(tape, part.logits(), batch.only(part.rows()));
          sum = Binary.add(tape, sum, Scale.apply(tape, own, ofParts));
        }
      }
      return sum;
    }

    @Override
    public double uninformed() {
      return loss.uninformed() * (1 + ofParts * learners.size());
    }
  }

  private Validation.Measured validate(FusionRows rows, Evaluator evaluator, Validator validator, FusionMix mix,
      long step, double epoch) throws IOException {
    long began = System.nanoTime();
    var batches = new Batches(rows, Sampler.sequential(rows.size()), Integer.MAX_VALUE, FusionTraining.BATCH);
    Evaluator.Evaluation said = evaluator.evaluate(rows, batches,
        (tape, batch) -> mixed(tape, rows, batch, mix), new TrainingListener() {});
    Validator.Result result = validator.validate(said.rows(), said.loss(), step, epoch, began);
    return new Validation.Measured(result.value(), result.entry().loss(), result.entry().metrics());
  }

  /** The logits that are the answer for a batch. */
  private Variable mixed(Tape tape, FusionRows rows, PackedBatch batch, FusionMix mix) {
    FusionParts.SaidOfItem[] stored = rows.said(batch.examples());
    Presence has = rows.presence(batch.examples());
    JointNetwork.Answer answer = network.forward(tape, batch, has, has, row -> stored[row], 0);
    FusionParts.Said[] texts = said(FusionParts.Part.TEXT, answer, stored);
    FusionParts.Said[] pictures = said(FusionParts.Part.PICTURE, answer, stored);
    float[][] joined = rowsOf(answer.joined());
    int labels = joined[0].length;
    var all = new float[stored.length * labels];
    for (int row = 0; row < stored.length; row++) {
      float[] sum = mix.logits(new FusionParts.SaidOfItem(texts[row], pictures[row]), joined[row], has, row);
      System.arraycopy(sum, 0, all, row * labels, labels);
    }
    return Variable.constant(tape.scope().floats(all, stored.length, labels));
  }

  private FusionParts.Said[] said(FusionParts.Part part, JointNetwork.Answer answer,
      FusionParts.SaidOfItem[] stored) {
    var said = new FusionParts.Said[stored.length];
    JointNetwork.OfPart learned = answer.ofParts().get(part);
    if (learned != null) {
      float[][] logits = rowsOf(learned.logits());
      for (int i = 0; i < logits.length; i++) {
        said[learned.rows()[i]] = new FusionParts.Said(new float[0], logits[i]);
      }
    } else if (!learners.containsKey(part)) {
      Arrays.setAll(said, row -> part == FusionParts.Part.TEXT ? stored[row].text() : stored[row].picture());
    }
    return said;
  }

  private static float[][] rowsOf(Variable matrix) {
    float[] values = matrix.value().toFloats();
    int columns = Math.toIntExact(matrix.shape().columns());
    var rows = new float[values.length / columns][];
    Arrays.setAll(rows, row -> Arrays.copyOfRange(values, row * columns, (row + 1) * columns));
    return rows;
  }
}
