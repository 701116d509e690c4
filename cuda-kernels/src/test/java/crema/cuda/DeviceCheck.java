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
      case "digests" -> {
        try (CudaBackend backend = open(Precision.FP32)) {
          new CatalogCheck(report, backend).digests();
        }
      }
      case "bits" -> bits();
      case "steps" -> steps(stopNanos);
      case "small" -> small();
      case "profile" -> profile();
      case "cpu" -> new ProcessorCheck(report, model(), tiny).run(stopNanos);
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

  /** A training step, products and attention, all small: for tools that look at every access and take their time. */
  private void small() {
    try (CudaBackend backend = open(Precision.BF16)) {
      new StepCheck(report, backend, device + " bf16", TINY).few(500, new StepCheck.Size(8, 16, true), 1);
      new GemmBenchmark(backend, report, true).check(new int[] {33, 40, 50}, new int[] {128, 128, 128},
          new int[] {200, 136, 264});
      new AttentionBenchmark(backend, report, true).check();
    }
  }

  private void steps(long stopNanos) {
    int runs = tiny ? 2 : 30;
    var sizes = tiny ? new StepCheck.Size[] {new StepCheck.Size(4, 8, false)} : new StepCheck.Size[] {
        new StepCheck.Size(64, 32, false), new StepCheck.Size(64, 64, false), new StepCheck.Size(64, 256, false),
        new StepCheck.Size(16, 256, false), new StepCheck.Size(512, 48, true)};
    int[] vocabularies = tiny ? new int[] {500} : new int[] {32_000, 152_000};
    for (int vocabulary : vocabularies) {
      for (StepCheck.Size size : sizes) {
        time(Precision.BF16, vocabulary, size, true, runs, stopNanos);
      }
    }
    // The first size says enough of these.
    time(Precision.BF16, vocabularies[0], sizes[0], false, runs, stopNanos);
    time(Precision.FP32, vocabularies[0], sizes[0], true, runs, stopNanos);
    time(Precision.FP32, vocabularies[0], sizes[0], false, runs, stopNanos);
  }

  /** Times steps on a backend of their own, whose memory is theirs alone. */
  private void time(Precision precision, int vocabulary, StepCheck.Size size, boolean repeats, int runs,
      long stopNanos) {
    if (System.nanoTime() < stopNanos) {
      try (CudaBackend backend = open(precision)) {
        new StepCheck(report, backend, device + " " + precision.key(), model()).time(vocabulary, size, repeats, runs);
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
}
