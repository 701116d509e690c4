package crema.ptx.op;

import crema.ptx.machine.Bytes;
import crema.ptx.syntax.PtxType;

/** What the tensor cores multiply: how numbers lie in 32-bit registers and in memory. */
enum MatrixType {
  /** Two IEEE halves a register. */
  F16(2),
  /** Two bfloat16 a register. */
  BF16(2),
  /** An F32 a register, of which the lower 13 bits do not count. */
  TF32(1);

  private final int perRegister;

  MatrixType(int perRegister) {
    this.perRegister = perRegister;
  }

  static MatrixType of(PtxType type) {
    return switch (type) {
      case F16 -> F16;
      case BF16 -> BF16;
      case TF32 -> TF32;
      default -> throw new IllegalArgumentException("no type of matrices: " + type);
    };
  }

  int perRegister() {
    return perRegister;
  }

  /** Bytes of an element in memory. */
  int bytes() {
    return 4 / perRegister;
  }

  /** The numbers in the lower and upper half of a register; of TF32, the lower is the whole. */
  private float low(int register) {
    return switch (this) {
      case F16 -> Float.float16ToFloat((short) register);
      case BF16 -> Float.intBitsToFloat(register << 16);
      case TF32 -> Float.intBitsToFloat(register & ~0x1fff);
    };
  }

  private float high(int register) {
    return this == F16 ? Float.float16ToFloat((short) (register >>> 16)) : Float.intBitsToFloat(register & 0xffff_0000);
  }

  /**
   * Writes this warp's fragment of the first factor, rows of {@code k}: registers go down by 8 rows, then right.
   *
   * @param r all registers
   * @param registers those of the fragment
   * @param to a[16, k]
   */
  void loadA(int[][] r, int[] registers, float[] to, int k) {
    int step = perRegister * 4;
    for (int q = 0; q < registers.length; q++) {
      int[] x = r[registers[q]];
      int corner = (q & 1) * 8 * k + (q >> 1) * step;
      for (int lane = 0; lane < 32; lane++) {
        int at = corner + (lane >> 2) * k + (lane & 3) * perRegister;
        to[at] = low(x[lane]);
        if (perRegister == 2) {
          to[at + 1] = high(x[lane]);
        }
      }
    }
  }

  /**
   * Writes this warp's fragment of the second factor: registers go down.
   *
   * @param r all registers
   * @param registers those of the fragment
   * @param to b[k, 8]
   */
  void loadB(int[][] r, int[] registers, float[] to) {
    int step = perRegister * 4;
    for (int q = 0; q < registers.length; q++) {
      int[] x = r[registers[q]];
      for (int lane = 0; lane < 32; lane++) {
        int at = (q * step + (lane & 3) * perRegister) * TensorCore.COLUMNS + (lane >> 2);
        to[at] = low(x[lane]);
        if (perRegister == 2) {
          to[at + TensorCore.COLUMNS] = high(x[lane]);
        }
      }
    }
  }

  /** Reads the numbers in 16 bytes of memory, and writes them {@code stride} apart. */
  void loadChunk(byte[] memory, int at, float[] to, int first, int stride) {
    int next = first;
    for (int i = 0; i < 16; i += 4) {
      int word = Bytes.getInt(memory, at + i);
      to[next] = low(word);
      next += stride;
      if (perRegister == 2) {
        to[next] = high(word);
        next += stride;
      }
    }
  }
}
