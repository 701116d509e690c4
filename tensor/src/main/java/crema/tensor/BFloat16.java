package crema.tensor;

/** Numbers of the type {@link DType#BF16} on the host: the upper half of a float. */
public final class BFloat16 {
  private BFloat16() {}

  /** The float that is the number. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest number, that with an even last bit if two are equally near; NaN stays NaN. */
  public static short of(float value) {
    int bits = Float.floatToIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }
}
