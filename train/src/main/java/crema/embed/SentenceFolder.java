package crema.embed;

import crema.base.AtomicFile;
import crema.base.json.ArrayNode;
import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.nn.Weights;
import crema.pretrained.HuggingFaceFolder;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes what sentence-transformers reads beside the files of an encoder.
 *
 * @param folder of the encoder
 */
public record SentenceFolder(Path folder) {
  /**
   * Writes the modules: the encoder in this folder, whose vectors of tokens are pooled.
   *
   * @param features of a vector
   * @param maxLength the most tokens of a text
   */
  public void writeModules(PoolingKind pooling, int features, int maxLength) throws IOException {
    var modules = new ArrayNode();
    modules.add(module(0, "", "Transformer"));
    modules.add(module(1, "1_Pooling", "Pooling"));
    write(folder.resolve("modules.json"), modules);
    var transformer = new ObjectNode();
    transformer.put("max_seq_length", maxLength);
    transformer.put("do_lower_case", false);
    write(folder.resolve("sentence_bert_config.json"), transformer);
    var config = new ObjectNode();
    config.put("word_embedding_dimension", features);
    for (PoolingKind kind : PoolingKind.values()) {
      config.put(kind.configKey(), kind == pooling);
    }
    config.put("include_prompt", true);
    write(folder.resolve("1_Pooling").resolve("config.json"), config);
  }

  private static ObjectNode module(int number, String path, String type) {
    var module = new ObjectNode();
    module.put("idx", number);
    module.put("name", Integer.toString(number));
    module.put("path", path);
    module.put("type", "sentence_transformers.models." + type);
    return module;
  }

  /**
   * Writes a layer as a {@code Dense}, which is not among the modules.
   *
   * @param name of its folder in this one
   * @param weights its {@code weight} and {@code bias}
   */
  public void writeDense(String name, Weights weights, Activation activation, Backend backend) throws IOException {
    Path dense = Files.createDirectories(folder.resolve(name));
    Shape shape = Objects.requireNonNull(weights.shapes().get("weight"));
    var config = new ObjectNode();
    config.put("in_features", shape.extent(1));
    config.put("out_features", shape.extent(0));
    config.put("bias", weights.shapes().containsKey("bias"));
    config.put("activation_function", SentenceModel.className(activation));
    write(dense.resolve("config.json"), config);
    new HuggingFaceFolder(dense).writeWeights(weights.renamed(key -> "linear." + key), _ -> DType.F32, backend,
        _ -> {});
  }

  private static void write(Path file, JsonNode json) throws IOException {
    AtomicFile.writeText(file, Json.pretty(json) + "\n");
  }
}
