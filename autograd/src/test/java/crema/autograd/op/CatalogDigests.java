package crema.autograd.op;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;

/** Runs the whole catalog on the CPU and prints a hash of each output: what {@link SimdWidthConformanceTest} forks. */
final class CatalogDigests {
  private CatalogDigests() {}

  public static void main(String[] arguments) {
    try (Backend cpu = Backend.open(Device.CPU, new BackendOptions(1))) {
      for (Row row : Catalog.rows()) {
        for (Output output : row.run(cpu, DType.F32)) {
          System.out.printf("%s: %s: %016x%n", row.name(), output.name(), output.digest());
        }
      }
    }
  }
}
