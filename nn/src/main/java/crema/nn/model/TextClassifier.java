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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A text classifier: a {@link TextEncoder}, its pooled vectors, and a head; with a {@link BagOfTokens} beside them if
 * asked for, whose logits are added: wide beside deep (Cheng et al., arXiv 1606.07792, section 3.3). Where rows are few
 * the bag learns the words, and the encoder what words do not say alone. State-dict keys: {@code backbone},
 * {@code classifier} and {@code bag}.
 */
public final class TextClassifier extends Module {
  private static final String BACKBONE = "backbone";
  private static final String CLASSIFIER = "classifier";
  private static final String BAG = "bag";

  /** What the names of the encoder's parameters start with. */
  public static final String ENCODER = BACKBONE + ".";

  /** What the names of the head's parameters start with. */
  public static final String HEAD = CLASSIFIER + ".";

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
    this(source, config, config.encoder().create(source), true);
  }

  /**
   * A classifier beside others that share an encoder, which is not a part of it: its parameters are those of the head and
   * the bag.
   */
  TextClassifier(ParameterSource source, TextClassifierConfig config, TextEncoder shared) {
    this(source, config, shared, false);
  }

  private TextClassifier(ParameterSource source, TextClassifierConfig config, TextEncoder encoder, boolean isOwn) {
    this.config = config;
    backbone = isOwn ? module(BACKBONE, encoder) : encoder;
    int hidden = backbone.features();
    classifier = module(CLASSIFIER, switch (config.head().kind()) {
      case MLP -> new MlpHead(source, hidden, config.head(), config.numLabels());
      case RESIDUAL -> new ResidualHead(source, hidden, config.head(), (float) config.encoder().normEps(),
          config.numLabels());
      case LINEAR -> new LinearHead(source, hidden, config.head(), config.numLabels());
      case NORMALIZED -> new NormalizedHead(source, hidden, config.head(), config.numLabels());
      case COSINE -> new CosineHead(source, hidden, config.numLabels());
      case ORIGINAL -> new OriginalHead(source, config.encoder(), config.numLabels());
    });
    bag = config.bagSize() == 0 ? null
        : module(BAG, new BagOfTokens(source, config.encoder().vocabSize(), config.bagSize(), config.numLabels()));
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
    Map<String, Variable> own = parameters();
    Map<String, Shape> shapes = pretrained.shapes();
    return load(this, backbone, pretrained, keptLayers, name -> {
      // A head for other labels is of no use.
      Variable ofHead = classifier instanceof OriginalHead ? own.get(HEAD + name) : null;
      return ofHead != null && Objects.equals(shapes.get(name), ofHead.shape()) ? HEAD + name : null;
    });
  }

  /**
   * Loads a pretrained encoder into a model that has it under {@link #ENCODER}.
   *
   * @param ofHead the model's name of a tensor that is of a head, or null
   */
  static Weights.Intersection load(Module model, TextEncoder encoder, Weights pretrained, int keptLayers,
      Function<String, @Nullable String> ofHead) {
    String prefix = encoder.config().architecture().prefix();
    Map<String, Variable> own = model.parameters();
    Set<Variable> initial = Collections.newSetFromMap(new IdentityHashMap<>());
    encoder.layers().stream().skip(keptLayers).forEach(layer -> initial.addAll(layer.parameters().values()));
    var unused = new ArrayList<String>();
    Weights fitting = pretrained.renamed(name -> {
      String head = ofHead.apply(name);
      if (head != null) {
        return head;
      }
      String inEncoder = name.startsWith(prefix) ? ENCODER + name.substring(prefix.length()) : "";
      return own.containsKey(inEncoder) && !initial.contains(own.get(inEncoder)) ? inEncoder : unused(name, unused);
    });
    Weights.Intersection loaded = model.loadIntersecting(fitting);
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

  /** Whether logits depend on nothing else of the encoder than pooled vectors, as all heads but the original one have it. */
  public boolean readsPooledVectors() {
    return classifier instanceof PooledHead;
  }

  /**
   * Logits, {@code [sequences, numLabels]}, from pooled vectors that were made before: those of {@link #embed}.
   *
   * @param pooled {@code [sequences, hiddenSize]}
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize); the bag reads them
   * @param sequences how the tokens are cut
   * @throws IllegalStateException unless the model {@linkplain #readsPooledVectors reads pooled vectors} alone
   */
  public Variable forwardPooled(Tape tape, Variable pooled, Tensor ids, Sequences sequences) {
    if (!(classifier instanceof PooledHead head)) {
      throw new IllegalStateException("the head reads the vectors of tokens");
    }
    return withBag(tape, tape.inFullPrecision(() -> head.forward(tape, pooled)), ids, sequences);
  }

  /** What there is besides the encoder, the head and the bag, as a module: its parameters are this model's. */
  public Module withoutEncoder() {
    return new WithoutEncoder(classifier, bag);
  }

  private static final class WithoutEncoder extends Module {
    WithoutEncoder(ClassificationHead classifier, @Nullable BagOfTokens bag) {
      module(CLASSIFIER, classifier);
      if (bag != null) {
        module(BAG, bag);
      }
    }
  }

  private Variable logits(Tape tape, Embeddings embeddings, Tensor ids, Sequences sequences) {
    return withBag(tape, tape.inFullPrecision(() -> classifier.forward(tape, embeddings, sequences)), ids, sequences);
  }

  private Variable withBag(Tape tape, Variable deep, Tensor ids, Sequences sequences) {
    return bag == null ? deep
        : tape.inFullPrecision(() -> Binary.add(tape, deep, bag.forward(tape, ids, sequences)));
  }

  /** The encoder's pooled and per-token vectors, without head and bag. */
  public Embeddings embed(Tape tape, Tensor ids, Sequences sequences) {
    Variable tokens = backbone.forward(tape, ids, sequences);
    return new Embeddings(Pool.apply(tape, config.pooling(), tokens, sequences), tokens);
  }
}
