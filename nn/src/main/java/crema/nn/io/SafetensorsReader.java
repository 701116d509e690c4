package crema.nn.io;

import crema.base.ByteSource;
import crema.nn.InvalidWeightsException;
import crema.nn.Weights;
import crema.tensor.DType;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A safetensors file (Hugging Face's format), mapped into memory: what is not read costs nothing.
 *
 * <p>Layout: the header's length as 8 bytes, little-endian; the header, a JSON object from names to
 * {@code {"dtype", "shape", "data_offsets"}}; the tensors' bytes. The file is untrusted: opening it checks all of that
 * and allocates no more than the header's size asks for.
 */
public final class SafetensorsReader implements Weights, AutoCloseable {
  private static final int CHUNK = 1 << 14;

  private final ByteSource path;
  private final Arena arena;
  private final MemorySegment data;
  private final SafetensorsHeader header;

  private SafetensorsReader(ByteSource path, Arena arena, MemorySegment data, SafetensorsHeader header) {
    this.path = path;
    this.arena = arena;
    this.data = data;
    this.header = header;
  }

  /**
   * Opens a file.
   *
   * @throws IOException when it cannot be read
   * @throws InvalidWeightsException when it is malformed; the message names the file and what is wrong
   */
  public static SafetensorsReader open(Path path) throws IOException {
    return open(ByteSource.of(path));
  }

  /**
   * Opens a file, or a part of one that is a whole safetensors file.
   *
   * @throws IOException when it cannot be read
   * @throws InvalidWeightsException when it is malformed; the message names the file and what is wrong
   */
  public static SafetensorsReader open(ByteSource path) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment file = path.map(arena);
      long headerBytes = headerBytes(file);
      long start = Long.BYTES + headerBytes;
      byte[] json = file.asSlice(Long.BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
      MemorySegment data = file.asSlice(start);
      return new SafetensorsReader(path, arena, data, SafetensorsHeader.parse(json, data.byteSize()));
    } catch (InvalidWeightsException e) {
      arena.close();
      throw new InvalidWeightsException(path + " is not a valid safetensors file: " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static long headerBytes(MemorySegment file) {
    if (file.byteSize() < Long.BYTES) {
      throw new InvalidWeightsException("it has " + file.byteSize() + " bytes, too few for a header");
    }
    long bytes = file.get(StoredType.LONG, 0);
    if (bytes < 0 || bytes > file.byteSize() - Long.BYTES || bytes > SafetensorsHeader.MAX_BYTES) {
      throw new InvalidWeightsException("it claims a header of " + Long.toUnsignedString(bytes) + " bytes, but is "
          + file.byteSize() + " bytes long");
    }
    return bytes;
  }

  /** Where each tensor is, by name, in the header's order. */
  public Map<String, StoredTensor> tensors() {
    return Collections.unmodifiableMap(header.tensors());
  }

  /** Free texts that the writer added. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  @Override
  public Map<String, Shape> shapes() {
    var shapes = new LinkedHashMap<String, Shape>();
    header.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  /**
   * The bytes of a tensor, little-endian, read from the file as they are touched; valid until {@link #close}.
   *
   * @throws InvalidWeightsException when the file has no tensor of that name
   */
  public MemorySegment bytes(String name) {
    StoredTensor tensor = tensor(name);
    return data.asSlice(tensor.begin(), tensor.end() - tensor.begin());
  }

  @Override
  public void read(String name, Tensor target) {
    if (!tensor(name).shape().equals(target.shape())) {
      throw new InvalidWeightsException("tensor " + name + " of " + path + " is " + tensor(name).shape()
          + " but should be " + target.shape());
    }
    read(name, 0, target);
  }

  /**
   * Copies some elements, converting them to the target's type; used with {@code fromRow · columns}, some rows.
   *
   * @param firstElement where to start in the tensor
   * @param target receives {@code target.elements()} elements; F32, F64 or I32
   */
  public void read(String name, long firstElement, Tensor target) {
    StoredTensor tensor = tensor(name);
    if (firstElement < 0 || firstElement > tensor.shape().elements() - target.elements()) {
      throw new IndexOutOfBoundsException(target.elements() + " elements from " + firstElement + " of tensor " + name
          + " " + tensor.shape());
    }
    MemorySegment stored = bytes(name).asSlice(firstElement * tensor.dtype().bytes());
    if (tensor.dtype().name().equals(target.dtype().name()) && SafetensorsWriter.LITTLE_ENDIAN) {
      target.storage().write(target.offset(), stored.asSlice(0, target.bytes()));
      return;
    }
    MemorySegment chunk = host(target.dtype());
    for (long at = 0; at < target.elements(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, target.elements() - at);
      convert(tensor.dtype(), stored.asSlice(at * tensor.dtype().bytes()), count, target.dtype(), chunk);
      target.storage().write(target.offset() + at, chunk.asSlice(0, (long) count * target.dtype().bytes()));
    }
  }

  private static MemorySegment host(DType dtype) {
    return switch (dtype) {
      case F32 -> MemorySegment.ofArray(new float[CHUNK]);
      case F64 -> MemorySegment.ofArray(new double[CHUNK]);
      case I32 -> MemorySegment.ofArray(new int[CHUNK]);
      case BF16, F16, I8 -> throw new IllegalArgumentException("weights cannot be converted to " + dtype);
    };
  }

  private static void convert(StoredType from, MemorySegment source, int count, DType to, MemorySegment target) {
    switch (to) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          target.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) from.toDouble(source, i));
        }
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          target.setAtIndex(ValueLayout.JAVA_DOUBLE, i, from.toDouble(source, i));
        }
      }
      case I32, BF16, F16, I8 -> {
        for (int i = 0; i < count; i++) {
          long value = from.toLong(source, i);
          if (value != (int) value) {
            throw new InvalidWeightsException("the file holds " + value + ", which does not fit " + to);
          }
          target.setAtIndex(ValueLayout.JAVA_INT, i, (int) value);
        }
      }
    }
  }

  private StoredTensor tensor(String name) {
    StoredTensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new InvalidWeightsException(path + " has no tensor named " + name);
    }
    return tensor;
  }

  /** Unmaps the file; segments that {@link #bytes} gave are no longer valid. */
  @Override
  public void close() {
    arena.close();
  }
}
