package crema.nn.io;

import crema.base.ByteSource;
import crema.nn.InvalidWeightsException;
import crema.nn.io.Pickle.Dictionary;
import crema.nn.io.Pickle.Tensor;
import crema.nn.io.Pickle.Value;
import crema.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code torch.save} makes of a state dict since PyTorch 1.6: a zip archive with a {@linkplain Pickle pickle}
 * {@code data.pkl} and an entry {@code data/<key>} for each run of numbers, of which tensors are views with strides.
 */
final class PyTorchReader {
  private static final String PICKLE = "/data.pkl";
  /** The pickle of a state dict has some 100 bytes a tensor. */
  private static final long LARGEST_PICKLE = 1L << 24;
  private static final int MAX_RANK = 32;

  /** Where programs put the state dict of a model beside other things. */
  private static final List<String> NESTED = List.of("state_dict", "model_state_dict", "model");

  private final Map<String, MemorySegment> entries;
  private final String folder;
  private final ByteOrder order;

  private PyTorchReader(Map<String, MemorySegment> entries) {
    this.entries = entries;
    List<String> pickles = entries.keySet().stream()
        .filter(name -> name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()).toList();
    if (pickles.size() != 1) {
      throw new InvalidWeightsException("it has " + (pickles.isEmpty() ? "no" : "more than one") + " data.pkl: it is "
          + "not a file of torch.save");
    }
    folder = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length() + 1);
    order = order();
  }

  static StoredContents parse(Path file, Arena arena) throws IOException {
    return new StoredContents(new PyTorchReader(ZipDirectory.of(ByteSource.of(file).map(arena))).tensors());
  }

  private ByteOrder order() {
    MemorySegment entry = entries.get(folder + "byteorder");
    if (entry == null) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    String text = entry.byteSize() > 16 ? "" : new String(entry.toArray(ValueLayout.JAVA_BYTE),
        StandardCharsets.US_ASCII);
    return switch (text) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default -> throw new InvalidWeightsException("its byteorder is '" + text + "'");
    };
  }

  private Map<String, StoredTensor> tensors() {
    MemorySegment program = entry("data.pkl");
    if (program.byteSize() > LARGEST_PICKLE) {
      throw new InvalidWeightsException("its data.pkl has " + program.byteSize() + " bytes, and a state dict fewer");
    }
    Map<String, StoredTensor> tensors = tensors(Pickle.read(program.toArray(ValueLayout.JAVA_BYTE)));
    if (tensors.isEmpty()) {
      throw new InvalidWeightsException("it has no tensors: it is not a state dict");
    }
    return tensors;
  }

  private Map<String, StoredTensor> tensors(Value root) {
    var tensors = new LinkedHashMap<String, StoredTensor>();
    if (!(root instanceof Dictionary dictionary)) {
      return tensors;
    }
    dictionary.entries().forEach((name, value) -> {
      if (value instanceof Tensor tensor) {
        tensors.put(name, tensor(name, tensor));
      }
    });
    for (String key : NESTED) {
      if (tensors.isEmpty() && dictionary.entries().get(key) instanceof Dictionary inner && inner != dictionary) {
        inner.entries().forEach((name, value) -> {
          if (value instanceof Tensor tensor) {
            tensors.put(name, tensor(name, tensor));
          }
        });
      }
    }
    return tensors;
  }

  private StoredTensor tensor(String name, Tensor tensor) {
    StoredType type = type(tensor.storage().type());
    if (type == null) {
      throw new InvalidWeightsException("tensor " + name + " has the type " + tensor.storage().type()
          + ", which is not supported");
    }
    if (tensor.extents().length != tensor.strides().length || tensor.extents().length > MAX_RANK) {
      throw new InvalidWeightsException("tensor " + name + " has " + tensor.extents().length + " dimensions and "
          + tensor.strides().length + " strides");
    }
    MemorySegment numbers = entry("data/" + tensor.storage().key());
    long elements = numbers.byteSize() / type.bytes();
    if (tensor.storage().elements() != elements || numbers.byteSize() % type.bytes() != 0) {
      throw new InvalidWeightsException("tensor " + name + " needs " + tensor.storage().elements()
          + " numbers of the type " + type + ", but " + numbers.byteSize() + " bytes are stored");
    }
    if (tensor.offset() < 0 || tensor.offset() > elements) {
      throw new InvalidWeightsException("tensor " + name + " starts at number " + tensor.offset() + " of " + elements);
    }
    try {
      return StoredTensor.strided(type, order, Shape.of(tensor.extents()), tensor.strides(),
          numbers.asSlice(tensor.offset() * type.bytes()));
    } catch (InvalidWeightsException | IllegalArgumentException e) {
      throw new InvalidWeightsException("tensor " + name + ": " + e.getMessage(), e);
    }
  }

  private MemorySegment entry(String name) {
    MemorySegment entry = entries.get(folder + name);
    if (entry == null) {
      throw new InvalidWeightsException("it has no entry " + folder + name);
    }
    return entry;
  }

  private static @Nullable StoredType type(String storage) {
    return switch (storage) {
      case "Float" -> StoredType.F32;
      case "Double" -> StoredType.F64;
      case "Half" -> StoredType.F16;
      case "BFloat16" -> StoredType.BF16;
      case "Long" -> StoredType.I64;
      case "Int" -> StoredType.I32;
      case "Short" -> StoredType.I16;
      case "Char" -> StoredType.I8;
      case "Byte" -> StoredType.U8;
      case "Bool" -> StoredType.BOOL;
      default -> null;
    };
  }
}
