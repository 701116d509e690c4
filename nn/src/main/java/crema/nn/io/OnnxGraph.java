package crema.nn.io;

import crema.base.IntList;
import crema.nn.InvalidWeightsException;
import crema.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The graph of an ONNX file (https://onnx.ai/onnx/repo-docs/IR.html): its nodes, and its constant tensors as views of
 * the mapped bytes. Subgraphs are not read: no encoder has any.
 */
final class OnnxGraph {
  /** More nodes, names and tensors than any model has: bounds the memory that a hostile file takes. */
  private static final int MOST_ITEMS = 1 << 19;
  private static final int MOST_NUMBERS = 1 << 22;
  private static final int LONGEST_NAME = 1 << 12;
  private static final int MAX_RANK = 32;

  /**
   * An operation.
   *
   * @param inputs the names of values; an empty one is an input that is left out
   * @param attributes the whole numbers among them
   * @param epsilon the attribute of that name, or NaN
   */
  record Node(String op, String name, List<String> inputs, List<String> outputs, Map<String, List<Long>> attributes,
      float epsilon) {
    /** The name of an input; empty if it is left out. */
    String input(int index) {
      return index < inputs.size() ? inputs.get(index) : "";
    }

    long attribute(String key, long otherwise) {
      List<Long> value = attributes.get(key);
      return value == null || value.isEmpty() ? otherwise : value.getFirst();
    }
  }

  private final Path file;
  private final Arena arena;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, StoredTensor> initializers = new LinkedHashMap<>();
  private final Map<String, StoredTensor> constants = new HashMap<>();
  private final Map<String, MemorySegment> externalFiles = new HashMap<>();
  private int items;

  private OnnxGraph(Path file, Arena arena) {
    this.file = file;
    this.arena = arena;
  }

  /**
   * Parses a file.
   *
   * @param arena what files of external data are mapped into
   */
  static OnnxGraph parse(Path file, MemorySegment bytes, Arena arena) throws IOException {
    var graph = new OnnxGraph(file, arena);
    boolean found = false;
    var model = new ProtobufReader(bytes);
    while (model.next()) {
      if (model.field() == 7) {
        graph.read(model.message());
        found = true;
      }
    }
    if (!found) {
      throw new InvalidWeightsException("it has no graph");
    }
    return graph;
  }

  List<Node> nodes() {
    return nodes;
  }

  /** The tensors that the file lists as weights, by name, in its order. */
  Map<String, StoredTensor> initializers() {
    return initializers;
  }

  /** A tensor that is the same for every input: an initializer, or the value of a {@code Constant} node. */
  @Nullable
  StoredTensor constant(String name) {
    StoredTensor initializer = initializers.get(name);
    return initializer == null ? constants.get(name) : initializer;
  }

  /** The values of {@code Constant} nodes, by the name of the node's output. */
  Map<String, StoredTensor> constants() {
    return constants;
  }

  private void count() {
    if (++items > MOST_ITEMS) {
      throw new InvalidWeightsException("it has more than " + MOST_ITEMS + " nodes, names and tensors");
    }
  }

  private void read(ProtobufReader graph) throws IOException {
    while (graph.next()) {
      switch (graph.field()) {
        case 1 -> readNode(graph.message());
        case 5 -> {
          var name = new StringBuilder();
          StoredTensor tensor = tensor(graph.message(), name);
          if (tensor != null && initializers.put(name.toString(), tensor) != null) {
            throw new InvalidWeightsException("it has two tensors named " + name);
          }
        }
        default -> {}
      }
    }
  }

  private void readNode(ProtobufReader node) throws IOException {
    count();
    String op = "";
    String name = "";
    float epsilon = Float.NaN;
    var inputs = new ArrayList<String>(4);
    var outputs = new ArrayList<String>(1);
    var attributes = new HashMap<String, List<Long>>();
    StoredTensor value = null;
    while (node.next()) {
      switch (node.field()) {
        case 1 -> inputs.add(name(node));
        case 2 -> outputs.add(name(node));
        case 3 -> name = name(node);
        case 4 -> op = name(node);
        case 5 -> {
          count();
          ProtobufReader attribute = node.message();
          String key = "";
          float number = Float.NaN;
          var numbers = new ArrayList<Long>(1);
          StoredTensor tensor = null;
          while (attribute.next()) {
            switch (attribute.field()) {
              case 1 -> key = name(attribute);
              case 2 -> number = attribute.floatValue();
              case 3 -> numbers.add(attribute.number());
              case 5 -> tensor = tensor(attribute.message(), new StringBuilder());
              case 8 -> addNumbers(attribute, numbers, MAX_RANK);
              default -> {}
            }
          }
          attributes.put(key, numbers);
          if (key.equals("epsilon")) {
            epsilon = number;
          }
          if (key.equals("value")) {
            value = tensor;
          }
        }
        default -> {}
      }
    }
    if (op.equals("Constant")) {
      if (value != null && !outputs.isEmpty()) {
        constants.put(outputs.getFirst(), value);
      }
    } else {
      nodes.add(new Node(op, name, inputs, outputs, attributes, epsilon));
    }
  }

  private String name(ProtobufReader field) {
    count();
    return field.text(LONGEST_NAME);
  }

  /** Adds one number or packed ones; of more than the limit, the rest is left out. */
  private static void addNumbers(ProtobufReader field, List<Long> numbers, int most) {
    if (!field.isPacked()) {
      if (numbers.size() <= most) {
        numbers.add(field.number());
      }
      return;
    }
    ProtobufReader packed = field.packed();
    while (packed.hasVarint() && numbers.size() <= most) {
      numbers.add(packed.nextVarint());
    }
  }

  /** A tensor; null if it is of a type that no weight has. */
  private @Nullable StoredTensor tensor(ProtobufReader tensor, StringBuilder name) throws IOException {
    count();
    var dims = new ArrayList<Long>(2);
    int dataType = 0;
    boolean external = false;
    MemorySegment raw = null;
    MemorySegment floats = null;
    var numbers = new IntList();
    var location = new HashMap<String, String>();
    while (tensor.next()) {
      switch (tensor.field()) {
        case 1 -> addNumbers(tensor, dims, MAX_RANK);
        case 2 -> dataType = (int) tensor.number();
        case 4 -> floats = tensor.isPacked() ? tensor.bytes() : MemorySegment.ofArray(
            new int[] {(int) tensor.number()});
        case 5 -> readInts(tensor, numbers);
        case 7 -> readInts(tensor, numbers);
        case 8 -> name.append(name(tensor));
        case 9 -> raw = tensor.bytes();
        case 13 -> readEntry(tensor.message(), location);
        case 14 -> external = tensor.number() == 1;
        default -> {}
      }
    }
    StoredType type = type(dataType);
    if (type == null) {
      return null;
    }
    Shape shape = shape(dims, name);
    if (external) {
      raw = external(location, name, Math.multiplyExact(shape.elements(), type.bytes()));
    }
    MemorySegment bytes = raw != null ? raw : floats != null ? floats : encode(numbers, type);
    if (bytes.byteSize() % type.bytes() != 0 || bytes.byteSize() / type.bytes() != shape.elements()) {
      throw new InvalidWeightsException("tensor " + name + " has " + bytes.byteSize() + " bytes, which do not fit "
          + type + " " + shape);
    }
    return StoredTensor.of(type, shape, bytes);
  }

  private static Shape shape(List<Long> dims, CharSequence name) {
    if (dims.size() > MAX_RANK) {
      throw new InvalidWeightsException("tensor " + name + " has more than " + MAX_RANK + " dimensions");
    }
    try {
      return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    } catch (IllegalArgumentException e) {
      throw new InvalidWeightsException("tensor " + name + ": " + e.getMessage(), e);
    }
  }

  /** Numbers that are written one by one are few: scales, zero points, shapes. */
  private static void readInts(ProtobufReader tensor, IntList numbers) {
    if (!tensor.isPacked()) {
      numbers.add((int) tensor.number());
    } else {
      ProtobufReader packed = tensor.packed();
      while (packed.hasVarint() && numbers.size() <= MOST_NUMBERS) {
        numbers.add((int) packed.nextVarint());
      }
    }
    if (numbers.size() > MOST_NUMBERS) {
      throw new InvalidWeightsException("it has a tensor of more than " + MOST_NUMBERS + " numbers one by one");
    }
  }

  private static MemorySegment encode(IntList numbers, StoredType type) {
    var bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(numbers.size(), type.bytes())]);
    for (int i = 0; i < numbers.size(); i++) {
      long at = (long) i * type.bytes();
      switch (type.bytes()) {
        case 1 -> bytes.set(ValueLayout.JAVA_BYTE, at, (byte) numbers.get(i));
        case 2 -> bytes.set(StoredType.SHORT, at, (short) numbers.get(i));
        case 4 -> bytes.set(StoredType.INT, at, numbers.get(i));
        default -> bytes.set(StoredType.LONG, at, numbers.get(i));
      }
    }
    return bytes;
  }

  private void readEntry(ProtobufReader entry, Map<String, String> entries) {
    String key = "";
    String value = "";
    while (entry.next()) {
      switch (entry.field()) {
        case 1 -> key = name(entry);
        case 2 -> value = name(entry);
        default -> {}
      }
    }
    entries.put(key, value);
  }

  /** The bytes of a tensor in a file beside the model: a plain name, no path and no link. */
  private MemorySegment external(Map<String, String> entry, CharSequence name, long needed) throws IOException {
    String location = entry.getOrDefault("location", "");
    if (!SiblingFile.isPlainName(location)) {
      throw new InvalidWeightsException("tensor " + name + " is said to be in '" + location
          + "', which is not the name of a file beside the model");
    }
    MemorySegment mapped = externalFiles.get(location);
    if (mapped == null) {
      Path data = file.resolveSibling(location);
      if (!Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)) {
        throw new InvalidWeightsException("tensor " + name + " is said to be in " + data + ", which is "
            + (Files.isSymbolicLink(data) ? "a link: copy the file" : "not there: copy it beside the model"));
      }
      try (var channel = FileChannel.open(data, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      }
      externalFiles.put(location, mapped);
    }
    long offset = number(entry, "offset", 0, name);
    long length = number(entry, "length", needed, name);
    if (length != needed || offset > mapped.byteSize() - length) {
      throw new InvalidWeightsException("tensor " + name + " needs " + needed + " bytes and is said to be " + length
          + " bytes at " + offset + " of " + location + ", which has " + mapped.byteSize());
    }
    return mapped.asSlice(offset, length);
  }

  private static long number(Map<String, String> entry, String key, long otherwise, CharSequence name) {
    String text = entry.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new InvalidWeightsException("tensor " + name + " has the " + key + " '" + text + "'");
  }

  private static @Nullable StoredType type(int dataType) {
    return switch (dataType) {
      case 1 -> StoredType.F32;
      case 2 -> StoredType.U8;
      case 3 -> StoredType.I8;
      case 5 -> StoredType.I16;
      case 6 -> StoredType.I32;
      case 7 -> StoredType.I64;
      case 9 -> StoredType.BOOL;
      case 10 -> StoredType.F16;
      case 11 -> StoredType.F64;
      case 16 -> StoredType.BF16;
      default -> null;
    };
  }
}
