package crema.cli;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.cuda.CheckReport;
import crema.fasttext.FastTextConfig;
import crema.fasttext.FastTextTrainer;
import crema.fasttext.TextSource;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.settings.Settings;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a user does on a device, from end to end: {@code RunsCheck SECTION DEVICE FOLDER SECONDS [tiny]}, a section of {@code
 * cuda-kernels/device/check.sh}. Titles are made up, of words that go with their labels and of others.
 */
final class RunsCheck {
  private static final List<String> THINGS = List.of("teapot", "camera", "bicycle", "novel", "drill", "sofa", "router");
  private static final List<String> WORDS =
      List.of("red", "small", "steel", "used", "new", "large", "blue", "cheap", "rare", "light", "old");

  private final CheckReport report;
  private final Device device;
  private final Path work;
  private final long stopNanos;
  private final boolean tiny;

  private RunsCheck(CheckReport report, Device device, Path work, long stopNanos, boolean tiny) {
    this.report = report;
    this.device = device;
    this.work = work;
    this.stopNanos = stopNanos;
    this.tiny = tiny;
  }

  /** Runs a section. */
  public static void main(String[] args) throws IOException {
    if (args.length < 4) {
      System.err.println("usage: RunsCheck SECTION DEVICE FOLDER SECONDS [tiny]");
      System.exit(2);
    }
    long stop = System.nanoTime() + Long.parseLong(args[3]) * 1_000_000_000L;
    var check = new RunsCheck(new CheckReport(Path.of(args[2])), Device.parse(args[1]),
        Files.createTempDirectory("crema-check"), stop, args.length > 4);
    switch (args[0]) {
      case "resume" -> check.resume();
      case "train" -> check.train();
      case "predict" -> check.predict();
      case "fasttext" -> check.fastText();
      default -> throw new IllegalArgumentException("no section " + args[0]);
    }
  }

  private static String title(int i) {
    return WORDS.get(i % 11) + " " + WORDS.get(i * 7 % 11) + " " + THINGS.get(i % 7) + " " + i % 97 + " " + WORDS.get(
        i * 5 % 11);
  }

  private Path rows(int count) throws IOException {
    Path file = work.resolve("rows.csv");
    var lines = new ArrayList<String>(List.of("title,label"));
    for (int i = 0; i < count; i++) {
      lines.add(title(i) + ",label " + i % 7);
    }
    return Files.write(file, lines);
  }

  /** A part of a run: where it is trained, and up to which step. */
  private record Leg(Device device, long until) {}

  /** A run in F32 that is stopped and resumed, here and there. Validated at its end alone, its model is that of the last step. */
  private Ended run(String name, int steps, Leg... legs) throws IOException {
    Settings settings = ModelFamily.named("encoder").settings().with("train", rows(600).toString())
        .with("text", "title").with("label", "label").with("vocabulary-size", "400")
        .with("hidden-size", tiny ? "32" : "128").with("heads", "2").with("kv-heads", "1").with("layers", "2")
        .with("ffn-size", "64").with("batch-tokens", tiny ? "64" : "512").with("max-steps", String.valueOf(steps))
        .with("epochs", "1000").with("learning-rate", "1e-3").with("warmup", "10")
        .with("validate-every", String.valueOf(steps));
    var directory = new ModelDirectory(work.resolve(name));
    Files.createDirectories(directory.path());
    for (Leg leg : legs) {
      var stop = new StopSignal();
      var listener = new TrainingListener() {
        @Override
        public void step(StepRecord step, long totalSteps) {
          if (step.step() >= leg.until()) {
            stop.request();
          }
        }
      };
      var compute = new ComputeOptions(leg.device(), 2).in(Precision.FP32);
      ModelFamily.named("encoder").newRun(settings,
          RunContext.in(directory).withListener(listener).withStop(stop).withCompute(compute)).run();
    }
    var titles = new ArrayList<String>();
    for (int i = 0; i < 100; i++) {
      titles.add(title(i * 13));
    }
    try (Classifier classifier = Classifier.load(directory.path(), ComputeOptions.threads(1))) {
      return new Ended(Files.readAllBytes(directory.path().resolve("model.safetensors")), classifier.logits(titles));
    }
  }

