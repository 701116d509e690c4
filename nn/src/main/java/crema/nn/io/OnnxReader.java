package crema.nn.io;

import crema.base.ByteSource;
import crema.nn.InvalidWeightsException;
import crema.nn.io.OnnxGraph.Node;
import crema.nn.io.StoredTensor.Quantization;
import crema.tensor.DType;
import crema.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the weights of a model in its ONNX graph, under the names of its state dict. Exporters keep these names for
 * embeddings, norms and biases; the weights of linear layers become anonymous matrices {@code [in, out]}, whose names
 * follow from the node that multiplies by them ({@code /encoder/layer.0/output/dense/MatMul}) and from the bias that is
 * added to the product. Both are used, and must agree. A matrix that no rule names is an error.
 */
final class OnnxReader {
  /** A name of a state dict: modules and a parameter, divided by dots. */
  private static final Pattern STATE_DICT_NAME = Pattern.compile("[A-Za-z_]\\w*(\\.\\w+)+");

  /** What quantization makes of a name. */
  private static final Pattern QUANTIZED = Pattern.compile("(.+)_quantized");
  private static final Pattern QUANTIZATION = Pattern.compile(".+(_quantized|_scale|_zero_point)");

  /** A layer that makes query, key and value at once, and is called so in its state dict too. */
  private static final Pattern FUSED_BY_NAME = Pattern.compile("(.*\\.)?(\\w*[Qq][Kk][Vv]\\w*|c_attn|in_proj)");

  /** A path in a node's name ends before the operation and a number: {@code MatMul_1}. */
  private static final Pattern NODE_PATH = Pattern.compile("/(.+)/[^/]+");

  /** How far the bias may be from the product: a quantized one is cast and scaled first. */
  private static final int STEPS_TO_BIAS = 3;

  /** How many nodes may lie between a weight and its use: casts, transpositions. */
  private static final int DEEPEST_WEIGHT = 8;

  private static final List<String> FUSED = List.of("query", "key", "value");

  private final OnnxGraph graph;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> consumers = new HashMap<>();
  private final Map<String, StoredTensor> found = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();
  /** The output of each linear layer, by the name of its weight. */
  private final Map<String, String> outputs = new HashMap<>();

  private OnnxReader(OnnxGraph graph) {
    this.graph = graph;
  }

  /**
   * Parses a file.
   *
   * @throws InvalidWeightsException when it is malformed or has a weight that cannot be named
   */
  static StoredContents parse(Path file, Arena arena) throws IOException {
    var reader = new OnnxReader(OnnxGraph.parse(file, ByteSource.of(file).map(arena), arena));
    reader.walk();
    return new StoredContents(reader.found, Map.of(), new OnnxConfig(reader).values());
  }

  /** The tensors that were found, by their names in the state dict. */
  Map<String, StoredTensor> found() {
    return found;
  }

  @Nullable
  StoredTensor constant(String name) {
    return graph.constant(name);
  }

  List<Node> nodes() {
    return graph.nodes();
  }

  /** The value that a linear layer makes, its bias included. */
  @Nullable
  String output(String weight) {
    return outputs.get(weight);
  }

  @Nullable
  Node producer(String value) {
    return producers.get(value);
  }

  List<Node> consumers(String value) {
    return consumers.getOrDefault(value, List.of());
  }

  private void walk() {
    for (Node node : graph.nodes()) {
      node.outputs().forEach(output -> producers.put(output, node));
      for (String input : node.inputs()) {
        if (!input.isEmpty()) {
          consumers.computeIfAbsent(input, name -> new ArrayList<>(1)).add(node);
        }
      }
    }
    Set<String> weightInputs = new HashSet<>();
    for (Node node : graph.nodes()) {
      switch (node.op()) {
        case "MatMul", "MatMulInteger", "Gemm", "DynamicQuantizeMatMul" -> weightInputs.add(node.input(1));
        default -> {}
      }
    }
    keepNamed(weightInputs);
    for (Node node : graph.nodes()) {
      switch (node.op()) {
        case "MatMul" -> linear(node, weight(node.input(1), 0), "");
        case "Gemm" -> gemm(node);
        case "MatMulInteger" -> {
          StoredTensor weight = graph.constant(node.input(1));
          linear(node, weight == null ? null : quantized(node.input(1), weight, 1), "");
        }
        case "DynamicQuantizeMatMul" -> {
          StoredTensor weight = graph.constant(node.input(1));
          linear(node, weight == null ? null
              : dequantize(node.input(1), weight, node.input(2), node.input(3), 1), node.input(4));
        }
        case "Attention" -> attention(node);
        case "Conv", "Gather" -> constantWeight(node);
        default -> {}
      }
    }
    requireAllUsed();
  }

