package crema.nn.io;

import crema.nn.io.OnnxGraph.Node;
import crema.tensor.DType;
import crema.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an ONNX graph says about the architecture of an encoder, as {@code config.json} would: sizes from the shapes of
 * weights, heads from the reshape of a query, the epsilon from a norm, the activation from the functions in it.
 */
final class OnnxConfig {
  private static final String WORDS = "embeddings.word_embeddings.weight";

  private final OnnxReader reader;

  OnnxConfig(OnnxReader reader) {
    this.reader = reader;
  }

  /** The values; empty if the graph is of no encoder that it can describe. */
  Map<String, Object> values() {
    String prefix = reader.found().keySet().stream().filter(name -> name.endsWith(WORDS))
        .map(name -> name.substring(0, name.length() - WORDS.length())).findFirst().orElse(null);
    if (prefix == null) {
      return Map.of();
    }
    Shape words = shape(prefix + WORDS);
    Shape positions = shape(prefix + "embeddings.position_embeddings.weight");
    Shape types = shape(prefix + "embeddings.token_type_embeddings.weight");
    String block = prefix + "encoder.layer.";
    Shape query = shape(block + "0.attention.self.query.weight");
    Shape intermediate = shape(block + "0.intermediate.dense.weight");
    if (words == null || positions == null || types == null || query == null || intermediate == null) {
      return Map.of();
    }
    int layers = 0;
    while (reader.found().containsKey(block + layers + ".output.dense.weight")) {
      layers++;
    }
    var values = new TreeMap<String, Object>();
    // The models after RoBERTa count positions from the padding id on, which takes a running sum of the mask.
    boolean counted = reader.nodes().stream().anyMatch(node -> node.op().equals("CumSum"));
    values.put("model_type", counted ? "roberta" : "bert");
    values.put("vocab_size", (int) words.extent(0));
    values.put("hidden_size", (int) words.extent(1));
    values.put("max_position_embeddings", (int) positions.extent(0));
    values.put("type_vocab_size", (int) types.extent(0));
    values.put("num_hidden_layers", layers);
    values.put("intermediate_size", (int) intermediate.extent(0));
    values.put("hidden_act", activation());
    Integer heads = heads(block + "0.attention.self.query.weight", query.extent(0));
    if (heads != null) {
      values.put("num_attention_heads", heads);
    }
    Double epsilon = epsilon();
    if (epsilon != null) {
      values.put("layer_norm_eps", epsilon);
    }
    return values;
  }

  private @Nullable Shape shape(String name) {
    StoredTensor tensor = reader.found().get(name);
    return tensor == null || tensor.shape().rank() != 2 ? null : tensor.shape();
  }

  private String activation() {
    Map<String, Integer> counts = new HashMap<>();
    reader.nodes().forEach(node -> counts.merge(node.op(), 1, Integer::sum));
    if (counts.containsKey("Erf") || counts.containsKey("Gelu") || counts.containsKey("BiasGelu")) {
      return "gelu";
    }
    if (counts.containsKey("FastGelu") || counts.getOrDefault("Tanh", 0) > 1) {
      return "gelu_new";
    }
    return counts.containsKey("Relu") ? "relu" : "gelu";
  }

  /** The last but one part of the shape that a query is reshaped to, or the attribute of a fused attention. */
  private @Nullable Integer heads(String query, long width) {
    for (Node node : reader.nodes()) {
      if (node.op().equals("Attention") && node.attribute("num_heads", 0) > 0) {
        return (int) node.attribute("num_heads", 0);
      }
    }
    String output = reader.output(query);
    for (Node node : output == null ? List.<Node>of() : reader.consumers(output)) {
      long[] last = node.op().equals("Reshape") ? lastTwo(node.input(1)) : null;
      if (last != null && last[0] > 0 && width % last[0] == 0 && (last[1] == width / last[0] || last[1] == -1)) {
        return (int) last[0];
      }
    }
    return null;
  }

  /** The last two numbers of a shape: a constant, or joined from parts. */
  private long @Nullable [] lastTwo(String shape) {
    StoredTensor constant = reader.constant(shape);
    if (constant != null && constant.type().isInteger() && constant.shape().elements() >= 2) {
      long count = constant.shape().elements();
      return new long[] {constant.integerAt(count - 2), constant.integerAt(count - 1)};
    }
    Node concat = reader.producer(shape);
    if (concat == null || !concat.op().equals("Concat") || concat.inputs().size() < 2) {
      return null;
    }
    var last = new long[2];
    for (int i = 0; i < 2; i++) {
      StoredTensor part = reader.constant(concat.input(concat.inputs().size() - 2 + i));
      if (part == null || !part.type().isInteger() || part.shape().elements() != 1) {
        return null;
      }
      last[i] = part.integerAt(0);
    }
    return last;
  }

  /** What is added to a variance before its square root, or the attribute of a norm. */
  private @Nullable Double epsilon() {
    for (Node node : reader.nodes()) {
      if (node.op().endsWith("LayerNormalization") && !Float.isNaN(node.epsilon())) {
        return decimal(node.epsilon());
      }
      if (node.op().equals("Sqrt")) {
        Node add = reader.producer(node.input(0));
        for (String input : add == null || !add.op().equals("Add") ? List.<String>of() : add.inputs()) {
          StoredTensor constant = reader.constant(input);
          if (constant != null && !constant.type().isInteger() && constant.shape().elements() == 1) {
            var value = new float[1];
            constant.copy(0, 1, DType.F32, MemorySegment.ofArray(value));
            return decimal(value[0]);
          }
        }
      }
    }
    return null;
  }

  /** The number that was written, 1e-12, rather than the float that is nearest to it. */
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
