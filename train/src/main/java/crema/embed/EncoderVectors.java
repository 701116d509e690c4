package crema.embed;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.ParameterSource.Precision;
import crema.nn.Weights;
import crema.nn.model.Architecture;
import crema.nn.model.TextEncoder;
import crema.pretrained.PretrainedModel;
import crema.tensor.Backend;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tokenizer.TokenBuffer;
import crema.tokenizer.Tokenizer;
import java.io.IOException;

/** The vectors of tokens that a pretrained encoder makes. */
final class EncoderVectors implements TokenVectors {
  private final TextEncoder encoder;
  private final Tokenizer tokenizer;

  private EncoderVectors(TextEncoder encoder, Tokenizer tokenizer) {
    this.encoder = encoder;
    this.tokenizer = tokenizer;
  }

  static EncoderVectors load(SentenceModel model, EmbedOptions options, Backend backend) throws IOException {
    try (PretrainedModel pretrained = PretrainedModel.open(model.base())) {
      int maxLength = maxLength(model, options, pretrained);
      return new EncoderVectors(encoder(pretrained, backend), pretrained.tokenizer().withMaxLength(maxLength));
    } catch (InvalidWeightsException e) {
      throw new UserError(model.base() + ": " + e.getMessage(), e);
    }
  }

  private static TextEncoder encoder(PretrainedModel pretrained, Backend backend) {
    Architecture architecture = pretrained.config().architecture();
    Weights weights = pretrained.weights().under(architecture.prefix());
    TextEncoder encoder =
        pretrained.config().create(ParameterSource.forPrediction(weights, Precision.STORED, backend));
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
    return switch (encoder.config().pooling()) {
      case MEAN -> PoolingKind.MEAN;
      case MAX -> PoolingKind.MAX;
      case FIRST -> PoolingKind.CLS;
      case LAST -> PoolingKind.LAST_TOKEN;
    };
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
    encoder.close();
  }
}
