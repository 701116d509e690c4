package crema.base;

/**
 * Makes arrays of models. The JVM's parallel collector takes more memory from the system for an array that is larger than
 * its young generation, rather than look whether there is garbage in its place: a run that makes one large model after
 * another would grow to the largest heap that it may have. These arrays have garbage collected first where there is not
 * room for them, and take more memory only if that did not help.
 */
public final class LargeArrays {
  /** Smaller arrays are left to the collector: they have room in its young generation. */
  private static final long LARGE = 1L << 24;

  private LargeArrays() {}

  /**
   * Zeros.
   *
   * @param length how many
   * @throws IllegalArgumentException when an array does not hold so many
   */
  public static float[] floats(long length) {
    if (length < 0 || length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(length + " numbers are more than an array holds");
    }
    makeRoom(length * Float.BYTES);
    return new float[(int) length];
  }

  /** Has garbage collected if there is not room for so many bytes, and they are many. */
  public static void makeRoom(long bytes) {
    if (bytes >= LARGE && Runtime.getRuntime().freeMemory() < bytes) {
      System.gc();
    }
  }
}