  /** Rule 1: what has a name of a state dict keeps it; quantized ones are found by theirs. */
  private void keepNamed(Set<String> weightInputs) {
    graph.initializers().forEach((name, tensor) -> {
      var quantized = QUANTIZED.matcher(name);
      if (quantized.matches() && STATE_DICT_NAME.matcher(quantized.group(1)).matches()
          && !weightInputs.contains(name)) {
        put(quantized.group(1), quantized(name, tensor, 0));
      } else if (isStateDictName(name) && !(weightInputs.contains(name) && name.endsWith(".weight"))) {
        used.add(name);
        put(name, tensor);
      }
    });
  }

  private void put(String name, StoredTensor tensor) {
    StoredTensor before = found.put(name, tensor);
    if (before != null && !before.shape().equals(tensor.shape())) {
      throw new InvalidWeightsException("it has two tensors " + name + ", of the shapes " + before.shape() + " and "
          + tensor.shape());
    }
  }

  /** Rule 4: kernels and tables, also those of {@code Constant} nodes, as they are. */
  private void constantWeight(Node node) {
    int index = node.op().equals("Conv") ? 1 : 0;
    String name = node.input(index);
    StoredTensor tensor = graph.constants().get(name);
    if (tensor != null && !tensor.type().isInteger() && tensor.shape().rank() > 1) {
      put(name, tensor);
    }
  }

  /** The matrix that an input is, after transpositions, casts and dequantization; null if it depends on the input. */
  private @Nullable StoredTensor weight(String input, int depth) {
    StoredTensor constant = graph.constant(input);
    if (constant != null) {
      used.add(input);
      return constant;
    }
    Node producer = producers.get(input);
    if (producer == null || depth == DEEPEST_WEIGHT) {
      return null;
    }
    return switch (producer.op()) {
      case "Transpose" -> {
        StoredTensor source = weight(producer.input(0), depth + 1);
        if (source == null || source.shape().rank() != 2) {
          yield null;
        }
        yield producer.attribute("perm", 1) == 1 ? source.transposed() : source;
      }
      case "Cast", "Identity" -> weight(producer.input(0), depth + 1);
      case "DequantizeLinear" -> {
        StoredTensor stored = graph.constant(producer.input(0));
        yield stored == null ? null : dequantize(producer.input(0), stored, producer.input(1), producer.input(2),
            (int) Math.clamp(producer.attribute("axis", 1), 0, 1));
      }
      default -> null;
    };
  }

  /** A quantized tensor whose scale and zero point have names like its own. */
  private StoredTensor quantized(String name, StoredTensor tensor, int dimension) {
    var matcher = QUANTIZED.matcher(name);
    if (!matcher.matches()) {
      throw new InvalidWeightsException("the scale of the quantized tensor " + name + " cannot be found");
    }
    return dequantize(name, tensor, matcher.group(1) + "_scale", matcher.group(1) + "_zero_point", dimension);
  }

