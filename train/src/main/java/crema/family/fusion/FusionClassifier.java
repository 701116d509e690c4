package crema.family.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.Item;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsReader;
import crema.nn.model.fusion.FusionNetwork;
import crema.nn.model.fusion.Presence;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedCollection;

/** A {@link Classifier} that asks a model of texts and one of pictures, and joins what they say. */
final class FusionClassifier implements Classifier {
  private static final int BATCH = 256;

  private final Backend backend;
  private final Target target;
  private final FusionParts parts;
  private final FusionNetwork network;
  private final FusionMix mix;

  /**
   * A classifier that closes all that it is made of.
   *
   * @param network frozen
   */
  FusionClassifier(Backend backend, Target target, FusionParts parts, FusionNetwork network, FusionMix mix) {
    this.backend = backend;
    this.target = target;
    this.parts = parts;
    this.network = network;
    this.mix = mix;
  }

  static FusionClassifier load(ModelSource source, ComputeOptions options) throws IOException {
    FusionDescription description = FusionDescription.read(source);
    Target target = source.readTarget();
    if (target.labels().size() != description.network().numLabels()) {
      throw new UserError(source.name() + ": labels.json has " + target.labels().size() + " labels but config.json "
          + description.network().numLabels() + ": the files are of different models");
    }
    var open = new ArrayList<AutoCloseable>();
    try (var weights = SafetensorsReader.open(source.bytes(FusionFamily.WEIGHTS))) {
      Classifier text = openPart(source, FusionParts.Part.TEXT, options);
      open.add(text);
      Classifier picture = openPart(source, FusionParts.Part.PICTURE, options);
      open.add(picture);
      var parts = new FusionParts(text, picture);
      parts.requireLabels(target, source.name());
      Backend backend = options.openBackend();
      open.add(backend);
      var network = new FusionNetwork(ParameterSource.forPrediction(weights, options.weights(), backend),
          description.network());
      open.add(network);
      network.loadForPrediction(weights);
      return new FusionClassifier(backend, target, parts, network, description.mix());
    } catch (InvalidWeightsException e) {
      close(open);
      throw source.damaged(e);
    } catch (IOException | RuntimeException e) {
      close(open);
      throw e;
    }
  }

  private static Classifier openPart(ModelSource source, FusionParts.Part part, ComputeOptions options)
      throws IOException {
    ModelSource own = part.in(source);
    ModelFamily family = ModelFamily.of(own);
    if (family instanceof FusionFamily) {
      throw new UserError(own.name() + " is a fusion itself, which cannot be a part of another");
    }
    return family.open(own, options);
  }

  private static void close(List<AutoCloseable> open) {
    for (AutoCloseable each : open.reversed()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public List<String> columns() {
    return parts.text().columns();
  }

  @Override
  public boolean readsPictures() {
    return true;
  }

  @Override
  public int length(String text) {
    return parts.text().length(text);
  }

  @Override
  public double operations(String text) {
    return parts.text().operations(text);
  }

  @Override
  public float[][] logits(List<String> texts) {
    return logits(Item.ofTexts(texts));
  }

  @Override
  public float[][] logits(SequencedCollection<Item> items) {
    return inBatches(items, said -> {
      Presence presence = FusionRows.presence(said.size(), said::get);
      float[] joined = run(said, presence, network::forward);
      int labels = target.labels().size();
      var rows = new float[said.size()][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = said.get(i).isNothing() ? new float[0]
            : mix.logits(said.get(i), Arrays.copyOfRange(joined, i * labels, (i + 1) * labels), presence, i);
      }
      return rows;
    });
  }

  @Override
  public float[][] embed(List<String> texts) {
    return embed(Item.ofTexts(texts));
  }

  /** The joined vectors; zeros for an item that has neither text nor picture. */
  @Override
  public float[][] embed(SequencedCollection<Item> items) {
    return inBatches(items, said -> {
      float[] joined = run(said, FusionRows.presence(said.size(), said::get), network::embed);
      int width = network.config().width();
      var rows = new float[said.size()][width];
      for (int i = 0; i < rows.length; i++) {
        if (!said.get(i).isNothing()) {
          rows[i] = Arrays.copyOfRange(joined, i * width, (i + 1) * width);
        }
      }
      return rows;
    });
  }

  @FunctionalInterface
  private interface Answer {
    float[][] of(List<FusionParts.SaidOfItem> said);
  }

  private float[][] inBatches(SequencedCollection<Item> items, Answer answer) {
    List<Item> all = List.copyOf(items);
    var rows = new float[all.size()][];
    for (int from = 0; from < rows.length; from += BATCH) {
      int to = Math.min(rows.length, from + BATCH);
      float[][] some = answer.of(parts.say(all.subList(from, to), target));
      System.arraycopy(some, 0, rows, from, some.length);
    }
    return rows;
  }

  /** A function of the network. */
  @FunctionalInterface
  private interface Forward {
    Variable apply(Tape tape, Variable texts, Variable pictures, Presence presence);
  }

  private float[] run(List<FusionParts.SaidOfItem> said, Presence presence, Forward forward) {
    int count = said.size();
    try (var scope = new Scope(backend)) {
      return forward.apply(Tape.inference(scope),
          FusionRows.vectors(scope, count, network.config().textFeatures(), i -> said.get(i).text()),
          FusionRows.vectors(scope, count, network.config().pictureFeatures(), i -> said.get(i).picture()), presence)
          .value().toFloats();
    }
  }

  @Override
  public void close() {
    close(List.of(backend, network, parts));
  }
}
