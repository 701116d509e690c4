package crema.cuda;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.nio.file.Path;

/** A benchmark of some kernels in BF16 with a main class of its own: what is timed is right, or the process says so. */
interface DeviceBenchmark {
  /** Makes a benchmark of a backend; with {@code tiny} times are of no interest. */
  interface Factory {
    DeviceBenchmark of(CudaBackend backend, CheckReport report, boolean tiny);
  }

  /** Compares with F64 on the host; false if anything is wrong. */
  boolean check();

  /** Times until {@link System#nanoTime} is there. */
  void time(long stop);

  /** Checks, then times until the seconds are over, with the arguments {@code DEVICE FOLDER SECONDS [tiny]}. */
  static void run(Class<?> main, String[] args, Factory factory) {
    if (args.length < 3) {
      System.err.println("usage: " + main.getSimpleName() + " DEVICE FOLDER SECONDS [tiny]");
      System.exit(2);
    }
    long stop = System.nanoTime() + Long.parseLong(args[2]) * 1_000_000_000L;
    try (var backend = (CudaBackend) Backend.open(Device.parse(args[0]), new BackendOptions(1, Precision.BF16))) {
      DeviceBenchmark benchmark = factory.of(backend, new CheckReport(Path.of(args[1])), args.length > 3);
      boolean right = benchmark.check();
      benchmark.time(stop);
      if (!right) {
        System.exit(1);
      }
    }
  }
}
