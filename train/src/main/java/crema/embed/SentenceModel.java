package crema.embed;

import crema.base.NearestName;
import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.pretrained.ConfigFile;
import crema.tensor.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a folder says about how its model makes a vector of a text: {@code modules.json} and the configurations of
 * sentence-transformers, if it has them. Python classes are named there; they are known here by name, or refused.
 *
 * @param base what makes vectors of tokens: its folder, or its file
 * @param isStatic whether these are rows of a table instead of an encoder's outputs
 * @param stages what is done with them, in order; empty if the folder does not say
 * @param maxLength the most tokens of a text, if the folder says so
 * @param lowercase whether texts are made lower case first
 * @param prompts texts to put in front of texts, by name
 * @param defaultPrompt the name of the one that is put there unless another is asked for
 */
record SentenceModel(Path base, boolean isStatic, List<Stage> stages, OptionalInt maxLength, boolean lowercase,
    Map<String, String> prompts, Optional<String> defaultPrompt) {
  private static final int MAX_FEATURES = 1 << 16;
  private static final Pattern FOLDER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
  private static final String PACKAGE = "sentence_transformers.";

  /** Names of PyTorch's classes, which are compared and never loaded. */
  private static final Map<String, Activation> ACTIVATIONS = Map.of("Identity", Activation.IDENTITY, "Tanh",
      Activation.TANH, "GELU", Activation.GELU, "ReLU", Activation.RELU);

  /** The name of PyTorch's class of one of these activations. */
  static String className(Activation activation) {
    String name = ACTIVATIONS.entrySet().stream().filter(entry -> entry.getValue() == activation).findFirst()
        .orElseThrow().getKey();
    return "torch.nn.modules." + (activation == Activation.IDENTITY ? "linear." : "activation.") + name;
  }

  SentenceModel {
    stages = List.copyOf(stages);
    prompts = Map.copyOf(prompts);
  }

  /** Something that is done with the vectors of a text. */
  sealed interface Stage permits TokenPooling, DenseShape, Normalize {}

  /**
   * The vectors of tokens become one.
   *
   * @param kinds how; of several, their vectors are joined
   * @param includesPrompt whether the prompt's tokens count
   */
  record TokenPooling(List<PoolingKind> kinds, boolean includesPrompt) implements Stage {
    TokenPooling {
      kinds = List.copyOf(kinds);
    }
  }

  /**
   * A layer.
   *
   * @param folder where its weights are
   * @param in features of what comes in
   * @param out features of what goes out
   * @param hasBias whether something is added
   * @param activation what follows
   */
  record DenseShape(Path folder, int in, int out, boolean hasBias, Activation activation) implements Stage {}

  /** The vector is scaled to length 1. */
  record Normalize() implements Stage {}

  /**
   * Reads what a folder says; a file, or a folder without {@code modules.json}, says nothing but how long texts are.
   *
   * @throws UserError when a file is malformed or asks for what is not known here; the message names it
   */
  static SentenceModel read(Path model) throws IOException {
    if (!Files.isDirectory(model)) {
      return new SentenceModel(model, false, List.of(), OptionalInt.empty(), false, Map.of(), Optional.empty());
    }
    try {
      return readFolder(model);
    } catch (JsonException e) {
      throw new UserError(model + ": " + e.getMessage(), e);
    }
  }

  private static SentenceModel readFolder(Path model) throws IOException {
    Optional<JsonNode> modules = ConfigFile.read(model.resolve("modules.json"));
    var prompts = new LinkedHashMap<String, String>();
    Optional<String> defaultPrompt = Optional.empty();
    Optional<JsonNode> settings = ConfigFile.read(model.resolve("config_sentence_transformers.json"));
    if (settings.isPresent()) {
      for (var prompt : settings.get().path("prompts").properties()) {
        prompts.put(prompt.getKey(), prompt.getValue().asString(""));
      }
      defaultPrompt =
          Optional.of(settings.get().path("default_prompt_name")).filter(JsonNode::isString).map(JsonNode::stringValue);
      if (defaultPrompt.isPresent() && !prompts.containsKey(defaultPrompt.get())) {
        throw new UserError(model.resolve("config_sentence_transformers.json") + ": the default prompt '"
            + defaultPrompt.get() + "' is none of its prompts");
      }
    }
    Path base = model;
    boolean isStatic = false;
    var stages = new ArrayList<Stage>();
    boolean isFirst = true;
    for (JsonNode module : modules.orElse(Json.parse("[]"))) {
      Path folder = folder(model, module.path("path").asString(""));
      String type = module.path("type").asString("");
      switch (type.startsWith(PACKAGE) ? type.substring(type.lastIndexOf('.') + 1) : type) {
        case "Transformer", "StaticEmbedding" -> {
          if (!isFirst) {
            throw new UserError(model.resolve("modules.json") + ": " + type + " should be the first module");
          }
          base = folder;
          isStatic = type.endsWith("StaticEmbedding");
        }
        case "Pooling" -> stages.add(pooling(folder));
        case "Dense" -> stages.add(dense(folder));
        case "Normalize" -> stages.add(new Normalize());
        default -> throw new UserError(model.resolve("modules.json") + ": the module '" + type
            + "' is not known here: known are Transformer, StaticEmbedding, Pooling, Dense and Normalize of "
            + "sentence_transformers, and no code is loaded");
      }
      isFirst = false;
    }
    Optional<JsonNode> transformer = ConfigFile.read(base.resolve("sentence_bert_config.json"));
    OptionalInt maxLength = transformer.map(json -> json.path("max_seq_length").asLong(0))
        .filter(length -> length > 0 && length <= Integer.MAX_VALUE)
        .map(length -> OptionalInt.of(length.intValue())).orElse(OptionalInt.empty());
    boolean lowercase = transformer.map(json -> flag(json, "do_lower_case", false)).orElse(false);
    return new SentenceModel(base, isStatic, stages, maxLength, lowercase, prompts, defaultPrompt);
  }

  /** The folders of the modules that {@code modules.json} names; none of a file, or of a folder without one. */
  static List<Path> folders(Path model) throws IOException {
    Optional<JsonNode> modules = ConfigFile.read(model.resolve("modules.json"));
    var folders = new ArrayList<Path>();
    if (modules.isPresent()) {
      for (JsonNode module : modules.get()) {
        folders.add(folder(model, module.path("path").asString("")));
      }
    }
    return folders;
  }

  /** A folder of a module, which is the model's own or one directly in it. */
  private static Path folder(Path model, String name) {
    if (!name.isEmpty() && (!FOLDER.matcher(name).matches() || name.contains(".."))) {
      throw new UserError(model.resolve("modules.json") + ": '" + name + "' is not a folder beside it");
    }
    return model.resolve(name);
  }

  private static TokenPooling pooling(Path folder) throws IOException {
    JsonNode config = config(folder);
    boolean includesPrompt = flag(config, "include_prompt", true);
    JsonNode named = config.path("pooling_mode");
    if (!named.isMissingNode() && !named.isNull()) {
      var kinds = new ArrayList<PoolingKind>();
      String what = folder.resolve("config.json") + ": pooling_mode";
      if (named.isArray()) {
        named.forEach(kind -> kinds.add(PoolingKind.named(kind.asString(""), what)));
      } else {
        kinds.add(PoolingKind.named(named.asString(""), what));
      }
      return new TokenPooling(kinds, includesPrompt);
    }
    // A file that does not say so pools by the mean.
    List<PoolingKind> kinds = Arrays.stream(PoolingKind.values())
        .filter(kind -> flag(config, kind.configKey(), kind == PoolingKind.MEAN)).toList();
    if (kinds.isEmpty()) {
      throw new UserError(folder.resolve("config.json") + " chooses no way of pooling");
    }
    return new TokenPooling(kinds, includesPrompt);
  }

  private static DenseShape dense(Path folder) throws IOException {
    JsonNode config = config(folder);
    String name = config.path("activation_function").asString("torch.nn.modules.linear.Identity");
    Activation activation = name.startsWith("torch.nn.") ? ACTIVATIONS.get(name.substring(name.lastIndexOf('.') + 1))
        : null;
    if (activation == null) {
      throw new UserError(folder.resolve("config.json") + ": the activation '" + name
          + "' is not known here: known are Identity, Tanh, GELU and ReLU of torch.nn");
    }
    return new DenseShape(folder, features(folder, config, "in_features"), features(folder, config, "out_features"),
        flag(config, "bias", true), activation);
  }

  private static int features(Path folder, JsonNode config, String key) {
    long value = config.path(key).asLong(0);
    if (value < 1 || value > MAX_FEATURES) {
      throw new UserError(folder.resolve("config.json") + ": " + key + " must be from 1 to " + MAX_FEATURES);
    }
    return (int) value;
  }

  private static boolean flag(JsonNode json, String key, boolean otherwise) {
    JsonNode value = json.path(key);
    return value.isMissingNode() || value.isNull() ? otherwise : value.booleanValue();
  }

  private static JsonNode config(Path folder) throws IOException {
    return ConfigFile.read(folder.resolve("config.json")).orElseThrow(() -> new UserError(folder.resolve("config.json")
        + " is missing: the folder is not whole"));
  }

  /** The text that is put in front of every text; empty for none. */
  String prompt(EmbedOptions options) {
    if (options.prompt().isPresent()) {
      return options.prompt().get();
    }
    String name = options.promptName().or(() -> defaultPrompt).orElse(null);
    if (name == null) {
      return "";
    }
    String prompt = prompts.get(name);
    if (prompt == null) {
      throw new UserError("the model has no prompt named '" + name + "'"
          + (prompts.isEmpty() ? ": it has none" : NearestName.suggestion(name, prompts.keySet()) + "; it has "
              + String.join(", ", prompts.keySet().stream().sorted().toList())));
    }
    return prompt;
  }
}
