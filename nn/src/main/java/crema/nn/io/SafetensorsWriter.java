package crema.nn.io;

import crema.base.AtomicFile;
import crema.base.WholeBuffer;
import crema.nn.Weights;
import crema.tensor.BFloat16;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes safetensors files that Hugging Face's library and PyTorch read. The same input gives the same bytes. */
public final class SafetensorsWriter {
  /** Whether tensors are in memory as they are in the file. */
  static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private static final int CHUNK_BYTES = 1 << 20;

  private SafetensorsWriter() {}

  /**
   * Writes tensors, {@linkplain AtomicFile#write atomically}, in the map's order.
   *
   * @param path created or replaced
   * @param tensors by name; a {@link TreeMap} gives a sorted file
   * @param metadata free texts by name, written in sorted order
   */
  public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
    var extents = new LinkedHashMap<String, Extent>();
    tensors.forEach((name, tensor) -> extents.put(name, new Extent(storedType(tensor.dtype()), tensor.shape())));
    write(path, extents, metadata, channel -> {
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
      for (Tensor tensor : tensors.values()) {
        write(channel, tensor, chunk);
      }
    });
  }

  /**
   * Numbers of a tensor that are in an array.
   *
   * @param values in row-major order, not copied
   * @param shape of as many elements
   */
  @SuppressWarnings("ArrayRecordComponent") // a large array, which is only written
  public record Floats(float[] values, Shape shape) {
    /** Checks the number of elements. */
    public Floats {
      if (values.length != shape.elements()) {
        throw new IllegalArgumentException(values.length + " numbers are not " + shape);
      }
    }
  }

  /**
   * Writes arrays as F32, {@linkplain AtomicFile#write atomically}, in the map's order: some numbers are in memory twice
   * at a time, whatever the size of the arrays.
   *
   * @param path created or replaced
   * @param tensors by name
   * @param metadata free texts by name, written in sorted order
   */
  public static void writeFloats(Path path, Map<String, Floats> tensors, Map<String, String> metadata)
      throws IOException {
    var extents = new LinkedHashMap<String, Extent>();
    tensors.forEach((name, floats) -> extents.put(name, new Extent(StoredType.F32, floats.shape())));
    write(path, extents, metadata, channel -> {
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (Floats floats : tensors.values()) {
        write(channel, floats.values(), StoredType.F32, chunk);
      }
    });
  }

  /**
   * Writes weights as they are read, {@linkplain AtomicFile#write atomically}, in the order of their names: some rows are
   * in memory at a time, whatever the size of the model.
   *
   * @param path created or replaced
   * @param weights of real numbers
   * @param type that of a tensor's elements in the file: F32, or F16 or BF16, to which they are rounded
   * @param metadata free texts by name, written in sorted order
   * @param backend of the rows in memory
   * @param progress is told how many elements are written, again and again
   */
  public static void write(Path path, Weights weights, Function<String, DType> type, Map<String, String> metadata,
      Backend backend, LongConsumer progress) throws IOException {
    var extents = new TreeMap<String, Extent>();
    weights.shapes().forEach((name, shape) -> extents.put(name, new Extent(storedType(type.apply(name)), shape)));
    write(path, extents, metadata, channel -> {
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      long written = 0;
      for (Map.Entry<String, Extent> entry : extents.entrySet()) {
        Shape shape = entry.getValue().shape;
        boolean isMatrix = shape.rank() == 2 && shape.elements() > 0;
        long rows = isMatrix ? shape.extent(0) : 1;
        long most = isMatrix ? Math.max(1, CHUNK_BYTES / Float.BYTES / shape.extent(1)) : 1;
        for (long row = 0; row < rows; row += most) {
          long count = Math.min(most, rows - row);
          try (var scope = new Scope(backend)) {
            Tensor part = isMatrix ? scope.empty(DType.F32, count, shape.extent(1)) : scope.empty(DType.F32, shape);
            if (isMatrix) {
              weights.readRows(entry.getKey(), row, part);
            } else {
              weights.read(entry.getKey(), part);
            }
            write(channel, part.toFloats(), entry.getValue().type, chunk);
            written += part.elements();
          }
          progress.accept(written);
        }
      }
    });
  }

  private static void write(FileChannel channel, float[] values, StoredType type, ByteBuffer chunk)
      throws IOException {
    for (int at = 0; at < values.length;) {
      chunk.clear();
      for (; at < values.length && chunk.remaining() >= type.bytes(); at++) {
        switch (type) {
          case F32 -> chunk.putFloat(values[at]);
          case F16 -> chunk.putShort(Float.floatToFloat16(values[at]));
          case BF16 -> chunk.putShort(BFloat16.of(values[at]));
          default -> throw new IllegalArgumentException("real numbers are not written as " + type);
        }
      }
      WholeBuffer.write(channel, chunk.flip());
    }
  }

  /** What a header says of a tensor, but for where it is. */
  private record Extent(StoredType type, Shape shape) {
    long bytes() {
      return Math.multiplyExact(shape.elements(), type.bytes());
    }
  }

  private static void write(Path path, Map<String, Extent> tensors, Map<String, String> metadata,
      AtomicFile.Content contents) throws IOException {
    if (!LITTLE_ENDIAN) {
      throw new UnsupportedOperationException("safetensors files are little-endian, this machine is not");
    }
    byte[] header = header(tensors, metadata);
    AtomicFile.write(path, channel -> {
      int padded = (header.length + 7) & ~7;
      ByteBuffer start = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
      start.putLong(padded).put(header);
      while (start.hasRemaining()) {
        start.put((byte) ' ');
      }
      WholeBuffer.write(channel, start.flip());
      contents.writeTo(channel);
    });
  }

  private static byte[] header(Map<String, Extent> tensors, Map<String, String> metadata) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectPropertyStart(SafetensorsHeader.METADATA);
        new TreeMap<>(metadata).forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      long offset = 0;
      for (Map.Entry<String, Extent> entry : tensors.entrySet()) {
        Extent tensor = entry.getValue();
        json.writeObjectPropertyStart(entry.getKey());
        json.writeStringProperty("dtype", tensor.type.name());
        json.writeArrayPropertyStart("shape");
        for (long extent : tensor.shape.toArray()) {
          json.writeNumber(extent);
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("data_offsets");
        json.writeNumber(offset);
        offset = Math.addExact(offset, tensor.bytes());
        json.writeNumber(offset);
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static StoredType storedType(DType dtype) {
    return switch (dtype) {
      case F32 -> StoredType.F32;
      case F64 -> StoredType.F64;
      case BF16 -> StoredType.BF16;
      case F16 -> StoredType.F16;
      case I8 -> StoredType.I8;
      case I32 -> StoredType.I32;
    };
  }

  private static void write(FileChannel channel, Tensor tensor, ByteBuffer chunk) throws IOException {
    int elementBytes = tensor.dtype().bytes();
    long perChunk = CHUNK_BYTES / elementBytes;
    for (long at = 0; at < tensor.elements(); at += perChunk) {
      int bytes = (int) Math.min(perChunk, tensor.elements() - at) * elementBytes;
      chunk.clear().limit(bytes);
      tensor.storage().read(tensor.offset() + at, MemorySegment.ofBuffer(chunk));
      WholeBuffer.write(channel, chunk);
    }
  }
}