  /** A run's weights at its end, and the logits that its model gives on the CPU. */
  private record Ended(byte[] weights, float[][] logits) {
    private boolean equal(Ended other) {
      return Arrays.equals(weights, other.weights);
    }

    /** The largest difference of logits, as a share of their root mean square. */
    private double distance(Ended other) {
      double squares = 0;
      double worst = 0;
      int count = 0;
      for (int i = 0; i < logits.length; i++) {
        for (int j = 0; j < logits[i].length; j++) {
          squares += (double) logits[i][j] * logits[i][j];
          worst = Math.max(worst, Math.abs((double) logits[i][j] - other.logits[i][j]));
          count++;
        }
      }
      return worst / Math.sqrt(squares / count);
    }
  }

  /** Runs that move between the CPU and the device beside runs that stay. */
  private void resume() throws IOException {
    int half = tiny ? 10 : 100;
    int whole = 2 * half;
    Ended onCpu = run("cpu", whole, new Leg(Device.CPU, whole));
    Ended onDevice = run("device", whole, new Leg(device, whole));
    Ended resumed = run("device-device", whole, new Leg(device, half), new Leg(device, whole));
    report.row("resume", half + " steps on " + device + ", then " + half, "against " + whole,
        onDevice.equal(resumed) ? "equal bits" : "BITS DIFFER");
    Ended toDevice = run("cpu-device", whole, new Leg(Device.CPU, half), new Leg(device, whole));
    Ended toCpu = run("device-cpu", whole, new Leg(device, half), new Leg(Device.CPU, whole));
    report.row("resume", half + " steps on cpu, then " + half + " on " + device, "logits against " + whole + " on cpu",
        onCpu.distance(toDevice), "on " + device, onDevice.distance(toDevice));
    report.row("resume", half + " steps on " + device + ", then " + half + " on cpu",
        "logits against " + whole + " on cpu", onCpu.distance(toCpu), "on " + device, onDevice.distance(toCpu));
    report.row("resume", whole + " steps on " + device, "logits against " + whole + " on cpu",
        onCpu.distance(onDevice));
  }

  /** {@code crema train --device}: from rows to a model with its report. */
  private void train() throws IOException {
    Path model = work.resolve("trained");
    var arguments = new ArrayList<>(List.of("train", "--train", rows(700).toString(), "--text", "title", "--label",
        "label", "--output", model.toString(), "--device", device.toString(), "--vocabulary-size", "1000",
        "--validation-fraction", "0.1", "--test-fraction", "0.1", "--learning-rate", "2e-3"));
    arguments.addAll(tiny
        ? List.of("--hidden-size", "32", "--heads", "2", "--kv-heads", "1", "--layers", "1", "--ffn-size", "64",
            "--max-steps", "10", "--batch-tokens", "128")
        : List.of("--max-steps", "300", "--batch-tokens", "1024", "--epochs", "1000"));
    long start = System.nanoTime();
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    report.row("train", "crema train --device " + device, "exit code", run.code(), "seconds",
        (System.nanoTime() - start) * 1e-9, "says", run.code() == 0 ? accuracy(run) : run.lastError());
    System.out.println(run.out());
    System.err.println(run.err());
  }

  private static String accuracy(CommandRun run) {
    return (run.out() + "\n" + run.err()).lines().filter(line -> line.contains("ccuracy")).findFirst()
        .orElse("no accuracy").strip();
  }

