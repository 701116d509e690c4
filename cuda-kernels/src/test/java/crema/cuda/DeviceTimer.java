package crema.cuda;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Event;
import crema.cuda.driver.Graph;
import java.util.Arrays;
import java.util.List;

/** Times work on a device by its own events. */
final class DeviceTimer {
  private static final int WARM_UPS = 3;
  /** How long HotSpot has to compile what queues the work: before the first measurement, and before others. */
  private static final long FIRST_WARM_UP_NANOS = 500_000_000L;
  private static final long WARM_UP_NANOS = 30_000_000L;
  /** A device that had nothing to do for so long lowers its clocks, and needs so much work to raise them again. */
  private static final long PAUSE_NANOS = 50_000_000L;
  private static final long WARM_UP_AFTER_PAUSE_NANOS = 250_000_000L;

  private final CudaContext context;
  private final Event from;
  private final Event to;
  private boolean warm;
  private long idleSince;

  DeviceTimer(CudaBackend backend) {
    context = backend.context();
    from = context.driver().event();
    to = context.driver().event();
  }

  /**
   * The median time of some work, in microseconds.
   *
   * @param runs how often it is timed
   * @param work queues it; is run a few times before
   */
  double microseconds(int runs, Runnable work) {
    Driver driver = context.driver();
    long start = System.nanoTime();
    long warmUp = !warm ? FIRST_WARM_UP_NANOS
        : start - idleSince > PAUSE_NANOS ? WARM_UP_AFTER_PAUSE_NANOS : WARM_UP_NANOS;
    for (int i = 0; i < WARM_UPS || runs > 1 && System.nanoTime() - start < warmUp; i++) {
      work.run();
      // So that no more is queued than was timed to be done.
      driver.synchronize(context.stream());
    }
    warm = true;
    var times = new double[runs];
    for (int i = 0; i < runs; i++) {
      driver.record(from, context.stream());
      work.run();
      driver.record(to, context.stream());
      driver.synchronize(to);
      times[i] = driver.milliseconds(from, to) * 1000;
    }
    idleSince = System.nanoTime();
    Arrays.sort(times);
    return times[runs / 2];
  }

  /**
   * The median time of one of several runs in a row, in microseconds: for kernels so short that the host would be timed
   * otherwise.
   *
   * @param rows how many runs are queued at once
   */
  double microseconds(int runs, int rows, Runnable work) {
    return microseconds(runs, () -> {
      for (int i = 0; i < rows; i++) {
        work.run();
      }
    }) / rows;
  }

  /**
   * The median time of one of several calls, in microseconds, launched together as a graph: of the kernels alone, however
   * long the host takes to queue them.
   *
   * @param runs how often all of them are timed
   * @param calls queue the work; each is run once before
   */
  double microsecondsInGraph(int runs, List<Runnable> calls) {
    // What is allocated and loaded at first must not be so while a graph is recorded.
    calls.forEach(Runnable::run);
    Driver driver = context.driver();
    driver.synchronize(context.stream());
    driver.beginCapture(context.stream());
    calls.forEach(Runnable::run);
    try (Graph graph = driver.endCapture(context.stream())) {
      return microseconds(runs, () -> graph.launch(context.stream())) / calls.size();
    }
  }
}
