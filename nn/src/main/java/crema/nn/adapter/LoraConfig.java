package crema.nn.adapter;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.base.json.ArrayNode;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a low-rank adapter (Hu et al., arXiv 2106.09685), as PEFT's {@code adapter_config.json} has them.
 *
 * @param rank of A and B
 * @param alpha the product B·A is multiplied by α/rank
 * @param rankStabilized whether it is α/√rank instead (Kalajdzievski, arXiv 2312.03732)
 * @param dropout of the adapter's input while training
 * @param targets the layers that are adapted
 * @param excluded layers that are not, or null
 * @param rankPattern other ranks, by regular expressions of ends of layers' names
 * @param alphaPattern other alphas
 * @param layers the numbers of the blocks that are adapted; empty for all
 * @param layersPattern the name of the list of blocks, or null for any
 * @param bias which biases of the model are trained too
 * @param modulesToSave the parts of the model that are trained as a whole and saved with the adapter
 * @param taskType what the model is for, or null
 * @param fanInFanOut whether the model that it was made beside keeps its matrices {@code [in, out]}; kept as it is
 * @param baseModel the name or path of the model, or null
 */
public record LoraConfig(int rank, double alpha, boolean rankStabilized, double dropout, LoraTargets targets,
    @Nullable LoraTargets excluded, Map<String, Integer> rankPattern, Map<String, Double> alphaPattern,
    List<Integer> layers, @Nullable String layersPattern, Bias bias, List<String> modulesToSave,
    @Nullable TaskType taskType, boolean fanInFanOut, @Nullable String baseModel) {
  /** The file in an adapter's folder. */
  public static final String FILE = "adapter_config.json";

  private static final int LARGEST_RANK = 1 << 14;
  private static final long LARGEST_FILE = 1L << 22;

  /** The names that the head of a classifier may have. */
  private static final List<String> HEADS = List.of("classifier", "score");

  /** What PEFT can do besides and this cannot: a key, if it has a value. */
  private static final Map<String, String> REFUSED = Map.ofEntries(Map.entry("use_dora", "DoRA"),
      Map.entry("loftq_config", "LoftQ"), Map.entry("lora_bias", "biases of B"),
      Map.entry("trainable_token_indices", "trainable tokens"), Map.entry("target_parameters", "target_parameters"),
      Map.entry("layer_replication", "replicated layers"), Map.entry("megatron_config", "Megatron"),
      Map.entry("use_qalora", "QALoRA"), Map.entry("alora_invocation_tokens", "aLoRA"),
      Map.entry("arrow_config", "Arrow"), Map.entry("corda_config", "CorDA"), Map.entry("eva_config", "EVA"));

  /** Ways to begin that leave the model's own weights as they are. */
  private static final Set<String> BEGINNINGS = Set.of("true", "gaussian", "false");

  /** Which biases of the model are trained with an adapter. */
  public enum Bias {
    /** None. */
    NONE,
    /** All. */
    ALL,
    /** Those of the layers that are adapted. */
    LORA_ONLY;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a model is for, under PEFT's names. */
  public enum TaskType {
    /** Classification: the head is saved with the adapter. */
    SEQ_CLS,
    /** Classification of tokens. */
    TOKEN_CLS,
    /** Generation. */
    CAUSAL_LM,
    /** Generation from a text. */
    SEQ_2_SEQ_LM,
    /** Answers to questions. */
    QUESTION_ANS,
    /** Vectors of texts. */
    FEATURE_EXTRACTION
  }

  /** Checks the ranges. */
  public LoraConfig {
    requireRank(rank);
    rankPattern.values().forEach(LoraConfig::requireRank);
    requireAlpha(alpha);
    alphaPattern.values().forEach(LoraConfig::requireAlpha);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new UserError("lora_dropout must be in [0, 1), not " + dropout);
    }
    rankPattern = new LinkedHashMap<>(rankPattern);
    alphaPattern = new LinkedHashMap<>(alphaPattern);
    layers = List.copyOf(layers);
    modulesToSave = List.copyOf(modulesToSave);
  }

  private static void requireRank(int rank) {
    if (rank < 1 || rank > LARGEST_RANK) {
      throw new UserError("the rank of an adapter must be in [1, " + LARGEST_RANK + "], not " + rank);
    }
  }

  private static void requireAlpha(double alpha) {
    if (!Double.isFinite(alpha)) {
      throw new UserError("lora_alpha must be a finite number, not " + alpha);
    }
  }

  /** PEFT's defaults: rank 8, α 8, no dropout. */
  public static LoraConfig of(LoraTargets targets) {
    return new LoraConfig(8, 8, false, 0, targets, null, Map.of(), Map.of(), List.of(), null, Bias.NONE, List.of(),
        null, false, null);
  }

  /** With another rank and α. */
  public LoraConfig withRank(int newRank, double newAlpha) {
    return new LoraConfig(newRank, newAlpha, rankStabilized, dropout, targets, excluded, rankPattern, alphaPattern,
        layers, layersPattern, bias, modulesToSave, taskType, fanInFanOut, baseModel);
  }

  /** Scaled by α/√rank. */
  public LoraConfig withRankStabilized() {
    return new LoraConfig(rank, alpha, true, dropout, targets, excluded, rankPattern, alphaPattern, layers,
        layersPattern, bias, modulesToSave, taskType, fanInFanOut, baseModel);
  }

  /** With a dropout of the adapter's input. */
  public LoraConfig withDropout(double probability) {
    return new LoraConfig(rank, alpha, rankStabilized, probability, targets, excluded, rankPattern, alphaPattern,
        layers, layersPattern, bias, modulesToSave, taskType, fanInFanOut, baseModel);
  }

  /** With other ranks and αs for some layers. */
  public LoraConfig withPatterns(Map<String, Integer> ranks, Map<String, Double> alphas) {
    return new LoraConfig(rank, alpha, rankStabilized, dropout, targets, excluded, ranks, alphas, layers,
        layersPattern, bias, modulesToSave, taskType, fanInFanOut, baseModel);
  }

  /** In some blocks only. */
  public LoraConfig withLayers(List<Integer> numbers) {
    return new LoraConfig(rank, alpha, rankStabilized, dropout, targets, excluded, rankPattern, alphaPattern,
        numbers, layersPattern, bias, modulesToSave, taskType, fanInFanOut, baseModel);
  }

  /** With biases of the model trained too. */
  public LoraConfig withBias(Bias which) {
    return new LoraConfig(rank, alpha, rankStabilized, dropout, targets, excluded, rankPattern, alphaPattern, layers,
        layersPattern, which, modulesToSave, taskType, fanInFanOut, baseModel);
  }

  /** With parts of the model trained as a whole. */
  public LoraConfig withModulesToSave(List<String> names) {
    return new LoraConfig(rank, alpha, rankStabilized, dropout, targets, excluded, rankPattern, alphaPattern, layers,
        layersPattern, bias, names, taskType, fanInFanOut, baseModel);
  }

  /** For a task. */
  public LoraConfig withTask(TaskType task, @Nullable String model) {
    return new LoraConfig(rank, alpha, rankStabilized, dropout, targets, excluded, rankPattern, alphaPattern, layers,
        layersPattern, bias, modulesToSave, task, fanInFanOut, model);
  }

  /** The rank of a layer. */
  int rankOf(String layer) {
    return pattern(rankPattern, layer, "rank_pattern").orElse(rank);
  }

  /** What B·A is multiplied by. */
  double scaleOf(String layer) {
    double numerator = pattern(alphaPattern, layer, "alpha_pattern").orElse(alpha);
    int denominator = rankOf(layer);
    return rankStabilized ? numerator / Math.sqrt(denominator) : numerator / denominator;
  }

  private static <T> Optional<T> pattern(Map<String, T> patterns, String layer, String key) {
    for (Map.Entry<String, T> entry : patterns.entrySet()) {
      Pattern end = LoraTargets.compile("(.*\\.)?(" + entry.getKey() + ")", key);
      if (PatternBudget.matches(end, layer)) {
        return Optional.of(entry.getValue());
      }
    }
    return Optional.empty();
  }

  /** Whether a linear layer is adapted. */
  boolean adapts(String layer) {
    if (isSaved(layer) || excluded != null && excluded.matches(layer) || !targets.matches(layer)) {
      return false;
    }
    if (layers.isEmpty()) {
      return true;
    }
    String list = layersPattern == null || layersPattern.isEmpty() ? "[^.]*" : layersPattern;
    var matcher = LoraTargets.compile("(?:.*\\.)?(?:" + list + ")\\.(\\d{1,6})\\..*", "layers_pattern").matcher(layer);
    return matcher.matches() && layers.contains(Integer.parseInt(matcher.group(1)));
  }

  /** The parts that are trained as a whole: of a classifier, its head, whether said or not. */
  private List<String> saved() {
    var names = new ArrayList<>(modulesToSave);
    if (taskType == TaskType.SEQ_CLS || taskType == TaskType.TOKEN_CLS) {
      HEADS.stream().filter(head -> !names.contains(head)).forEach(names::add);
    }
    return names;
  }

  /** Whether a part, or one that it is in, is trained as a whole. */
  boolean isSaved(String module) {
    boolean headless = targets instanceof LoraTargets.AllLinear;
    return saved().stream().anyMatch(name -> isWithin(module, name))
        || headless && HEADS.stream().anyMatch(head -> isWithin(module, head)) && !isNamed(module);
  }

  private boolean isNamed(String module) {
    return targets instanceof LoraTargets.Names && targets.matches(module);
  }

  /** Whether the parameters of a part are saved with the adapter. */
  boolean saves(String module) {
    return saved().stream().anyMatch(name -> isWithin(module, name));
  }

  private static boolean isWithin(String module, String part) {
    return ("." + module + ".").contains("." + part + ".");
  }

  /** Whether a folder is that of an adapter. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  /**
   * Reads an adapter's folder or its {@link #FILE}.
   *
   * @throws UserError when it is not one of LoRA, or asks for what is not supported; the message names it
   */
  public static LoraConfig read(Path folderOrFile) throws IOException {
    Path file = Files.isDirectory(folderOrFile) ? folderOrFile.resolve(FILE) : folderOrFile;
    if (Files.size(file) > LARGEST_FILE) {
      throw new UserError(file + " has " + Files.size(file) + " bytes, and the config of an adapter fewer");
    }
    try (var in = Files.newInputStream(file)) {
      return of(Json.parse(in));
    } catch (JsonException | UserError e) {
      throw new UserError(file + ": " + e.getMessage(), e);
    }
  }

  private static LoraConfig of(JsonNode json) {
    String type = json.path("peft_type").asString("LORA");
    if (!type.equals("LORA")) {
      throw new UserError("the adapter is " + type + ", and only LORA is supported");
    }
    REFUSED.forEach((key, name) -> {
      if (isSet(json.path(key))) {
        throw new UserError("the adapter uses " + name + " (" + key + "), which is not supported");
      }
    });
    String beginning = json.path("init_lora_weights").asString("true").toLowerCase(Locale.ROOT);
    if (!BEGINNINGS.contains(beginning)) {
      throw new UserError("the adapter uses " + json.path("init_lora_weights").asString()
          + " (init_lora_weights), which changes the model itself and is not supported");
    }
    var config = new LoraConfig(json.path("r").asInt(8), json.path("lora_alpha").asDouble(8),
        json.path("use_rslora").asBoolean(), json.path("lora_dropout").asDouble(0),
        targets(json.path("target_modules"), "target_modules"),
        isSet(json.path("exclude_modules")) ? targets(json.path("exclude_modules"), "exclude_modules") : null,
        new LinkedHashMap<>(), new LinkedHashMap<>(), layers(json.path("layers_to_transform")),
        isSet(json.path("layers_pattern")) ? layersPattern(json.path("layers_pattern")) : null,
        choice(Bias.class, json.path("bias").asString("none"), "bias"), texts(json.path("modules_to_save")),
        isSet(json.path("task_type")) ? choice(TaskType.class, json.path("task_type").asString(), "task_type") : null,
        json.path("fan_in_fan_out").asBoolean(),
        json.path("base_model_name_or_path").isString() ? json.path("base_model_name_or_path").stringValue() : null);
    var ranks = new LinkedHashMap<String, Integer>();
    json.path("rank_pattern").properties().forEach(entry -> ranks.put(entry.getKey(), entry.getValue().asInt()));
    var alphas = new LinkedHashMap<String, Double>();
    json.path("alpha_pattern").properties().forEach(entry -> alphas.put(entry.getKey(), entry.getValue().asDouble()));
    return config.withPatterns(ranks, alphas);
  }

  private static boolean isSet(JsonNode value) {
    return !value.isMissingNode() && !value.isNull() && !(value.isBoolean() && !value.booleanValue())
        && !(value.isContainer() && value.isEmpty()) && !(value.isString() && value.stringValue().isEmpty());
  }

  private static LoraTargets targets(JsonNode value, String key) {
    if (value.isString()) {
      return LoraTargets.of(value.stringValue());
    }
    if (value.isArray() && !value.isEmpty()) {
      return new LoraTargets.Names(texts(value));
    }
    throw new UserError(key + " must be a text or a list of texts");
  }

  private static List<String> texts(JsonNode value) {
    return value.isString() ? List.of(value.stringValue())
        : value.valueStream().map(JsonNode::stringValue).toList();
  }

  private static String layersPattern(JsonNode value) {
    return String.join("|", texts(value));
  }

  private static List<Integer> layers(JsonNode value) {
    return value.isNumber() ? List.of(value.intValue()) : value.valueStream().map(JsonNode::intValue).toList();
  }

  private static <E extends Enum<E>> E choice(Class<E> type, String name, String key) {
    try {
      return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new UserError(key + " is '" + name + "', which is not known", e);
    }
  }

  /** Writes the {@link #FILE} of a folder, so that PEFT reads it. */
  void write(Path folder) throws IOException {
    var json = new ObjectNode();
    json.put("peft_type", "LORA");
    json.put("task_type", taskType == null ? null : taskType.name());
    json.put("base_model_name_or_path", baseModel);
    json.putNull("revision");
    json.put("inference_mode", true);
    json.put("r", rank);
    json.set("lora_alpha", number(alpha));
    json.put("lora_dropout", dropout);
    json.put("use_rslora", rankStabilized);
    json.put("fan_in_fan_out", fanInFanOut);
    json.put("bias", bias.key());
    json.put("init_lora_weights", true);
    write(json, "target_modules", targets);
    if (excluded != null) {
      write(json, "exclude_modules", excluded);
    }
    ObjectNode ranks = json.putObject("rank_pattern");
    rankPattern.forEach(ranks::put);
    ObjectNode alphas = json.putObject("alpha_pattern");
    alphaPattern.forEach((key, value) -> alphas.set(key, number(value)));
    if (layers.isEmpty()) {
      json.putNull("layers_to_transform");
    } else {
      ArrayNode numbers = json.putArray("layers_to_transform");
      layers.forEach(numbers::add);
    }
    json.put("layers_pattern", layersPattern);
    if (modulesToSave.isEmpty()) {
      json.putNull("modules_to_save");
    } else {
      ArrayNode names = json.putArray("modules_to_save");
      modulesToSave.forEach(names::add);
    }
    AtomicFile.writeText(folder.resolve(FILE), Json.pretty(json) + "\n");
  }

  /** A whole number without a fraction, as PEFT's types want it. */
  private static JsonNode number(double value) {
    return value == (int) value ? new ArrayNode().add((int) value).values().iterator().next()
        : new ArrayNode().add(value).values().iterator().next();
  }

  private static void write(ObjectNode json, String key, LoraTargets targets) {
    switch (targets) {
      case LoraTargets.Names names -> {
        ArrayNode array = json.putArray(key);
        names.names().forEach(array::add);
      }
      case LoraTargets.Regex regex -> json.put(key, regex.pattern().pattern());
      case LoraTargets.AllLinear all -> json.put(key, LoraTargets.ALL_LINEAR);
    }
  }
}
