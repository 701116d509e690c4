package crema.nn.io;

import crema.nn.InvalidWeightsException;
import crema.nn.Weights;
import crema.tensor.DType;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Weights in one or several files, mapped into memory: what is not read costs nothing, and pages that were read are
 * given back. The files are untrusted: opening them checks every length before anything is allocated.
 */
public final class StoredWeights implements Weights, AutoCloseable {
  /** How many elements are converted at once. */
  private static final int CHUNK = 1 << 14;

  /** How many bytes are copied before their pages are given back. */
  private static final long UNLOAD_BYTES = 1L << 24;

  /** How many bytes before one that is touched may be mapped with it. */
  private static final long MAPPED_AROUND = 1L << 20;

  private final String name;
  private final WeightFormat format;
  private final Arena arena;
  private final Map<String, StoredTensor> tensors;
  private final Map<String, String> metadata;
  private final Map<String, Object> config;
  /** Room for numbers that are converted, kept from one tensor to the next. */
  private final AtomicReference<long @Nullable []> spareChunk = new AtomicReference<>();

  /**
   * Weights whose bytes an arena holds, which {@link #close} closes.
   *
   * @param name the file's, for messages
   */
  StoredWeights(String name, WeightFormat format, Arena arena, StoredContents contents) {
    this.name = name;
    this.format = format;
    this.arena = arena;
    tensors = contents.tensors();
    metadata = contents.metadata();
    config = contents.config();
  }

  /**
   * Opens a file of any {@link WeightFormat}, or the weights in a folder of a model.
   *
   * @throws IOException when it cannot be read
   * @throws InvalidWeightsException when there are no weights or they are malformed; the message names the file and
   *     what is wrong
   */
  public static StoredWeights open(Path fileOrFolder) throws IOException {
    return WeightFormat.open(fileOrFolder);
  }

  /** The path that was opened, for messages. */
  public String name() {
    return name;
  }

  /** The format of the file. */
  public WeightFormat format() {
    return format;
  }

  /** Free texts that the writer added. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /**
   * What the file itself says about the architecture, under the names of Hugging Face's {@code config.json}; empty where
   * it says nothing, as most formats do.
   */
  public Map<String, Object> config() {
    return Collections.unmodifiableMap(config);
  }

  @Override
  public Map<String, Shape> shapes() {
    var shapes = new LinkedHashMap<String, Shape>();
    tensors.forEach((key, tensor) -> shapes.put(key, tensor.shape()));
    return shapes;
  }

  /**
   * The type of a tensor's elements in the file.
   *
   * @throws InvalidWeightsException when there is no tensor of that name
   */
  public StoredType storedType(String tensor) {
    return tensor(tensor).type();
  }

  @Override
  public DType type(String tensor) {
    return switch (tensor(tensor).type()) {
      case BF16 -> DType.BF16;
      case F16 -> DType.F16;
      default -> DType.F32;
    };
  }

  @Override
  public void readRows(String tensor, long firstRow, Tensor rows) {
    read(tensor, firstRow * tensor(tensor).shape().columns(), rows);
  }

  /**
   * The bytes of a tensor, little-endian and in row-major order, read from the file as they are touched; valid until
   * {@link #close}.
   *
   * @throws InvalidWeightsException when there is no tensor of that name
   * @throws UnsupportedOperationException when the file has its numbers in another order
   */
  public MemorySegment bytes(String tensor) {
    StoredTensor stored = tensor(tensor);
    if (!stored.isContiguous()) {
      throw new UnsupportedOperationException("tensor " + tensor + " of " + name + " is not stored in order");
    }
    return stored.bytes().asSlice(0, stored.shape().elements() * stored.type().bytes());
  }

  @Override
  public void read(String tensor, Tensor target) {
    StoredTensor stored = tensor(tensor);
    if (!stored.shape().equals(target.shape())) {
      throw new InvalidWeightsException("tensor " + tensor + " of " + name + " is " + stored.shape()
          + " but should be " + target.shape());
    }
    read(tensor, 0, target);
  }

