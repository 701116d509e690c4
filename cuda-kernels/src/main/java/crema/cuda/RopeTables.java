package crema.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/**
 * Cosines and sines of the angles of rotary positions in device memory, computed in double precision on the host: large
 * angles lose nothing. A table is kept, and made anew when a longer sequence comes.
 */
final class RopeTables {
  private static final int FEWEST_POSITIONS = 512;

  private record Key(int half, double theta) {}

  private record Table(long address, int positions, long bytes) {}

  private final CudaContext context;
  private final Map<Key, Table> tables = new HashMap<>();

  RopeTables(CudaContext context) {
    this.context = context;
  }

  /**
   * The address of {@code F32 [positions or more, headDim / 2, 2]}: at position p and i the cosine and the sine of p ·
   * theta^(−2i / headDim).
   */
  long address(int positions, int headDim, double theta) {
    var key = new Key(headDim / 2, theta);
    Table table = tables.get(key);
    if (table == null || table.positions < positions) {
      if (table != null) {
        context.pool().give(table.address, table.bytes);
      }
      table = make(Math.max(FEWEST_POSITIONS, ceilingPowerOfTwo(positions)), key);
      tables.put(key, table);
    }
    return table.address;
  }

  private static int ceilingPowerOfTwo(int count) {
    return Math.max(1, Integer.highestOneBit(count - 1) << 1);
  }

  private Table make(int positions, Key key) {
    long bytes = (long) positions * key.half * 2 * Float.BYTES;
    long address = context.pool().take(Math.max(bytes, 1), "rotary positions");
    try (var temporary = Arena.ofConfined()) {
      MemorySegment pairs = temporary.allocate(bytes, Float.BYTES);
      for (int i = 0; i < key.half; i++) {
        double frequency = StrictMath.pow(key.theta, -(double) i / key.half);
        for (int p = 0; p < positions; p++) {
          long at = 2L * ((long) p * key.half + i);
          pairs.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) StrictMath.cos(p * frequency));
          pairs.setAtIndex(ValueLayout.JAVA_FLOAT, at + 1, (float) StrictMath.sin(p * frequency));
        }
      }
      context.write(address, pairs);
    }
    return new Table(address, positions, Math.max(bytes, 1));
  }

  /** Gives all memory back. */
  void close() {
    tables.values().forEach(table -> context.pool().give(table.address, table.bytes));
    tables.clear();
  }
}
