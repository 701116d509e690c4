package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Pool;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A text classifier: a {@link TextEncoder}, its pooled vectors, and a head; with a {@link BagOfTokens} beside them if
 * asked for, whose logits are added: wide beside deep (Cheng et al., arXiv 1606.07792, section 3.3). Where rows are few
 * the bag learns the words, and the encoder what words do not say alone. State-dict keys: {@code backbone},
 * {@code classifier} and {@code bag}.
 */
public final class TextClassifier extends Module {
  private final TextClassifierConfig config;
  private final TextEncoder backbone;
  private final ClassificationHead classifier;
  private final @Nullable BagOfTokens bag;

  /**
   * Vectors that stand for texts.
   *
   * @param pooled one a sequence, {@code [sequences, hiddenSize]}
   * @param tokens one a token, {@code [tokens, hiddenSize]}
   */
  public record Embeddings(Variable pooled, Variable tokens) {}

  /**
   * What the model says about a batch.
   *
   * @param logits {@code [sequences, numLabels]}
   * @param embeddings the vectors that they come from
   */
  public record Output(Variable logits, Embeddings embeddings) {}

  /** A classifier whose parameters come from the source. */
  public TextClassifier(ParameterSource source, TextClassifierConfig config) {
    this.config = config;
    backbone = module("backbone", config.encoder().create(source));
    int hidden = backbone.features();
    classifier = module("classifier", switch (config.head().kind()) {
      case MLP -> new MlpHead(source, hidden, config.head(), config.numLabels());
      case RESIDUAL -> new ResidualHead(source, hidden, config.head(), (float) config.encoder().normEps(),
          config.numLabels());
      case LINEAR -> new LinearHead(source, hidden, config.head(), config.numLabels());
      case NORMALIZED -> new NormalizedHead(source, hidden, config.head(), config.numLabels());
      case ORIGINAL -> new OriginalHead(source, config.encoder(), config.numLabels());
    });
    bag = config.bagSize() == 0 ? null
        : module("bag", new BagOfTokens(source, config.encoder().vocabSize(), config.bagSize(), config.numLabels()));
  }

  /** The part that makes vectors of tokens. */
  public TextEncoder encoder() {
    return backbone;
  }

  /**
   * Starts from a pretrained model: its encoder, and its head where this model has the original one.
   *
   * @param pretrained weights under the {@linkplain Architecture#canonical canonical} names of the encoder's
   *     architecture
   * @param keptLayers so many layers are loaded, from the first; the others keep their initial values
   * @return what was loaded, and what not
   * @throws crema.nn.InvalidWeightsException when a shape of the encoder differs; the message names the tensors
   */
  public Weights.Intersection loadPretrained(Weights pretrained, int keptLayers) {
    String prefix = config.encoder().architecture().prefix();
    Map<String, Variable> own = parameters();
    Set<Variable> initial = Collections.newSetFromMap(new IdentityHashMap<>());
    backbone.layers().stream().skip(keptLayers).forEach(layer -> initial.addAll(layer.parameters().values()));
    var unused = new ArrayList<String>();
    Map<String, Shape> shapes = pretrained.shapes();
    Weights fitting = pretrained.renamed(name -> {
      String ofHead = "classifier." + name;
      if (classifier instanceof OriginalHead && own.containsKey(ofHead)) {
        // A head for other labels is of no use.
        boolean fits = Objects.equals(shapes.get(name), own.get(ofHead).shape());
        return fits ? ofHead : unused(name, unused);
      }
      String ofEncoder = name.startsWith(prefix) ? "backbone." + name.substring(prefix.length()) : name;
      return own.containsKey(ofEncoder) && name.startsWith(prefix) && !initial.contains(own.get(ofEncoder)) ? ofEncoder
          : unused(name, unused);
    });
    Weights.Intersection loaded = loadIntersecting(fitting);
    return new Weights.Intersection(loaded.common(), loaded.missing(), unused);
  }

  private static @Nullable String unused(String name, List<String> unused) {
    unused.add(name);
    return null;
  }

  /** The shape of this model. */
  public TextClassifierConfig config() {
    return config;
  }

  /**
   * Logits, {@code [sequences, numLabels]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param sequences how the tokens are cut
   */
  public Variable forward(Tape tape, Tensor ids, Sequences sequences) {
    return tape.region(() -> logits(tape, embed(tape, ids, sequences), ids, sequences));
  }

  /**
   * Logits and the vectors they come from.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param sequences how the tokens are cut
   */
  public Output forwardWithEmbeddings(Tape tape, Tensor ids, Sequences sequences) {
    Embeddings embeddings = embed(tape, ids, sequences);
    return new Output(logits(tape, embeddings, ids, sequences), embeddings);
  }

  private Variable logits(Tape tape, Embeddings embeddings, Tensor ids, Sequences sequences) {
    Variable deep = tape.inFullPrecision(() -> classifier.forward(tape, embeddings, sequences));
    return bag == null ? deep
        : tape.inFullPrecision(() -> Binary.add(tape, deep, bag.forward(tape, ids, sequences)));
  }

  /** The encoder's pooled and per-token vectors, without head and bag. */
  public Embeddings embed(Tape tape, Tensor ids, Sequences sequences) {
    Variable tokens = backbone.forward(tape, ids, sequences);
    return new Embeddings(Pool.apply(tape, config.pooling(), tokens, sequences), tokens);
  }
}
