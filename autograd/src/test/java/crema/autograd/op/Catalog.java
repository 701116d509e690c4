package crema.autograd.op;

import crema.tensor.Scope;
import crema.tensor.Sequences;
import java.util.ArrayList;
import java.util.List;

/**
 * All ops and kernels with the shapes and inputs that they are tested on: the one place to add a row to when an op is
 * added. Gradient checks, the comparison of each backend with the reference, and the bit-equality of thread counts and
 * SIMD widths all walk these rows.
 *
 * <p>Lengths of rows are awkward: 1, primes, one less and one more than the SIMD widths 4, 8 and 16 and the 16 virtual
 * lanes of a sum.
 *
 * <p>Tolerances: single precision rounds by 6e-8 of each result. An element-wise function of a few roundings and a
 * polynomial stays within some 1e-6, and so does a sum of n terms, whose error relative to the terms is about √n times
 * that; {@link #TOLERANCE} has room for both. Where rounded values are subtracted or exponentiated before they are
 * summed (attention's and the losses' gradients, variances of rows with a large mean, e^80), the row says
 * {@link #LOOSE}.
 */
public final class Catalog {
  static final double TOLERANCE = 1e-5;
  static final double LOOSE = 1e-4;

  private Catalog() {}

  /** All rows. */
  public static List<Row> rows() {
    var rows = new ArrayList<Row>(opRows());
    rows.addAll(KernelRows.all());
    rows.addAll(SpatialRows.kernels());
    return rows;
  }

  /** The rows of the tape's ops. */
  public static List<OpRow> opRows() {
    var rows = new ArrayList<OpRow>(OpRows.all());
    rows.addAll(SpatialRows.ops());
    return rows;
  }

  /** A batch of sequences of the given lengths. */
  static Sequences cut(Scope scope, int... lengths) {
    var cumulative = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      cumulative[i + 1] = cumulative[i] + lengths[i];
    }
    return Sequences.of(scope, cumulative);
  }

  /** Uneven lengths from 1 to {@code longest}. */
  static int[] unevenLengths(int count, int longest) {
    var lengths = new int[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = 1 + i * 37 % longest;
    }
    return lengths;
  }

  static int sum(int[] lengths) {
    int sum = 0;
    for (int length : lengths) {
      sum += length;
    }
    return sum;
  }

  /** Numbers from {@code low} up to {@code high}, exclusive, with repetitions. */
  static int[] scattered(int count, int low, int high) {
    var numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = low + (int) (i * 7919L % 10_007 % (high - low));
    }
    return numbers;
  }
}
