package crema.pretrained;

import crema.base.Sha256;
import crema.base.UserError;
import crema.base.json.JsonNode;
import crema.nn.InvalidWeightsException;
import crema.nn.Weights;
import crema.nn.io.StoredWeights;
import crema.nn.io.WeightFormat;
import crema.nn.model.Architecture;
import crema.nn.model.SpecialTokens;
import crema.nn.model.TextEncoderConfig;
import crema.settings.JsonFile;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A pretrained encoder in a folder of Hugging Face's layout, of sentence-transformers', or an ONNX file with its tokenizer
 * beside it: the config, the tokenizer, and the weights, which are mapped and not read before they are copied.
 */
public final class PretrainedModel implements AutoCloseable {
  private static final String MODULES = "modules.json";

  /** What follows the name of a file of weights in the name of the index of its shards. */
  private static final String INDEX = ".index.json";

  private final Path path;
  /** Where the weights are: a file, or the folder of the encoder. */
  private final Path place;
  private final StoredWeights stored;
  private final Map<String, Object> json;
  private final TextEncoderConfig config;
  private final Tokenizer tokenizer;

  private PretrainedModel(Path path, Path place, StoredWeights stored, Map<String, Object> json,
      TextEncoderConfig config,
      Tokenizer tokenizer) {
    this.path = path;
    this.place = place;
    this.stored = stored;
    this.json = Collections.unmodifiableMap(json);
    this.config = config;
    this.tokenizer = tokenizer;
  }

