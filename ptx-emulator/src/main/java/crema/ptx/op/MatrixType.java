package crema.ptx.op;

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

  /** Element {@code i} of a register. */
  float get(int register, int i) {
    return switch (this) {
      case F16 -> Float.float16ToFloat((short) (register >>> 16 * i));
      case BF16 -> Float.intBitsToFloat(i == 0 ? register << 16 : register & 0xffff_0000);
      case TF32 -> Float.intBitsToFloat(register & ~0x1fff);
    };
  }

  /**
   * Writes this warp's fragment of the first factor, rows of {@code k}: registers go down by 8 rows, then right.
   *
   * @param registers the registers' lanes
   * @param to a[16, k]
   */
  void loadA(int[][] registers, float[] to, int k) {
    int step = perRegister * 4;
    for (int q = 0; q < registers.length; q++) {
      int[] x = registers[q];
      int down = (q & 1) * 8;
      int right = (q >> 1) * step;
      for (int lane = 0; lane < 32; lane++) {
        int at = ((lane >> 2) + down) * k + right + (lane & 3) * perRegister;
        for (int i = 0; i < perRegister; i++) {
          to[at + i] = get(x[lane], i);
        }
      }
    }
  }

  /**
   * Writes this warp's fragment of the second factor: registers go down.
   *
   * @param to b[k, 8]
   */
  void loadB(int[][] registers, float[] to) {
    int step = perRegister * 4;
    for (int q = 0; q < registers.length; q++) {
      int[] x = registers[q];
      for (int lane = 0; lane < 32; lane++) {
        int row = q * step + (lane & 3) * perRegister;
        for (int i = 0; i < perRegister; i++) {
          to[(row + i) * TensorCore.COLUMNS + (lane >> 2)] = get(x[lane], i);
        }
      }
    }
  }
}
