package crema.cuda;

import crema.autograd.op.Output;
import crema.autograd.op.ProbeBackend;
import crema.tensor.Backend;
import crema.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Every row of the catalog on a device against the reference, and twice with equal bits. References are computed by all
 * processors meanwhile. A row after which the device does not answer any more ends the process; started again, it goes
 * on with the next row.
 */
final class CatalogCheck {
  /**
   * What BF16 may be off: half a unit in the last place, 2⁻⁹, of operands, results in between and results, at the worst of
   * up to some hundred thousand elements.
   */
  static final double HALF_TOLERANCE = 0.05;

  /** Gradients that are differences of rounded terms of about 1, which cancel: with one key, all of those of a query. */
  static final double HALF_NEGLIGIBLE = 0.1;

  private record Expected(CatalogRun run, Future<List<Output>> outputs) {}

  private final CheckReport report;
  private final CudaBackend backend;
  private final Path progress;
  private int passed;
  private int failed;

  CatalogCheck(CheckReport report, CudaBackend backend) {
    this.report = report;
    this.backend = backend;
    progress = report.folder().resolve("catalog.progress");
  }

  /**
   * Runs the rows whose names match.
   *
   * @param stopNanos when to stop, by the clock
   * @return whether the device still answers
   */
  boolean run(String pattern, long stopNanos) throws IOException, InterruptedException {
    int done = Files.exists(progress) ? Integer.parseInt(Files.readString(progress).trim()) : 0;
    ExecutorService workers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Expected> rows = expected(workers, pattern, done);
      boolean answers = true;
      int next = done;
      for (Expected row : rows) {
        if (System.nanoTime() > stopNanos) {
          break;
        }
        Files.writeString(progress, String.valueOf(++next));
        check(row);
        if (!answers()) {
          report.row("catalog", row.run().name(), "result", "THE DEVICE STOPPED");
          answers = false;
          break;
        }
      }
      report.row("catalog", "rows " + done + " to " + next + " of " + (done + rows.size()), "passed", passed, "failed",
          failed);
      return answers;
    } finally {
      workers.shutdownNow();
    }
  }

  private static List<Expected> expected(ExecutorService workers, String pattern, int skip) {
    return CatalogRun.all().stream().filter(run -> run.row().name().matches(pattern)).skip(skip)
        .map(run -> new Expected(run, workers.submit(() -> onReference(run)))).toList();
  }

  private static List<Output> onReference(CatalogRun run) {
    try (Backend reference = Backend.open(Device.REFERENCE)) {
      return run.expected(new ProbeBackend(reference));
    }
  }

  private void check(Expected row) throws InterruptedException {
    try {
      List<Output> first = row.run().actual(new ProbeBackend(backend));
      List<Output> second = row.run().actual(new ProbeBackend(backend));
      List<Output> right = row.outputs().get();
      double tolerance = row.run().tolerance();
      double worst = 0;
      String where = "";
      boolean equal = true;
      for (int i = 0; i < right.size(); i++) {
        double error = first.get(i).errorAgainst(right.get(i), row.run().negligible());
        where = error > worst ? right.get(i).name() : where;
        worst = Math.max(worst, error);
        equal &= first.get(i).digest() == second.get(i).digest();
      }
      if (worst <= tolerance && equal) {
        passed++;
        return;
      }
      failed++;
      report.row("catalog", row.run().name(), "error", worst, "of", where, "tolerance", tolerance, "bits",
          equal ? "equal" : "DIFFER");
    } catch (ExecutionException e) {
      failed++;
      report.row("catalog", row.run().name(), "reference", e.getCause());
    } catch (RuntimeException e) {
      failed++;
      report.row("catalog", row.run().name(), "exception", e);
    }
  }

  /** The rows that have the same bits on every device against what the emulator gave. */
  void digests() {
    SortedMap<String, String> known = ExactDigests.load();
    int equal = 0;
    for (CatalogRun run : CatalogRun.all()) {
      String digest = known.get(run.name());
      if (digest != null) {
        String actual = ExactDigests.of(run.actual(backend));
        if (actual.equals(digest)) {
          equal++;
        } else {
          report.row("digests", run.name(), "DIFFERS", actual, "emulator", digest);
        }
      }
    }
    report.row("digests", "exact rows, against the emulator", "equal", equal, "of", known.size());
  }

  private boolean answers() {
    try {
      backend.context().driver().synchronize(backend.context().stream());
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }
}