  /**
   * Opens a model.
   *
   * @param path a folder, or a file of weights beside which the other files are
   * @throws UserError when a file is missing, damaged, of an architecture that is not known, or of another model than
   *     the others; one line says which, and what is wrong
   */
  public static PretrainedModel open(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new UserError(path + " does not exist: give the folder of a pretrained model or its ONNX file");
    }
    Path place = encoder(path);
    StoredWeights stored = weights(place);
    try {
      Path folder = folder(place);
      Map<String, Object> json = json(folder, stored);
      TextEncoderConfig config = config(folder, stored, json);
      Tokenizer tokenizer = TokenizerFiles.load(folder, config.architecture());
      if (tokenizer.vocabularySize() > config.vocabSize()) {
        throw new UserError(path + ": the tokenizer has " + tokenizer.vocabularySize() + " tokens but the embedding "
            + config.vocabSize() + " rows: the files are of different models");
      }
      return new PretrainedModel(path, place, stored, json, config, tokenizer);
    } catch (IOException | RuntimeException e) {
      stored.close();
      throw e;
    }
  }

  private static Path folder(Path path) {
    return Files.isDirectory(path) ? path : Objects.requireNonNull(path.toAbsolutePath().getParent());
  }

  private static StoredWeights weights(Path path) throws IOException {
    try {
      return StoredWeights.open(path);
    } catch (InvalidWeightsException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  private static Map<String, Object> json(Path folder, StoredWeights stored) throws IOException {
    Path file = folder.resolve(PretrainedFolder.CONFIG);
    Map<String, Object> json = new LinkedHashMap<>(stored.config());
    if (Files.exists(file)) {
      JsonFile.read(file).forEach((key, value) -> {
        if (value != null) {
          json.put(key, value);
        }
      });
    } else if (json.isEmpty()) {
      throw new UserError(folder + " has no " + PretrainedFolder.CONFIG + ", which says what the model is");
    }
    return json;
  }

  private static TextEncoderConfig config(Path folder, StoredWeights stored, Map<String, Object> json) {
    Path file = folder.resolve(PretrainedFolder.CONFIG);
    try {
      return Architecture.ofModel(json).read(json);
    } catch (IllegalArgumentException e) {
      throw new UserError((Files.exists(file) ? file : stored.name()) + ": " + e.getMessage(), e);
    }
  }

  /** Older models of sentence-transformers have the encoder in a folder of its own, which {@code modules.json} names. */
  private static Path encoder(Path path) throws IOException {
    if (!Files.isDirectory(path) || Files.exists(path.resolve(PretrainedFolder.CONFIG))) {
      return path;
    }
    Optional<JsonNode> modules = ConfigFile.read(path.resolve(MODULES));
    if (modules.isEmpty() || !modules.get().isArray() || modules.get().isEmpty()) {
      return path;
    }
    JsonNode first = modules.get().valueStream().findFirst().orElseThrow();
    String name = first.path("path").asString("");
    if (!first.path("type").asString("").endsWith(".Transformer")) {
      throw new UserError(path + " is no encoder: its first module is " + first.path("type").asString("unnamed"));
    }
    if (name.isEmpty()) {
      return path;
    }
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")) {
      throw new UserError(path.resolve(MODULES) + ": '" + name + "' is not a folder beside it");
    }
    return path.resolve(name);
  }

  /** Where the model is, as it was given. */
  public Path path() {
    return path;
  }

  /** The folder of the encoder's config and tokenizer. */
  public Path folder() {
    return folder(place);
  }

  /** What {@code config.json} and the weights say of the model, all of it. */
  public Map<String, Object> json() {
    return json;
  }

  /** The shape of the encoder. */
  public TextEncoderConfig config() {
    return config;
  }

  /** How texts become tokens. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * The longest text, special tokens included: what the tokenizer or its configuration says, within what the encoder
   * takes.
   */
  public int maxLength() throws IOException {
    int most = config.maxTokens();
    if (tokenizer.maxLength().isPresent()) {
      return Math.min(most, tokenizer.maxLength().getAsInt());
    }
    // Some files say 1e30 for what has no limit.
    double length = ConfigFile.read(folder().resolve(PretrainedFolder.TOKENIZER_CONFIG))
        .map(json -> json.path("model_max_length").asDouble(most)).orElse((double) most);
    return length >= 1 && length < most ? (int) length : most;
  }

  /**
   * The id of the token that stands in a masked place: what the tokenizer's configuration calls so, or what it is by
   * custom.
   *
   * @throws UserError when the tokenizer has none
   */
  public int maskToken() throws IOException {
    var names = new ArrayList<String>();
    for (String file : List.of(PretrainedFolder.SPECIAL_TOKENS, PretrainedFolder.TOKENIZER_CONFIG)) {
      ConfigFile.read(folder().resolve(file)).map(json -> json.path("mask_token"))
          .map(token -> token.isObject() ? token.path("content") : token)
          .filter(JsonNode::isString).ifPresent(token -> names.add(token.stringValue()));
    }
    config.architecture().specialTokens().flatMap(SpecialTokens::mask).ifPresent(names::add);
    SpecialTokens.BERT.mask().ifPresent(names::add);
    SpecialTokens.ROBERTA.mask().ifPresent(names::add);
    return names.stream().map(tokenizer::id).flatMapToInt(OptionalInt::stream).findFirst()
        .orElseThrow(() -> new UserError(path + ": the tokenizer has no mask token, such as " + names.getFirst()
            + ", without which nothing can be masked"));
  }

  /** The weights under the {@linkplain Architecture#canonical canonical} names of the architecture. */
  public Weights weights() {
    return config.architecture().canonical(stored);
  }

  /** The SHA-256 of the weights and the config, which tells the model from others. */
  public String fingerprint() throws IOException {
    var hash = new Sha256();
    for (Path file : weightFiles()) {
      try (var in = Files.newInputStream(file)) {
        hash.add(in);
      }
    }
    return hash.add(config.architecture().key()).add(config.toMap().toString()).hex();
  }

  /** The file of weights; of an index, all shards beside it too. */
  private List<Path> weightFiles() throws IOException {
    Path file = WeightFormat.locate(place);
    String name = file.getFileName().toString();
    if (!name.endsWith(INDEX)) {
      return List.of(file);
    }
    String extension = name.substring(name.lastIndexOf('.', name.length() - INDEX.length() - 1),
        name.length() - INDEX.length());
    try (Stream<Path> files = Files.list(Objects.requireNonNull(file.toAbsolutePath().getParent()))) {
      return files.filter(shard -> shard.equals(file) || shard.toString().endsWith(extension)).sorted().toList();
    }
  }

  /** Unmaps the weights. */
  @Override
  public void close() {
    stored.close();
  }
}
