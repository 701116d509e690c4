package crema.family.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Embedding;
import crema.autograd.op.Linear;
import crema.classify.LearningPart;
import crema.data.PackedBatch;
import crema.nn.Module;
import crema.nn.model.fusion.FusionNetwork;
import crema.nn.model.fusion.Presence;
import crema.tensor.Activation;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The models of texts and of pictures, as far as they learn, and the network of both, as one that learns end to end. State-dict
 * keys: {@code fusion}, {@code text} and {@code picture}.
 */
final class JointNetwork extends Module {
  /** What the names of the network's parameters start with. */
  static final String FUSION = "fusion.";

  private final FusionNetwork network;
  private final Map<FusionParts.Part, Learner> learners = new EnumMap<>(FusionParts.Part.class);

  /**
   * A part that learns.
   *
   * @param part its network
   * @param places where the logits of the labels are among those of the part
   */
  @SuppressWarnings("ArrayRecordComponent") // picks columns; never compared
  record Learner(LearningPart part, int[] places) {
    private boolean hasTheSameLabels(Variable logits) {
      return logits.shape().columns() == places.length
          && IntStream.range(0, places.length).allMatch(label -> places[label] == label);
    }

    /** The logits of the labels, {@code [rows, labels]}: a product with a matrix of zeros and ones. */
    private Variable picked(Tape tape, Variable logits) {
      if (hasTheSameLabels(logits)) {
        return logits;
      }
      int own = Math.toIntExact(logits.shape().columns());
      var chosen = new float[places.length * own];
      for (int label = 0; label < places.length; label++) {
        chosen[label * own + places[label]] = 1;
      }
      return Linear.apply(tape, logits, Variable.constant(tape.scope().floats(chosen, places.length, own)), null,
          Activation.IDENTITY);
    }
  }

  /**
   * What is said of a batch.
   *
   * @param joined logits of the network, {@code [rows, labels]}
   * @param ofParts what each part that learns says of the rows which have what it reads
   */
  record Answer(Variable joined, Map<FusionParts.Part, OfPart> ofParts) {}

  /**
   * What a part says.
   *
   * @param rows the numbers of rows in the batch
   * @param logits {@code [rows, labels]}
   */
  @SuppressWarnings("ArrayRecordComponent") // picks rows; never compared
  record OfPart(int[] rows, Variable logits) {}

  /**
   * A network that owns none of its parts.
   *
   * @param learners the parts that learn
   */
  JointNetwork(FusionNetwork network, Map<FusionParts.Part, Learner> learners) {
    this.network = module("fusion", network);
    this.learners.putAll(learners);
    this.learners.forEach((part, learner) -> module(part.key(), learner.part.network()));
  }

  /**
   * Runs a batch.
   *
   * @param has which rows have what, that parts can read
   * @param counted the same or fewer: what the network reads
   * @param stored what parts that do not learn have said, by the number of a row in the batch
   * @param epoch in which the parts change what they read in another way
   */
  Answer forward(Tape tape, PackedBatch batch, Presence has, Presence counted,
      Function<Integer, FusionParts.SaidOfItem> stored, long epoch) {
    var ofParts = new EnumMap<FusionParts.Part, OfPart>(FusionParts.Part.class);
    Variable texts = vectors(FusionParts.Part.TEXT, tape, batch, has.text(), network.config().textFeatures(),
        row -> stored.apply(row).text(), epoch, ofParts);
    Variable pictures = vectors(FusionParts.Part.PICTURE, tape, batch, has.picture(),
        network.config().pictureFeatures(), row -> stored.apply(row).picture(), epoch, ofParts);
    return new Answer(network.forward(tape, texts, pictures, counted), ofParts);
  }

  private Variable vectors(FusionParts.Part part, Tape tape, PackedBatch batch, boolean[] has, int features,
      Function<Integer, FusionParts.@Nullable Said> stored, long epoch, Map<FusionParts.Part, OfPart> ofParts) {
    Learner learner = learners.get(part);
    int[] rows = IntStream.range(0, has.length).filter(row -> has[row]).toArray();
    if (learner == null) {
      return FusionRows.vectors(tape.scope(), has.length, features, stored::apply);
    }
    if (rows.length == 0) {
      return FusionRows.vectors(tape.scope(), has.length, features, _ -> null);
    }
    LearningPart.Said said = learner.part.say(tape, batch.only(rows), epoch);
    ofParts.put(part, new OfPart(rows, learner.picked(tape, said.logits())));
    if (rows.length == has.length) {
      return said.vectors();
    }
    // Of a row without, any vector: it is not read, and so gets no gradient.
    var places = new int[has.length];
    for (int i = 0; i < rows.length; i++) {
      places[rows[i]] = i;
    }
    return Embedding.apply(tape, said.vectors(), tape.scope().ints(places, places.length), 1);
  }
}