  /**
   * Copies some elements, converting them to the target's type; used with {@code fromRow · columns}, some rows. The
   * file's pages that they are on are given back to the system.
   *
   * @param firstElement where to start in the tensor
   * @param target receives {@code target.elements()} elements; F32, F64 or I32, or the type that is stored
   */
  public void read(String tensor, long firstElement, Tensor target) {
    StoredTensor stored = tensor(tensor);
    if (firstElement < 0 || firstElement > stored.shape().elements() - target.elements()) {
      throw new IndexOutOfBoundsException(target.elements() + " elements from " + firstElement + " of tensor " + tensor
          + " " + stored.shape());
    }
    int elementBytes = target.dtype().bytes();
    if (stored.isNative() && stored.type().name().equals(target.dtype().name())) {
      copy(stored, firstElement, target);
      return;
    }
    long[] spare = spareChunk.getAndSet(null);
    long[] words = spare == null ? new long[CHUNK] : spare;
    MemorySegment chunk = MemorySegment.ofArray(words);
    long unloaded = firstElement;
    for (long at = 0; at < target.elements(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, target.elements() - at);
      try {
        stored.copy(firstElement + at, count, target.dtype(), chunk);
      } catch (InvalidWeightsException e) {
        throw new InvalidWeightsException("tensor " + tensor + " of " + name + ": " + e.getMessage(), e);
      }
      target.storage().write(target.offset() + at, chunk.asSlice(0, (long) count * elementBytes));
      long end = firstElement + at + count;
      if ((end - unloaded) * stored.type().bytes() >= UNLOAD_BYTES || at + count == target.elements()) {
        unload(stored, unloaded, end);
        unloaded = end;
      }
    }
    spareChunk.set(words);
  }

  /** Copies bytes as they are, some at a time, so that what is mapped stays small. */
  private static void copy(StoredTensor stored, long firstElement, Tensor target) {
    int size = target.dtype().bytes();
    long most = UNLOAD_BYTES / size;
    for (long at = 0; at < target.elements(); at += most) {
      long count = Math.min(most, target.elements() - at);
      long first = firstElement + at;
      target.storage().write(target.offset() + at, stored.bytes().asSlice(first * size, count * size));
      unload(stored, first, first + count);
    }
  }

  /** Gives pages back. Of a tensor that is not in order, all are. */
  private static void unload(StoredTensor stored, long from, long to) {
    MemorySegment bytes = stored.bytes();
    if (!bytes.isMapped()) {
      return;
    }
    int size = stored.type().bytes();
    // The system maps pages around the one that is touched, those before it too.
    long first = Math.max(0, from * size - MAPPED_AROUND);
    (stored.isContiguous() ? bytes.asSlice(first, to * size - first) : bytes).unload();
  }

  /**
   * Copies a whole tensor, converted to F32, into an array: some numbers are in memory twice at a time. The file's pages
   * are given back to the system.
   *
   * @param target receives all elements in row-major order
   * @throws InvalidWeightsException when there is no tensor of that name, or it has another number of elements
   */
  public void read(String tensor, float[] target) {
    StoredTensor stored = tensor(tensor);
    if (stored.shape().elements() != target.length) {
      throw new InvalidWeightsException("tensor " + tensor + " of " + name + " is " + stored.shape()
          + " but should have " + target.length + " elements");
    }
    MemorySegment all = MemorySegment.ofArray(target);
    int most = (int) (UNLOAD_BYTES / Float.BYTES);
    for (int at = 0; at < target.length; at += most) {
      int count = Math.min(most, target.length - at);
      try {
        stored.copy(at, count, DType.F32, all.asSlice((long) at * Float.BYTES, (long) count * Float.BYTES));
      } catch (InvalidWeightsException e) {
        throw new InvalidWeightsException("tensor " + tensor + " of " + name + ": " + e.getMessage(), e);
      }
      unload(stored, at, at + count);
    }
  }

  private StoredTensor tensor(String tensor) {
    StoredTensor stored = tensors.get(tensor);
    if (stored == null) {
      throw new InvalidWeightsException(name + " has no tensor named " + tensor);
    }
    return stored;
  }

  /** Unmaps the file; segments that {@link #bytes} gave are no longer valid. */
  @Override
  public void close() {
    arena.close();
  }
}
