package crema.embed;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.ParameterSource.Precision;
import crema.nn.Weights;
import crema.nn.adapter.AdapterSet;
import crema.nn.adapter.LoraAdapter;
import crema.nn.adapter.MergedWeights;
import crema.nn.model.Architecture;
import crema.nn.model.TextEncoder;
import crema.pretrained.PretrainedModel;
import crema.tensor.Backend;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tokenizer.TokenBuffer;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The vectors of tokens that a pretrained encoder makes. */
final class EncoderVectors implements TokenVectors {
  private final TextEncoder encoder;
  private final Tokenizer tokenizer;
  private final AdapterSet adapters;

  private EncoderVectors(TextEncoder encoder, Tokenizer tokenizer) {
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    adapters = new AdapterSet(encoder);
  }

  static EncoderVectors load(SentenceModel model, EmbedOptions options, Precision precision, Backend backend,
      Optional<Path> adapter) throws IOException {
    try (PretrainedModel pretrained = PretrainedModel.open(model.base())) {
      int maxLength = maxLength(model, options, pretrained);
      Tokenizer tokenizer = pretrained.tokenizer().withMaxLength(maxLength);
      if (adapter.isEmpty()) {
        return new EncoderVectors(encoder(pretrained, pretrained.weights(), precision, backend), tokenizer);
      }
      String prefix = pretrained.config().architecture().prefix();
      try (var merged = MergedWeights.open(pretrained.weights(), prefix, adapter.get())) {
        return new EncoderVectors(encoder(pretrained, merged, precision, backend), tokenizer);
      }
    } catch (InvalidWeightsException e) {
      throw new UserError(model.base() + ": " + e.getMessage(), e);
    }
  }

  private static TextEncoder encoder(PretrainedModel pretrained, Weights canonical, Precision precision,
      Backend backend) {
    Architecture architecture = pretrained.config().architecture();
    Weights weights = canonical.under(architecture.prefix());
    TextEncoder encoder = pretrained.config().create(ParameterSource.forPrediction(weights, precision, backend));
    try {
      // Tensors of heads are not needed.
      Weights.Intersection needed = weights.intersecting(encoder.stateDict().keySet());
      if (!needed.missing().isEmpty()) {
        throw new InvalidWeightsException("the weights lack " + needed.missing().size()
            + " tensors of the encoder, such as " + architecture.prefix() + needed.missing().getFirst());
      }
      encoder.loadForPrediction(needed.common());
      return encoder;
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  @Override
  public List<String> notes() {
    return tokenizer.notes();
  }

  @Override
  public TokenVectors adapted(Path folder) throws IOException {
    LoraAdapter adapter;
    try {
      adapter = adapters.add(folder);
    } catch (InvalidWeightsException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
    return new Adapted(this, adapter);
  }

  /** The same vectors with an adapter beside the encoder. */
  private record Adapted(EncoderVectors base, LoraAdapter adapter) implements TokenVectors {
    @Override
    public List<String> notes() {
      return base.notes();
    }

    @Override
    public int size() {
      return base.size();
    }

    @Override
    public PoolingKind pooling() {
      return base.pooling();
    }

    @Override
    public Tokens encode(String text) {
      return base.encode(text);
    }

    @Override
    public Variable forward(Tape tape, Tensor ids, Sequences sequences) {
      return base.adapters.with(adapter, () -> base.forward(tape, ids, sequences));
    }

    @Override
    public TokenVectors adapted(Path folder) throws IOException {
      return base.adapted(folder);
    }

    /** The adapter is the encoder's, which closes it. */
    @Override
    public void close() {}
  }

  /**
   * The longest text: what is asked for, or what the module, the tokenizer or its configuration says, in this order,
   * within what the encoder takes.
   */
  private static int maxLength(SentenceModel model, EmbedOptions options, PretrainedModel pretrained)
      throws IOException {
    int most = pretrained.config().maxTokens();
    Tokenizer tokenizer = pretrained.tokenizer();
    if (options.maxLength().isPresent()) {
      int asked = options.maxLength().getAsInt();
      if (asked > most || asked <= tokenizer.specialTokens()) {
        throw new UserError("max-length must be from " + (tokenizer.specialTokens() + 1) + " to " + most
            + " for this model, not " + asked);
      }
      return asked;
    }
    if (model.maxLength().isPresent()) {
      return Math.min(most, model.maxLength().getAsInt());
    }
    return pretrained.maxLength();
  }

  @Override
  public int size() {
    return encoder.features();
  }

  @Override
  public PoolingKind pooling() {
    return PoolingKind.of(encoder.config().pooling());
  }

  @Override
  public Tokens encode(String text) {
    var ids = new TokenBuffer();
    boolean isCut = tokenizer.encode(text, ids);
    return new Tokens(ids.toArray(), isCut);
  }

  @Override
  public Variable forward(Tape tape, Tensor ids, Sequences sequences) {
    return encoder.forward(tape, ids, sequences);
  }

  @Override
  public void close() {
    adapters.close();
    encoder.close();
  }
}