  private StoredTensor dequantize(String name, StoredTensor tensor, String scale, String zeroPoint, int dimension) {
    StoredTensor scales = graph.constant(scale);
    StoredTensor zeroPoints = graph.constant(zeroPoint);
    if (!tensor.type().isInteger() || tensor.type() == StoredType.BOOL) {
      throw new InvalidWeightsException("tensor " + name + " is said to be quantized and is " + tensor.type());
    }
    if (scales == null || scales.type().isInteger()) {
      throw new InvalidWeightsException("the scale of the quantized tensor " + name + " cannot be found");
    }
    used.add(name);
    used.add(scale);
    used.add(zeroPoint);
    int count = Math.toIntExact(Math.min(scales.shape().elements(), Integer.MAX_VALUE - 16));
    var factors = new float[count];
    scales.copy(0, count, DType.F32, MemorySegment.ofArray(factors));
    var zeros = new int[count];
    if (zeroPoints != null) {
      if (zeroPoints.shape().elements() != count || !zeroPoints.type().isInteger()) {
        throw new InvalidWeightsException("tensor " + name + " has " + count + " scales and "
            + zeroPoints.shape().elements() + " zero points");
      }
      zeroPoints.copy(0, count, DType.I32, MemorySegment.ofArray(zeros));
    }
    return tensor.dequantized(new Quantization(factors, zeros, dimension));
  }

  private void gemm(Node node) {
    StoredTensor weight = weight(node.input(1), 0);
    if (weight != null) {
      linear(node, node.attribute("transB", 0) == 1 ? weight.transposed() : weight, node.input(2));
    }
  }

  /**
   * A product with a matrix: rules 2, 3 and 5.
   *
   * @param weight {@code [in, out]}; null if both operands depend on the model's input
   * @param ownBias the name of a bias that the node itself adds, or an empty text
   */
  private void linear(Node node, @Nullable StoredTensor weight, String ownBias) {
    if (weight == null || weight.shape().rank() != 2) {
      return;
    }
    Bias bias = ownBias.isEmpty() ? bias(node) : new Bias(ownBias, node.outputs().getFirst());
    String own = node.input(1);
    if (graph.constant(own) == null) {
      String source = source(own);
      if (found.containsKey(source)) {
        // It has its name already; a decoder that is tied to the embeddings has theirs.
        outputs.putIfAbsent(source, bias.output);
        return;
      }
    } else if (isStateDictName(own)) {
      put(own, own.endsWith(".weight") ? weight.transposed() : weight);
      outputs.putIfAbsent(own, bias.output);
      return;
    }
    String path = path(node);
    String named = bias.name.endsWith(".bias") ? bias.name.substring(0, bias.name.length() - ".bias".length()) : null;
    if (path != null && named != null && !path.equals(named)) {
      throw new InvalidWeightsException("the weight " + own + " is " + path + ".weight by its node and " + named
          + ".weight by its bias");
    }
    String module = named != null ? named : path;
    if (module == null) {
      if (!graph.constants().containsKey(own)) {
        throw new InvalidWeightsException("the weight " + own + " " + weight.shape() + " has no name: node '"
            + node.name() + "' has no path, and its product no bias with a name");
      }
      put(own, weight);
    } else if (named == null && weight.shape().extent(1) == 3 * weight.shape().extent(0)
        && !FUSED_BY_NAME.matcher(module).matches() && splitsInThree(bias.output)) {
      StoredTensor anonymous = bias.name.isEmpty() ? null : graph.constant(bias.name);
      used.add(bias.name);
      cut(module, weight.transposed(), anonymous);
    } else {
      put(module + ".weight", weight.transposed());
      outputs.putIfAbsent(module + ".weight", bias.output);
      StoredTensor anonymous = bias.name.isEmpty() || named != null ? null : graph.constant(bias.name);
      if (anonymous != null && anonymous.shape().equals(Shape.of(weight.shape().extent(1)))) {
        used.add(bias.name);
        put(module + ".bias", anonymous);
      }
    }
  }

  private static boolean isStateDictName(String name) {
    return STATE_DICT_NAME.matcher(name).matches() && !QUANTIZATION.matcher(name).matches();
  }

  /** The constant that an input comes from, after transpositions and casts. */
  private String source(String input) {
    String name = input;
    for (int depth = 0; depth < DEEPEST_WEIGHT && graph.constant(name) == null; depth++) {
      Node producer = producers.get(name);
      if (producer == null) {
        break;
      }
      name = producer.input(0);
    }
    return name;
  }