  /** How long a model of the default size takes for one title and for many, on the device and on the CPU. */
  private void predict() throws IOException {
    Path model = work.resolve("predicting");
    var arguments = new ArrayList<>(List.of("train", "--train", rows(700).toString(), "--text", "title", "--label",
        "label", "--output", model.toString(), "--device", device.toString(), "--max-steps", "5", "--warmup", "1"));
    if (tiny) {
      arguments.addAll(List.of("--hidden-size", "32", "--heads", "2", "--kv-heads", "1", "--layers", "1", "--ffn-size",
          "64", "--batch-tokens", "128", "--vocabulary-size", "300"));
    }
    CommandRun trained = CommandRun.of(arguments.toArray(String[]::new));
    if (trained.code() != 0) {
      report.row("predict", "training", "exit code", trained.code(), "says", trained.lastError());
      return;
    }
    for (Device where : List.of(device, Device.CPU)) {
      try (Classifier classifier = Classifier.load(model, ComputeOptions.DEFAULT.on(where))) {
        for (int texts : tiny ? new int[] {1, 4} : new int[] {1, 32, 256, 2048}) {
          if (System.nanoTime() < stopNanos) {
            predict(classifier, where, texts);
          }
        }
      }
    }
  }

  private void predict(Classifier classifier, Device where, int texts) {
    var titles = new ArrayList<String>();
    for (int i = 0; i < texts; i++) {
      titles.add(title(i * 3 + 1));
    }
    Supplier<List<?>> call = () -> classifier.predict(titles, 1);
    long began = System.nanoTime();
    int calls = tiny ? 2 : 300;
    // HotSpot compiles the host's part meanwhile, and graphs are recorded.
    for (int i = 0; i < calls && System.nanoTime() - began < 2_000_000_000L; i++) {
      call.get();
    }
    var millis = new double[calls];
    int done = 0;
    began = System.nanoTime();
    while (done < calls && System.nanoTime() - began < 3_000_000_000L) {
      long start = System.nanoTime();
      call.get();
      millis[done++] = (System.nanoTime() - start) * 1e-6;
    }
    double[] sorted = Arrays.copyOf(millis, done);
    Arrays.sort(sorted);
    double median = sorted[done / 2];
    report.row("predict", texts + (texts == 1 ? " title" : " titles") + " on " + where, "p50 ms", median, "p99 ms",
        sorted[Math.min(done - 1, done * 99 / 100)], "titles/s", texts / median * 1e3, "calls", done);
  }

  /** How fastText's training scales with threads, with equal bits. */
  private void fastText() throws IOException {
    var lines = new ArrayList<String>();
    for (int i = 0; i < (tiny ? 500 : 100_000); i++) {
      lines.add("__label__" + i % 7 + " " + title(i) + " item" + i % 9973);
    }
    var config = FastTextConfig.supervised().dim(100).lr(0.1).epoch(tiny ? 1 : 2).wordNgrams(2).minn(3).maxn(5)
        .bucket(200_000);
    byte[] alone = null;
    double secondsAlone = 0;
    // For HotSpot to compile it.
    new FastTextTrainer(config.threads(1).build()).train(TextSource.of(lines.subList(0, lines.size() / 5)));
    for (int threads : new int[] {1, 2, 4, 8, 16}) {
      if (threads > Runtime.getRuntime().availableProcessors() || System.nanoTime() > stopNanos) {
        return;
      }
      Path saved = work.resolve("fasttext.bin");
      long start = System.nanoTime();
      var model = new FastTextTrainer(config.threads(threads).build()).train(TextSource.of(lines));
      double seconds = (System.nanoTime() - start) * 1e-9;
      model.save(saved);
      byte[] bytes = Files.readAllBytes(saved);
      if (alone == null) {
        alone = bytes;
        secondsAlone = seconds;
      }
      report.row("cpu", threads + " threads, fastText", "seconds", seconds, "speed-up", secondsAlone / seconds, "bits",
          Arrays.equals(bytes, alone) ? "equal" : "DIFFER");
    }
  }
}
