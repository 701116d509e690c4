package crema.embed;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.JsonValues;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.io.StoredWeights;
import crema.nn.model.Architecture;
import crema.nn.model.TextEncoder;
import crema.nn.model.TextEncoderConfig;
import crema.tensor.Backend;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tokenizer.Tokenizer;
import crema.tokenizer.TokenizerFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** The vectors of tokens that a pretrained encoder makes. */
final class EncoderVectors implements TokenVectors {
  private final TextEncoder encoder;
  private final Tokenizer tokenizer;
  private final int maxLength;

  /** What every text ends with, kept when a text is cut. */
  private final int[] ending;

  private EncoderVectors(TextEncoder encoder, Tokenizer tokenizer, int maxLength, int[] ending) {
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
    this.ending = ending;
  }

  static EncoderVectors load(SentenceModel model, EmbedOptions options, Backend backend) throws IOException {
    Path folder = Files.isDirectory(model.base()) ? model.base()
        : Optional.ofNullable(model.base().getParent()).orElse(Path.of(""));
    Tokenizer tokenizer = tokenizer(folder.resolve("tokenizer.json"));
    try (var stored = StoredWeights.open(model.base())) {
      TextEncoderConfig config = config(folder, stored.config());
      if (tokenizer.vocabularySize() > config.vocabSize()) {
        throw new UserError(model.base() + ": its tokenizer has " + tokenizer.vocabularySize() + " tokens, and its encoder "
            + "vectors of " + config.vocabSize() + ": the files are of different models");
      }
      TextEncoder encoder = encoder(config, stored, backend);
      int maxLength = maxLength(model, options, tokenizer, folder, config.maxTokens());
      return new EncoderVectors(encoder, tokenizer, maxLength, ending(tokenizer));
    } catch (InvalidWeightsException | IllegalArgumentException | JsonException e) {
      throw new UserError(model.base() + ": " + e.getMessage(), e);
    }
  }

  private static Tokenizer tokenizer(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new UserError(file + " is missing: texts cannot be cut into tokens without it");
    }
    try {
      return Tokenizer.load(file);
    } catch (TokenizerFormatException e) {
      throw new UserError(file + ": " + e.getMessage(), e);
    }
  }

  private static TextEncoderConfig config(Path folder, Map<String, Object> stored) throws IOException {
    Optional<JsonNode> file = SentenceModel.json(folder.resolve("config.json"));
    if (file.isEmpty() && stored.isEmpty()) {
      throw new UserError(folder.resolve("config.json") + " is missing: it says what architecture the model has");
    }
    Map<String, ?> json = file.isPresent() ? JsonValues.toMap(file.get()) : stored;
    return Architecture.ofModel(json).read(json);
  }

  private static TextEncoder encoder(TextEncoderConfig config, StoredWeights stored, Backend backend) {
    Architecture architecture = config.architecture();
    Weights weights = architecture.canonical(stored).under(architecture.prefix());
    TextEncoder encoder = config.create(ParameterSource.loadedFrom(stored, backend));
    try {
      Weights.Intersection loaded = encoder.loadIntersecting(weights);
      if (!loaded.missing().isEmpty()) {
        throw new InvalidWeightsException("the weights lack " + loaded.missing().size() + " tensors of the encoder, such as "
            + architecture.prefix() + loaded.missing().getFirst());
      }
      encoder.freeze();
      encoder.releaseWeights();
      return encoder;
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  /** The longest text: what is asked for, or the folder says, within what the encoder takes. */
  private static int maxLength(SentenceModel model, EmbedOptions options, Tokenizer tokenizer, Path folder, int most)
      throws IOException {
    if (options.maxLength().isPresent()) {
      int asked = options.maxLength().getAsInt();
      int special = tokenizer.encode("").length;
      if (asked > most || asked <= special) {
        throw new UserError("max-length must be from " + (special + 1) + " to " + most + " for this model, not " + asked);
      }
      return asked;
    }
    if (model.maxLength().isPresent()) {
      return Math.min(most, model.maxLength().getAsInt());
    }
    Optional<JsonNode> stated = SentenceModel.json(folder.resolve("tokenizer_config.json"));
    // Some files say 1e30 for what has no limit.
    double length = stated.map(json -> json.path("model_max_length").asDouble(most)).orElse((double) most);
    return length >= 1 && length < most ? (int) length : most;
  }

  /** The special tokens that the tokenizer puts after every text. */
  private static int[] ending(Tokenizer tokenizer) {
    int[] nothing = tokenizer.encode("");
    int[] something = tokenizer.encode("a");
    int before = 0;
    while (before < Math.min(nothing.length, something.length) && nothing[before] == something[before]) {
      before++;
    }
    return Arrays.copyOfRange(nothing, before, nothing.length);
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
    int[] ids = tokenizer.encode(text);
    if (ids.length <= maxLength) {
      return new Tokens(ids, false);
    }
    int[] cut = Arrays.copyOf(ids, maxLength);
    System.arraycopy(ending, 0, cut, maxLength - ending.length, ending.length);
    return new Tokens(cut, true);
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
