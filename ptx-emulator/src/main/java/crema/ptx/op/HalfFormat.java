package crema.ptx.op;

import crema.ptx.syntax.PtxType;

/** The two floating-point formats of 16 bits, in the lower half of an int. */
enum HalfFormat {
  /** IEEE half precision: 5 bits of exponent, 10 of fraction. */
  F16 {
    @Override
    float toFloat(int half) {
      return Float.float16ToFloat((short) half);
    }

    @Override
    int fromDouble(double value, Rounding mode) {
      if (Double.isNaN(value)) {
        return 0x7fff;
      }
      return round(value, mode, 10, -14, 0x7c00);
    }
  },
  /** bfloat16: the upper half of an F32. */
  BF16 {
    @Override
    float toFloat(int half) {
      return Float.intBitsToFloat(half << 16);
    }

    @Override
    int fromDouble(double value, Rounding mode) {
      if (Double.isNaN(value)) {
        return 0x7fff;
      }
      return round(value, mode, 7, -126, 0x7f80);
    }
  };

  static HalfFormat of(PtxType type) {
    return type == PtxType.F16 || type == PtxType.F16X2 ? F16 : BF16;
  }

  abstract float toFloat(int half);

  /** Rounds; a NaN becomes the only one that the hardware gives. */
  abstract int fromDouble(double value, Rounding mode);

  /** Rounds to nearest. */
  int fromFloat(float value) {
    if (this == BF16) {
      int bits = Float.floatToRawIntBits(value);
      return Float.isNaN(value) ? 0x7fff : bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
    }
    return Float.isNaN(value) ? 0x7fff : Float.floatToFloat16(value) & 0xffff;
  }

  /**
   * Rounds to {@code fraction} bits.
   *
   * @param least the exponent of the least normal number
   * @param infinity the bits of infinity
   */
  private static int round(double value, Rounding mode, int fraction, int least, int infinity) {
    int sign = value < 0 || 1 / value < 0 ? 0x8000 : 0;
    double magnitude = Math.abs(value);
    if (Double.isInfinite(magnitude)) {
      return sign | infinity;
    }
    int exponent = Math.max(Math.getExponent(magnitude), least);
    double unit = Math.scalb(1.0, exponent - fraction);
    double scaled = magnitude / unit;
    double whole = switch (mode) {
      case NEAREST -> Math.rint(scaled);
      case ZERO -> Math.floor(scaled);
      case DOWN -> sign != 0 ? Math.ceil(scaled) : Math.floor(scaled);
      case UP -> sign != 0 ? Math.floor(scaled) : Math.ceil(scaled);
    };
    // The bits of a magnitude count its units: a carry out of the fraction goes into the exponent by itself.
    long bits = (long) whole + ((long) (exponent - least) << fraction);
    if (bits >= infinity) {
      boolean overflows = mode == Rounding.NEAREST || mode == Rounding.UP && sign == 0 || mode == Rounding.DOWN
          && sign != 0;
      return sign | (overflows ? infinity : infinity - 1);
    }
    return sign | (int) bits;
  }
}
