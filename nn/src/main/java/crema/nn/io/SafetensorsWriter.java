package crema.nn.io;

import crema.base.AtomicFile;
import crema.tensor.DType;
import crema.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
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
      writeFully(channel, start.flip());
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
      for (Tensor tensor : tensors.values()) {
        write(channel, tensor, chunk);
      }
    });
  }

  private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectPropertyStart(SafetensorsHeader.METADATA);
        new TreeMap<>(metadata).forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      long offset = 0;
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        Tensor tensor = entry.getValue();
        json.writeObjectPropertyStart(entry.getKey());
        json.writeStringProperty("dtype", storedType(tensor.dtype()).name());
        json.writeArrayPropertyStart("shape");
        for (long extent : tensor.shape().toArray()) {
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
      writeFully(channel, chunk);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
