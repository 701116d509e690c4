package crema.pretrained;

import crema.base.AtomicFile;
import crema.base.Sha256;
import crema.base.WholeBuffer;
import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.SpecialTokens;
import crema.nn.model.TextEncoderConfig;
import crema.settings.JsonFile;
import crema.tensor.Tensor;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder of Hugging Face's layout that is written: {@link PretrainedModel}, and {@code from_pretrained} for the
 * architectures that it knows, read it.
 *
 * @param path the folder
 */
public record PretrainedFolder(Path path) {
  static final String CONFIG = "config.json";
  static final String WEIGHTS = "model.safetensors";
  static final String TOKENIZER = "tokenizer.json";
  static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";

  /** What a tokenizer has in a folder besides {@code tokenizer.json}. */
  private static final List<String> TOKENIZER_FILES = List.of(TOKENIZER_CONFIG, SPECIAL_TOKENS, "added_tokens.json",
      "vocab.txt", "vocab.json", "merges.txt", "spm.model", "spiece.model", "tokenizer.model",
      "sentencepiece.bpe.model");

  private static final String MODULES = "modules.json";

  /** What sentence-transformers has beside an encoder; the list of modules last. */
  private static final List<String> SENTENCE_FILES =
      List.of("sentence_bert_config.json", "config_sentence_transformers.json", MODULES);

  /** The names of all files that a folder may have. */
  public static final List<String> FILES = Stream.of(List.of(CONFIG, WEIGHTS, TOKENIZER), TOKENIZER_FILES,
      SENTENCE_FILES).flatMap(List::stream).toList();

  /** Whether the folder has a tokenizer. */
  public boolean hasTokenizer() {
    return Files.exists(path.resolve(TOKENIZER));
  }

  /** The tokenizer that was written. */
  public Tokenizer tokenizer() throws IOException {
    return Tokenizer.load(path.resolve(TOKENIZER));
  }

  /** The SHA-256 of the tokenizer that was written. */
  public String tokenizerHash() throws IOException {
    return Sha256.ofFile(path.resolve(TOKENIZER));
  }

  /** Writes the tokenizer of a pretrained model, as its folder has it; {@code tokenizer.json} comes last. */
  public void writeTokenizer(PretrainedModel model) throws IOException {
    for (String name : TOKENIZER_FILES) {
      copy(model.folder(), name);
    }
    SpecialTokens special = model.config().architecture().specialTokens().orElse(SpecialTokens.BERT);
    writeTokenizer(model.tokenizer(), special, model.maxLength());
  }

  /**
   * Writes a tokenizer, with its configuration unless that is there; {@code tokenizer.json} comes last.
   *
   * @param special what its special tokens are for
   * @param maxTokens the longest text, special tokens included
   */
  public void writeTokenizer(Tokenizer tokenizer, SpecialTokens special, int maxTokens) throws IOException {
    var names = new LinkedHashMap<String, Object>();
    special.before().stream().findFirst().ifPresent(token -> names.put("cls_token", token));
    special.after().stream().findFirst().ifPresent(token -> names.put("sep_token", token));
    names.put("pad_token", special.padding());
    special.mask().ifPresent(token -> names.put("mask_token", token));
    special.unknown().ifPresent(token -> names.put("unk_token", token));
    names.values().removeIf(token -> tokenizer.id(token.toString()).isEmpty());
    if (!Files.exists(path.resolve(TOKENIZER_CONFIG))) {
      var config = new LinkedHashMap<String, Object>();
      config.put("tokenizer_class", "PreTrainedTokenizerFast");
      config.put("model_max_length", maxTokens);
      config.putAll(names);
      JsonFile.write(path.resolve(TOKENIZER_CONFIG), config);
      JsonFile.write(path.resolve(SPECIAL_TOKENS), names);
    }
    tokenizer.save(path.resolve(TOKENIZER));
  }

  /**
   * Copies what sentence-transformers has beside an encoder: its list of modules, their folders, and its settings. Does
   * nothing where the encoder is no such model, or is itself in a folder of a module.
   *
   * @param from the folder of the encoder that this one began with
   */
  public void writeSentenceModules(Path from) throws IOException {
    JsonNode modules = ConfigFile.read(from.resolve(MODULES)).orElse(Json.parse("[]"));
    var folders = new ArrayList<Path>();
    for (JsonNode module : modules) {
      String name = module.path("path").asString("");
      boolean isTransformer = module.path("type").asString("").endsWith(".Transformer");
      if (isTransformer != name.isEmpty() || name.contains("..") || Path.of(name).isAbsolute()) {
        return;
      }
      folders.add(Path.of(name));
    }
    for (Path folder : folders) {
      if (!folder.toString().isEmpty() && Files.isDirectory(from.resolve(folder))) {
        Files.createDirectories(path.resolve(folder));
        try (Stream<Path> files = Files.list(from.resolve(folder))) {
          for (Path file : files.sorted().toList()) {
            copy(from, folder.resolve(file.getFileName()).toString());
          }
        }
      }
    }
    for (String name : SENTENCE_FILES) {
      copy(from, name);
    }
  }

  private void copy(Path from, String name) throws IOException {
    Path file = from.resolve(name);
    if (Files.isRegularFile(file)) {
      AtomicFile.write(path.resolve(name), channel -> {
        WholeBuffer.write(channel, ByteBuffer.wrap(Files.readAllBytes(file)));
      });
    }
  }

  /**
   * Writes the weights and then {@code config.json}, with which the folder is a whole model.
   *
   * @param config the shape of the encoder
   * @param json the config that the model began with, whose other values are kept
   * @param task what follows the architecture in the name of Hugging Face's class, such as {@code ForMaskedLM}
   * @param weights under the names of that class
   */
  public void writeModel(TextEncoderConfig config, Map<String, Object> json, String task, Map<String, Tensor> weights)
      throws IOException {
    SafetensorsWriter.write(path.resolve(WEIGHTS), weights, Map.of("format", "pt"));
    var all = new LinkedHashMap<String, Object>();
    all.put("model_type", config.architecture().key());
    all.put("architectures", List.of(config.architecture().className() + task));
    json.forEach(all::putIfAbsent);
    all.putAll(config.toMap());
    // The type of the weights, in the words of versions 4 and 5.
    all.put("torch_dtype", "float32");
    all.computeIfPresent("dtype", (_, _) -> "float32");
    JsonFile.write(path.resolve(CONFIG), all);
  }
}
