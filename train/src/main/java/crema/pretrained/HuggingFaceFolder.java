package crema.pretrained;

import crema.base.AtomicFile;
import crema.base.json.ArrayNode;
import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.base.json.JsonValues;
import crema.base.json.ObjectNode;
import crema.nn.Weights;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.SpecialTokens;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files of a model as Hugging Face's libraries read them: {@code from_pretrained} of Transformers, and
 * sentence-transformers.
 *
 * @param folder where they are written
 */
public record HuggingFaceFolder(Path folder) {
  /** The file of weights. */
  public static final String WEIGHTS = PretrainedFolder.WEIGHTS;

  /** Without it, or with another format, {@code from_pretrained} refuses a file of weights. */
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  /** Writes {@code config.json}. */
  public void writeConfig(Map<String, ? extends @Nullable Object> values) throws IOException {
    write(folder.resolve(PretrainedFolder.CONFIG), JsonValues.toJson(values));
  }

  /**
   * Writes {@code model.safetensors}.
   *
   * @param type that of each tensor in the file
   * @param progress is told how many numbers are written
   */
  public void writeWeights(Weights weights, Function<String, DType> type, Backend backend, LongConsumer progress)
      throws IOException {
    SafetensorsWriter.write(folder.resolve(WEIGHTS), weights, type, METADATA, backend, progress);
  }

  /**
   * Writes {@code tokenizer.json}, {@code tokenizer_config.json} and {@code special_tokens_map.json}.
   *
   * @param specials what the architecture was trained with around texts, if that is known
   * @param padding the id of the padding token; one that the tokenizer does not have is added to its file
   * @param hasTokenTypes whether the model reads which text of a pair a token is of
   * @param maxLength the most tokens of a text
   * @param keepsEnd whether longer texts lose their beginning
   */
  public void writeTokenizer(Tokenizer tokenizer, Optional<SpecialTokens> specials, int padding,
      boolean hasTokenTypes, int maxLength, boolean keepsEnd) throws IOException {
    Path file = folder.resolve(PretrainedFolder.TOKENIZER);
    tokenizer.withTruncation(null).save(file);
    var roles = new LinkedHashMap<String, String>(specials.map(HuggingFaceFolder::roles).orElseGet(Map::of));
    roles.values().removeIf(token -> tokenizer.id(token).isEmpty());
    List.of("[UNK]", "<unk>").stream().filter(token -> tokenizer.id(token).isPresent()).findFirst()
        .ifPresent(token -> roles.put("unk_token", token));
    if (!roles.containsKey("pad_token")) {
      roles.put("pad_token", padding < tokenizer.vocabularySize() ? tokenizer.token(padding)
          : addPadding(tokenizer, file, padding));
    }
    var map = new ObjectNode();
    roles.forEach(map::put);
    write(folder.resolve(PretrainedFolder.SPECIAL_TOKENS), map);
    var config = new ObjectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("model_max_length", maxLength);
    config.put("padding_side", "right");
    config.put("truncation_side", keepsEnd ? "left" : "right");
    config.put("clean_up_tokenization_spaces", false);
    ArrayNode inputs = config.putArray("model_input_names");
    inputs.add("input_ids");
    if (hasTokenTypes) {
      inputs.add("token_type_ids");
    }
    inputs.add("attention_mask");
    roles.forEach(config::put);
    write(folder.resolve(PretrainedFolder.TOKENIZER_CONFIG), config);
  }

  /** What Hugging Face's tokenizers call special tokens. */
  private static Map<String, String> roles(SpecialTokens specials) {
    var roles = new LinkedHashMap<String, String>();
    if (!specials.before().isEmpty()) {
      String first = specials.before().getFirst();
      roles.put("cls_token", first);
      roles.put("bos_token", first);
    }
    if (!specials.after().isEmpty()) {
      String last = specials.after().getLast();
      roles.put("eos_token", last);
      if (!specials.between().isEmpty()) {
        roles.put("sep_token", last);
      }
    }
    roles.put("pad_token", specials.padding());
    specials.mask().ifPresent(mask -> roles.put("mask_token", mask));
    return roles;
  }

  /** Adds a padding token to a tokenizer's file under the first name that no token has. */
  private static String addPadding(Tokenizer tokenizer, Path file, int id) throws IOException {
    String content = "<pad>";
    while (tokenizer.id(content).isPresent()) {
      content = "<" + content + ">";
    }
    JsonNode json;
    try (var in = Files.newInputStream(file)) {
      json = Json.parse(in);
    }
    var token = new LinkedHashMap<String, Object>();
    token.put("id", id);
    token.put("content", content);
    for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
      token.put(flag, false);
    }
    token.put("special", true);
    Map<String, @Nullable Object> values = JsonValues.toMap(json);
    var added = new ArrayList<Object>();
    if (values.get("added_tokens") instanceof List<?> known) {
      added.addAll(known);
    }
    added.add(token);
    values.put("added_tokens", added);
    write(file, JsonValues.toJson(values));
    return content;
  }

  private static void write(Path file, JsonNode json) throws IOException {
    AtomicFile.writeText(file, Json.pretty(json) + "\n");
  }
}
