package crema.tensor.cpu;

import crema.base.WorkerPool;
import crema.tensor.cpu.gemm.Gemm;
import crema.tensor.cpu.gemm.MicroKernel;
import crema.tensor.cpu.simd.Simd;
import java.util.Arrays;

/**
 * What the op families of a CPU backend share: its threads, its pooled arrays, and how work is cut. Pieces are chosen
 * by the size of the work alone, so that no result depends on the number of threads.
 */
final class CpuContext implements AutoCloseable {
  /** Elements of a piece: long enough to make handing it out cheap, short enough for the L2 cache. */
  private static final int PIECE = 1 << 14;
  /** Rows whose sums are one partial result, at least. */
  private static final int SUMMED_ROWS = 32;
  /** Partial results of a sum over rows, at most. */
  private static final int MOST_PARTS = 64;

  final WorkerPool workers;
  final Gemm gemm;
  /** Transposes blocks of matrices. */
  final MicroKernel transposer = MicroKernel.of(Simd.width());
  final ArrayPool<float[]> floats = new ArrayPool<>(float[]::new, array -> array.length);
  final ArrayPool<double[]> doubles = new ArrayPool<>(double[]::new, array -> array.length);
  final ArrayPool<int[]> ints = new ArrayPool<>(int[]::new, array -> array.length);
  final ArrayPool<long[]> longs = new ArrayPool<>(long[]::new, array -> array.length);
  final ArrayPool<short[]> shorts = new ArrayPool<>(short[]::new, array -> array.length);
  final ArrayPool<byte[]> bytes = new ArrayPool<>(byte[]::new, array -> array.length);

  /** Work on the elements, or rows, from {@code from} to before {@code to}. */
  @FunctionalInterface
  interface Piece {
    void run(int from, int to);
  }

  /** Work on some rows that also adds to sums over all rows; {@code sums} is zero from {@code offset} on at first. */
  @FunctionalInterface
  interface SummingPiece {
    void run(int from, int to, float[] sums, int offset);
  }

  /** A sum in double precision over the elements from {@code from} to before {@code to}. */
  @FunctionalInterface
  interface PartialSum {
    double of(int from, int to);
  }

  CpuContext(int threads) {
    workers = new WorkerPool(threads);
    gemm = new Gemm(workers);
  }

  /** Runs work on {@code n} elements, on several threads where it is long. */
  void overElements(int n, Piece piece) {
    inPieces(n, PIECE, piece);
  }

  /** Runs work on rows, a few thousand elements at a time. */
  void overRows(int rows, int columns, Piece piece) {
    inPieces(rows, Math.max(1, PIECE / Math.max(1, columns)), piece);
  }

  /** Runs work on {@code n} things, {@code size} of them at a time. */
  void inPieces(int n, int size, Piece piece) {
    workers.run(ceilDiv(n, size), (task, worker) -> piece.run(task * size, Math.min(n, (task + 1) * size)));
  }

  /**
   * Runs work on rows that adds up {@code width} sums over them. Blocks of rows have partial sums of their own, which
   * are added in the order of the blocks.
   *
   * @return the sums, at the start of an array that the caller gives back to {@link #floats}
   */
  float[] sumOverRows(int rows, int width, SummingPiece piece) {
    int block = Math.max(SUMMED_ROWS, ceilDiv(rows, MOST_PARTS));
    int blocks = Math.max(1, ceilDiv(rows, block));
    float[] sums = floats.take(Math.multiplyExact(blocks, width));
    Arrays.fill(sums, 0, blocks * width, 0);
    inPieces(rows, block, (from, to) -> piece.run(from, to, sums, from / block * width));
    for (int i = 1; i < blocks; i++) {
      Kernels.ARITHMETIC.addScaled(1, sums, i * width, sums, 0, width);
    }
    return sums;
  }

  /** Adds up, in order, the sums of pieces of {@code n} elements. */
  double sumOverElements(int n, PartialSum partial) {
    int pieces = ceilDiv(n, PIECE);
    double[] sums = doubles.take(Math.max(1, pieces));
    inPieces(n, PIECE, (from, to) -> sums[from / PIECE] = partial.of(from, to));
    double sum = 0;
    for (int i = 0; i < pieces; i++) {
      sum += sums[i];
    }
    doubles.give(sums);
    return sum;
  }

  private static int ceilDiv(int n, int size) {
    return (int) (((long) n + size - 1) / size);
  }

  @Override
  public void close() {
    workers.close();
    floats.clear();
    doubles.clear();
    ints.clear();
    longs.clear();
    shorts.clear();
    bytes.clear();
  }
}
