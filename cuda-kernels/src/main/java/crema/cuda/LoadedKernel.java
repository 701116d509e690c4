package crema.cuda;

import crema.cuda.driver.Kernel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kernel that is ready to be launched. Its first launch is checked against the parameters that it was compiled with. */
final class LoadedKernel {
  private final Kernel kernel;
  private KernelTable.@Nullable Row row;

  /** With what it was compiled to, if that is known. */
  LoadedKernel(Kernel kernel, KernelTable.@Nullable Row row) {
    this.kernel = kernel;
    this.row = row;
  }

  /** The driver's. */
  Kernel kernel() {
    return kernel;
  }

  /** Whether a launch is to be compared with what the kernel takes. */
  boolean isUnchecked() {
    return row != null;
  }

  /**
   * Compares what is passed to the kernel with what it takes.
   *
   * @throws IllegalArgumentException if they differ
   */
  void check(List<String> passed) {
    if (row != null && !passed.equals(row.parameters())) {
      throw new IllegalArgumentException("kernel " + kernel.name() + " takes (" + String.join(", ", row.parameters())
          + ") and was passed (" + String.join(", ", passed) + ")");
    }
    row = null;
  }
}
