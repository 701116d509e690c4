package crema.autograd.op;

import crema.tensor.Backend;
import crema.tensor.DType;
import java.util.List;

/**
 * A row of the {@link Catalog}: a piece of work that any backend can be asked to do, with all its inputs.
 *
 * <p>An {@link OpRow} runs an op of the tape forward and backward; a {@link KernelRow} calls families' methods that no
 * op reaches, or reaches only in some of their variants.
 */
public sealed interface Row permits OpRow, KernelRow {
  /** What is run and on which shapes; unique. */
  String name();

  /**
   * How far single precision may be from the reference in double precision, as a part of the output's root mean square
   * or of the element itself, whichever is larger.
   */
  double tolerance();

  /**
   * Outputs below this count as zero: single precision loses bits there, or they are the difference of larger terms.
   */
  default double negligible() {
    return 1e-30;
  }

  /** Whether this is so large that it is split between threads, and too large for a check of every gradient. */
  boolean large();

  /** Does the work. */
  List<Output> run(Backend backend, DType dtype);
}
