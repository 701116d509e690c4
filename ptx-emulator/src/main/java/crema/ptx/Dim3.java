package crema.ptx;

/** Three counts or indices, as of blocks in a grid and of threads in a block; x runs fastest. */
public record Dim3(int x, int y, int z) {
  /** One dimension. */
  public static Dim3 of(int x) {
    return new Dim3(x, 1, 1);
  }

  /** Two dimensions. */
  public static Dim3 of(int x, int y) {
    return new Dim3(x, y, 1);
  }

  /** How many there are. */
  public long size() {
    return (long) x * y * z;
  }

  /** The index that comes as number {@code linear}. */
  public Dim3 at(long linear) {
    return new Dim3((int) (linear % x), (int) (linear / x % y), (int) (linear / x / y));
  }

  @Override
  public String toString() {
    return "(" + x + "," + y + "," + z + ")";
  }
}