  /**
   * What is added to a product.
   *
   * @param name the bias; empty if there is none
   * @param output the value after it
   */
  private record Bias(String name, String output) {}

  private Bias bias(Node product) {
    String value = product.outputs().isEmpty() ? "" : product.outputs().getFirst();
    for (int step = 0; step < STEPS_TO_BIAS; step++) {
      List<Node> next = consumers(value);
      for (Node node : next) {
        String name = biasInput(node, value);
        if (name != null) {
          return new Bias(name, node.outputs().getFirst());
        }
      }
      if (next.size() != 1 || next.getFirst().outputs().isEmpty()
          || !next.getFirst().op().equals("Cast") && !next.getFirst().op().equals("Mul")) {
        break;
      }
      value = next.getFirst().outputs().getFirst();
    }
    return new Bias("", value);
  }

  /** The constant vector that a node adds to a value: its first or second input, or the last of a fused norm. */
  private @Nullable String biasInput(Node node, String value) {
    List<String> candidates = switch (node.op()) {
      case "Add", "BiasGelu", "FastGelu" -> List.of(node.input(0), node.input(1));
      case "SkipLayerNormalization" -> List.of(node.input(4));
      default -> List.of();
    };
    for (String name : candidates) {
      StoredTensor tensor = name.isEmpty() || name.equals(value) ? null : graph.constant(name);
      if (tensor != null && tensor.shape().rank() == 1 && !node.outputs().isEmpty()) {
        return name;
      }
    }
    return null;
  }

  private static @Nullable String path(Node node) {
    var matcher = NODE_PATH.matcher(node.name());
    return matcher.matches() ? matcher.group(1).replace('/', '.') : null;
  }

  private boolean splitsInThree(String value) {
    List<Node> next = consumers(value);
    return next.stream().anyMatch(node -> node.op().equals("Split") && node.outputs().size() == 3)
        || next.stream().filter(node -> node.op().equals("Slice")).count() == 3;
  }

  /** {@code com.microsoft.Attention}: {@code [in, 3 · out]} and a bias {@code [3 · out]}: query, key, value. */
  private void attention(Node node) {
    StoredTensor weight = weight(node.input(1), 0);
    if (weight == null) {
      return;
    }
    StoredTensor bias = graph.constant(node.input(2));
    used.add(node.input(2));
    String output = node.outputs().isEmpty() ? "" : node.outputs().getFirst();
    for (Node next : consumers(output)) {
      String name = bias(next).name;
      if (name.endsWith(".output.dense.bias")) {
        String module = name.substring(0, name.length() - ".output.dense.bias".length()) + ".self";
        cut(module, weight.transposed(), bias);
        return;
      }
    }
    throw new InvalidWeightsException("the weight " + node.input(1) + " has no name: the layer after the attention '"
        + node.name() + "' has no bias named ….output.dense.bias");
  }

  private void cut(String module, StoredTensor weight, @Nullable StoredTensor bias) {
    long rows = weight.shape().extent(0) / 3;
    if (weight.shape().extent(0) % 3 != 0 || bias != null && !bias.shape().equals(Shape.of(3 * rows))) {
      throw new InvalidWeightsException("the weight " + module + " " + weight.shape()
          + " cannot be cut into query, key and value");
    }
    for (int i = 0; i < FUSED.size(); i++) {
      String part = module + "." + FUSED.get(i);
      put(part + ".weight", weight.rows(i * rows, (i + 1) * rows));
      if (bias != null) {
        put(part + ".bias", bias.rows(i * rows, (i + 1) * rows));
      }
    }
  }

  /** Rule 6. Scalars and whole numbers are part of the computation, not weights. */
  private void requireAllUsed() {
    graph.initializers().forEach((name, tensor) -> {
      if (!used.contains(name) && !tensor.type().isInteger() && tensor.shape().elements() > 1) {
        throw new InvalidWeightsException("the tensor " + name + " " + tensor.shape()
            + " is used in a way that is not known, so that its place in the model cannot be told");
      }
    });
    if (found.isEmpty()) {
      throw new InvalidWeightsException("it has no weights");
    }
  }
}
