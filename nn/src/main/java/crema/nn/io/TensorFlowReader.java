package crema.nn.io;

import crema.base.ByteSource;
import crema.nn.InvalidWeightsException;
import crema.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a checkpoint of TensorFlow: an index, which is a {@linkplain LevelDbTable LevelDB table} of
 * {@code BundleEntryProto}s by name, and {@code .data-<shard>-of-<shards>} files beside it. BERT's names become those of
 * Hugging Face: {@code bert/encoder/layer_0/output/dense/kernel} is {@code bert.encoder.layer.0.output.dense.weight},
 * transposed.
 */
final class TensorFlowReader {
  /** What an index ends with. */
  static final String MAGIC = "\u0057\u00fb\u0080\u008b\u0024\u0075\u0047\u00db";

  private static final String INDEX = ".index";
  private static final int MAX_RANK = 32;
  private static final long LARGEST_INDEX = 1L << 26;

  /** What training leaves beside the weights. */
  private static final Pattern NOT_A_WEIGHT =
      Pattern
          .compile("(.*/)?(adam_[mv]|Adam(_\\d+)?|global_step|beta[12]_power|save_counter|_CHECKPOINTABLE_OBJECT_GRAPH"
              + "|.*OPTIMIZER_SLOT.*)(/.*)?");
  private static final Pattern LAYER = Pattern.compile("layer_(\\d+)");

  private final Path index;
  private final Arena arena;
  private final Map<Long, MemorySegment> shards = new HashMap<>();
  private long shardCount = 1;

  private TensorFlowReader(Path index, Arena arena) {
    this.index = index;
    this.arena = arena;
  }

  static StoredContents parse(Path index, Arena arena) throws IOException {
    if (Files.size(index) > LARGEST_INDEX) {
      throw new InvalidWeightsException("it has " + Files.size(index) + " bytes, and an index fewer");
    }
    return new TensorFlowReader(index, arena).read(LevelDbTable.read(ByteSource.of(index).map(arena)));
  }

  private StoredContents read(Map<String, MemorySegment> entries) throws IOException {
    MemorySegment header = entries.get("");
    if (header == null) {
      throw new InvalidWeightsException("it has no header");
    }
    readHeader(new ProtobufReader(header));
    var tensors = new LinkedHashMap<String, StoredTensor>();
    for (Map.Entry<String, MemorySegment> entry : entries.entrySet()) {
      String name = entry.getKey();
      if (name.isEmpty() || NOT_A_WEIGHT.matcher(name).matches()) {
        continue;
      }
      StoredTensor tensor = tensor(name, new ProtobufReader(entry.getValue()));
      if (tensor != null) {
        boolean isKernel = name.endsWith("/kernel") && tensor.shape().rank() == 2;
        if (tensors.put(stateDictName(name), isKernel ? tensor.transposed() : tensor) != null) {
          throw new InvalidWeightsException("it has two tensors for " + stateDictName(name));
        }
      }
    }
    if (tensors.isEmpty()) {
      throw new InvalidWeightsException("it has no weights");
    }
    return new StoredContents(tensors);
  }

  private void readHeader(ProtobufReader header) {
    while (header.next()) {
      switch (header.field()) {
        case 1 -> shardCount = header.number();
        case 2 -> {
          if (header.number() != 0) {
            throw new InvalidWeightsException("it is big-endian, which is not supported");
          }
        }
        default -> {}
      }
    }
  }

  /** A tensor; null if it is of a type that no weight has. */
  private @Nullable StoredTensor tensor(String name, ProtobufReader entry) throws IOException {
    int dtype = 0;
    long shard = 0;
    long offset = 0;
    long size = 0;
    var extents = new ArrayList<Long>();
    while (entry.next()) {
      switch (entry.field()) {
        case 1 -> dtype = (int) entry.number();
        case 2 -> readShape(entry.message(), extents);
        case 3 -> shard = entry.number();
        case 4 -> offset = entry.number();
        case 5 -> size = entry.number();
        case 7 -> throw new InvalidWeightsException("tensor " + name + " is in slices, which is not supported");
        default -> {}
      }
    }
    StoredType type = type(dtype);
    if (type == null) {
      return null;
    }
    if (extents.size() > MAX_RANK) {
      throw new InvalidWeightsException("tensor " + name + " has more than " + MAX_RANK + " dimensions");
    }
    Shape shape;
    try {
      shape = Shape.of(extents.stream().mapToLong(Long::longValue).toArray());
    } catch (IllegalArgumentException e) {
      throw new InvalidWeightsException("tensor " + name + ": " + e.getMessage(), e);
    }
    MemorySegment bytes = shard(shard);
    if (offset < 0 || size < 0 || size > bytes.byteSize() - offset || size % type.bytes() != 0
        || size / type.bytes() != shape.elements()) {
      throw new InvalidWeightsException("tensor " + name + " has " + size + " bytes at " + offset + " of "
          + bytes.byteSize() + ", which do not fit " + type + " " + shape);
    }
    return StoredTensor.of(type, shape, bytes.asSlice(offset, size));
  }

  private static void readShape(ProtobufReader shape, List<Long> extents) {
    while (shape.next()) {
      if (shape.field() == 2 && extents.size() <= MAX_RANK) {
        ProtobufReader dimension = shape.message();
        long extent = 0;
        while (dimension.next()) {
          if (dimension.field() == 1) {
            extent = dimension.number();
          }
        }
        extents.add(extent);
      }
    }
  }

  private MemorySegment shard(long number) throws IOException {
    MemorySegment mapped = shards.get(number);
    if (mapped == null) {
      if (number < 0 || number >= shardCount || shardCount > 99_999) {
        throw new InvalidWeightsException("it refers to shard " + number + " of " + shardCount);
      }
      String name = String.valueOf(index.getFileName());
      Path file = index.resolveSibling((name.endsWith(INDEX) ? name.substring(0, name.length() - INDEX.length()) : name)
          + String.format(Locale.ROOT, ".data-%05d-of-%05d", number, shardCount));
      if (!Files.isRegularFile(file)) {
        throw new InvalidWeightsException("its data should be in " + file + ", which is not there");
      }
      mapped = ByteSource.of(file).map(arena);
      shards.put(number, mapped);
    }
    return mapped;
  }

  /** The name that Hugging Face has for a variable of BERT. */
  static String stateDictName(String variable) {
    var parts = new ArrayList<String>();
    for (String part : variable.split("/", -1)) {
      var layer = LAYER.matcher(part);
      if (layer.matches()) {
        parts.add("layer");
        parts.add(layer.group(1));
      } else {
        parts.add(part);
      }
    }
    if (parts.size() > 1 && parts.getFirst().equals("module")) {
      parts.removeFirst();
    }
    String leaf = parts.removeLast();
    switch (leaf) {
      case "kernel", "gamma", "output_weights" -> parts.add("weight");
      case "beta", "output_bias" -> parts.add("bias");
      default -> {
        parts.add(leaf);
        if (leaf.endsWith("_embeddings")) {
          parts.add("weight");
        }
      }
    }
    return String.join(".", parts);
  }

  private static @Nullable StoredType type(int dtype) {
    return switch (dtype) {
      case 1 -> StoredType.F32;
      case 2 -> StoredType.F64;
      case 3 -> StoredType.I32;
      case 9 -> StoredType.I64;
      case 14 -> StoredType.BF16;
      case 19 -> StoredType.F16;
      default -> null;
    };
  }
}
