package crema.cuda;

import crema.cuda.driver.Driver;
import crema.cuda.driver.MatrixMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Tensor maps as kernels take them. Those of a repeated step's tensors are encoded once. */
final class MatrixMaps {
  /** Bytes of a {@code CUtensorMap}. */
  static final int BYTES = 128;
  /** What a kernel's parameter of this type is aligned to. */
  static final int ALIGNMENT = 128;
  private static final int ENCODED_ALIGNMENT = 64;
  private static final int MOST = 4096;

  private final Driver driver;
  private final Arena arena = Arena.ofAuto();
  private final Map<MatrixMap, MemorySegment> encoded = new HashMap<>();

  MatrixMaps(Driver driver) {
    this.driver = driver;
  }

  /** The {@value #BYTES} bytes that describe a matrix. */
  MemorySegment encode(MatrixMap matrix) {
    if (encoded.size() >= MOST) {
      encoded.clear();
    }
    return encoded.computeIfAbsent(matrix, this::encoded);
  }

  private MemorySegment encoded(MatrixMap matrix) {
    MemorySegment descriptor = arena.allocate(BYTES, ENCODED_ALIGNMENT);
    driver.encodeTensorMap(matrix, descriptor);
    return descriptor;
  }
}
