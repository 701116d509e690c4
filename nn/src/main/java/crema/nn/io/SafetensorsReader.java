package crema.nn.io;

import crema.base.ByteSource;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads safetensors files (Hugging Face's format).
 *
 * <p>Layout: the header's length as 8 bytes, little-endian; the header, a JSON object from names to
 * {@code {"dtype", "shape", "data_offsets"}}; the tensors' bytes. The file is untrusted: opening it checks all of that
 * and allocates no more than the header's size asks for.
 */
public final class SafetensorsReader {
  private SafetensorsReader() {}

  /**
   * Opens a file.
   *
   * @throws IOException when it cannot be read
   * @throws InvalidWeightsException when it is malformed; the message names the file and what is wrong
   */
  public static StoredWeights open(Path path) throws IOException {
    return open(ByteSource.of(path));
  }

  /**
   * Opens a file, or a part of one that is a whole safetensors file.
   *
   * @throws IOException when it cannot be read
   * @throws InvalidWeightsException when it is malformed; the message names the file and what is wrong
   */
  public static StoredWeights open(ByteSource path) throws IOException {
    return StoredContents.open(path, WeightFormat.SAFETENSORS, SafetensorsReader::parse);
  }

  static StoredContents parse(Path file, Arena arena) throws IOException {
    return parse(ByteSource.of(file), arena);
  }

  private static StoredContents parse(ByteSource source, Arena arena) throws IOException {
    MemorySegment file = source.map(arena);
    long headerBytes = headerBytes(file);
    byte[] json = file.asSlice(Long.BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
    MemorySegment data = file.asSlice(Long.BYTES + headerBytes);
    var header = SafetensorsHeader.parse(json, data.byteSize());
    var tensors = new LinkedHashMap<String, StoredTensor>();
    header.tensors().forEach((name, extent) -> tensors.put(name, StoredTensor.of(extent.dtype(), extent.shape(),
        data.asSlice(extent.begin(), extent.end() - extent.begin()))));
    return new StoredContents(tensors, header.metadata(), Map.of());
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
}
