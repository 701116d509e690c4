package crema.tensor.cpu.gemm;

import crema.tensor.DType;

/** Numbers of 16 bits, which take half the memory and are widened before they are computed with. */
public enum Halves {
  /** The upper half of a float. */
  BF16 {
    @Override
    public void widen(short[] from, int first, float[] to, int offset, int count) {
      for (int i = 0; i < count; i++) {
        to[offset + i] = Float.intBitsToFloat(from[first + i] << 16);
      }
    }

    @Override
    void narrow(float[] from, int first, short[] to, int offset, int count) {
      for (int i = 0; i < count; i++) {
        to[offset + i] = (short) (Float.floatToRawIntBits(from[first + i]) >>> 16);
      }
    }
  },

  /** IEEE 754's half precision. */
  F16 {
    @Override
    public void widen(short[] from, int first, float[] to, int offset, int count) {
      for (int i = 0; i < count; i++) {
        to[offset + i] = Float.float16ToFloat(from[first + i]);
      }
    }

    @Override
    void narrow(float[] from, int first, short[] to, int offset, int count) {
      for (int i = 0; i < count; i++) {
        to[offset + i] = Float.floatToFloat16(from[first + i]);
      }
    }
  };

  /** The halves of a type of 16 bits. */
  public static Halves of(DType type) {
    return switch (type) {
      case BF16 -> BF16;
      case F16 -> F16;
      case F32, F64, I8, I32 -> throw new IllegalArgumentException(type + " has not 16 bits");
    };
  }

  /** Widens numbers, exactly. */
  public abstract void widen(short[] from, int first, float[] to, int offset, int count);

  /** Narrows numbers that were widened before, exactly. */
  abstract void narrow(float[] from, int first, short[] to, int offset, int count);
}
