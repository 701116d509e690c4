package crema.cuda;

import crema.cuda.driver.DeviceFacts;
import crema.cuda.driver.Driver;
import crema.cuda.driver.NvidiaDriver;
import crema.ptx.Capability;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A section of the check of a device: {@code DeviceCheck SECTION --device cuda --out FOLDER}. Each section is a process of
 * its own (see {@code device/check.sh}), for a kernel that does not end or breaks the device ends a process. With a third
 * word {@code tiny} sizes are those that an emulated device can do in seconds.
 */
final class DeviceCheck {
  private static final Map<String, Integer> TINY = Map.of("hidden_size", 64, "num_hidden_layers", 2,
      "num_attention_heads", 2, "num_key_value_heads", 1, "ffn_hidden_size", 128);
  private static final int STOPPED = 3;

  private final CheckReport report;
  private final Device device;
  private final boolean tiny;

  private DeviceCheck(CheckReport report, Device device, boolean tiny) {
    this.report = report;
    this.device = device;
    this.tiny = tiny;
  }

  /** Runs a section: {@code SECTION DEVICE FOLDER SECONDS [tiny]}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 4) {
      System.err.println("usage: DeviceCheck SECTION DEVICE FOLDER SECONDS [tiny]");
      System.exit(2);
    }
    long stop = System.nanoTime() + Long.parseLong(args[3]) * 1_000_000_000L;
    var check = new DeviceCheck(new CheckReport(Path.of(args[2])), Device.parse(args[1]), args.length > 4);
    System.exit(check.run(args[0], stop));
  }

  private CudaBackend open(Precision precision) {
    return (CudaBackend) Backend.open(device, new BackendOptions(1, precision));
  }

  private int run(String section, long stopNanos) throws IOException, InterruptedException {
    switch (section) {
      case "facts" -> facts();
      case "catalog" -> {
        try (CudaBackend backend = open(Precision.FP32)) {
          boolean answers = new CatalogCheck(report, backend).run(tiny ? "Pool.*|Softmax.*|SwiGlu.*" : ".*", stopNanos);
          if (!answers) {
            // What the device holds cannot be given back any more.
            return STOPPED;
          }
        }
      }
      case "streams" -> {
        try (CudaBackend backend = open(Precision.BF16)) {
          var streams = new StreamCheck(report, backend, tiny ? 64 : 65_536, tiny ? 1 : 20);
          streams.copies();
          streams.kernels();
        }
      }
      case "bits" -> bits();
      case "steps" -> steps(stopNanos);
      case "step" -> {
        try (CudaBackend backend = open(Precision.BF16)) {
          new StepCheck(report, backend, device + " bf16", TINY).determinism(500, new StepCheck.Size(8, 16, true), 2);
        }
      }
      case "profile" -> profile();
      case "cpu" -> cpu();
      default -> throw new IllegalArgumentException("no section " + section);
    }
    return 0;
  }

  private void facts() {
    try (CudaBackend backend = open(Precision.FP32)) {
      DeviceFacts facts = backend.context().driver().facts();
      report.row("facts", facts.name(), "capability", facts.capability(), "SMs", facts.multiprocessors(), "GiB",
          facts.memoryBytes() / 1073741824.0, "CUDA", facts.driverVersion(), "kernels",
          backend.context().kernels().target().key(), "free GiB",
          backend.context().driver().freeBytes() / 1073741824.0);
    }
  }

  private Map<String, Integer> model() {
    return tiny ? TINY : Map.of();
  }

  private void bits() {
    for (Precision precision : Precision.values()) {
      try (CudaBackend backend = open(precision)) {
        new StepCheck(report, backend, device + " " + precision.key(), model()).determinism(tiny ? 500 : 32_000,
            tiny ? new StepCheck.Size(4, 8, true) : new StepCheck.Size(64, 32, true), tiny ? 2 : 20);
      }
    }
  }

  private void steps(long stopNanos) {
    int runs = tiny ? 2 : 30;
    var sizes = tiny ? new StepCheck.Size[] {new StepCheck.Size(4, 8, false)} : new StepCheck.Size[] {
        new StepCheck.Size(64, 32, false), new StepCheck.Size(64, 64, false), new StepCheck.Size(64, 256, false),
        new StepCheck.Size(16, 256, false), new StepCheck.Size(512, 48, true)};
    int[] vocabularies = tiny ? new int[] {500} : new int[] {32_000, 152_000};
    for (Precision precision : new Precision[] {Precision.BF16, Precision.FP32}) {
      try (CudaBackend backend = open(precision)) {
        var check = new StepCheck(report, backend, device + " " + precision.key(), model());
        // In F32 the first size says enough.
        boolean all = precision == Precision.BF16;
        for (int vocabulary : all ? vocabularies : Arrays.copyOf(vocabularies, 1)) {
          for (StepCheck.Size size : all ? sizes : Arrays.copyOf(sizes, 1)) {
            if (System.nanoTime() < stopNanos) {
              check.time(vocabulary, size, true, runs);
            }
          }
        }
        check.time(vocabularies[0], sizes[0], false, runs);
      }
    }
  }

  /** Where the time of a step goes. */
  private void profile() {
    Driver real = tiny ? new EmulatedDriver(Capability.SM_90) : NvidiaDriver.open(device.index());
    var driver = new ProfilingDriver(real);
    try (var backend = new CudaBackend(device, driver, Precision.BF16)) {
      var check = new StepCheck(report, backend, device + " bf16", model());
      for (StepCheck.Size size : tiny ? new StepCheck.Size[] {new StepCheck.Size(4, 8, false)} : new StepCheck.Size[] {
          new StepCheck.Size(64, 32, false), new StepCheck.Size(64, 256, false)}) {
        check.profile(tiny ? 500 : 32_000, size, driver);
      }
    }
  }

  /** How training scales with the processors of this machine, with equal bits. */
  private void cpu() {
    int most = Runtime.getRuntime().availableProcessors();
    for (int threads = 1; threads <= most; threads *= 2) {
      try (Backend backend = Backend.open(Device.CPU, new BackendOptions(threads))) {
        var check = new StepCheck(report, backend, "cpu, " + threads + " threads,", model());
        check.time(tiny ? 500 : 32_000, tiny ? new StepCheck.Size(4, 8, false) : new StepCheck.Size(64, 32, false),
            true,
            tiny ? 2 : 5);
        check.determinism(tiny ? 500 : 32_000, new StepCheck.Size(8, 32, true), 2);
      }
    }
  }
}
