package crema.fasttext;

import crema.tensor.cpu.RowKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient descent by any number of threads: in batches of a few examples and to the same bits
 * ({@link BatchWorker}), or without locks ({@link LockFreeWorker}).
 */
final class TrainingRun {
  /**
   * The largest batch: with many outputs, so few examples hardly ever change the same rows, and those of a title with
   * its character n-grams, some 200 of 400 bytes, are still in a core's cache when they are changed.
   */
  static final int LARGEST_BATCH = 8;

  /**
   * The examples of a batch for each output and unit of learning rate. Examples that share an output pull it by the
   * sum of their steps, and a step that is too long makes training unstable; half of what was seen to be stable.
   */
  private static final double BATCH_PER_OUTPUT = 0.15;

  private static final long REPORT_NANOS = 200_000_000L;

  private static final int MILESTONES = 100;

  final FastTextConfig config;
  private final Corpus corpus;
  final DenseMatrix input;
  final DenseMatrix output;
  final Loss loss;
  private final TrainingListener listener;
  private final @Nullable CheckpointWriter checkpoints;
  final RowKernels kernels = RowKernels.best();
  final int threads;
  final int batchSize;
  final Barrier barrier;
  final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final double tokensPerLine;

  /** Written by thread 0 when it reports. */
  volatile boolean stop;

  /** Written by a thread that ends because of that. */
  volatile boolean diverged;

  private final RunState start;
  private final double startFraction;
  private long batches;
  private double lossSum;
  private long lossCount;
  private int milestone;
  private double reportLossSum;
  private long reportLossCount;
  private final long startNanos = System.nanoTime();
  private long lastReport = startNanos;

  TrainingRun(
      FastTextConfig config,
      Corpus corpus,
      DenseMatrix input,
      DenseMatrix output,
      Loss loss,
      long[] outputCounts,
      TrainingListener listener,
      @Nullable CheckpointWriter checkpoints,
      RunState start) {
    this.config = config;
    this.corpus = corpus;
    this.input = input;
    this.output = output;
    this.loss = loss;
    this.listener = listener;
    this.checkpoints = checkpoints;
    this.start = start;
    startFraction = fraction(start.position());
    batches = start.step();
    lossSum = start.lossSum();
    lossCount = start.lossCount();
    milestone = (int) (startFraction * MILESTONES);
    if (config.lockFree()) {
      threads = config.threads();
      batchSize = Math.max(LARGEST_BATCH, threads);
    } else {
      batchSize = batchSize(outputCounts, config.lr());
      threads = BatchWorker.usefulThreads(Math.min(config.threads(), batchSize));
    }
    barrier = new Barrier(threads);
    tokensPerLine = (double) corpus.tokens() / Math.max(1, corpus.size());
  }

  /**
   * How many examples are computed on the same matrices. It depends on the effective number of outputs, that is the
   * inverse of the chance that two examples share theirs, and on the learning rate; never on the number of threads.
   */
  static int batchSize(long[] outputCounts, double lr) {
    double sum = 0;
    double squares = 0;
    for (long count : outputCounts) {
      sum += count;
      squares += (double) count * count;
    }
    double effective = squares == 0 ? outputCounts.length : sum * sum / squares;
    return (int) Math.clamp(BATCH_PER_OUTPUT * effective / lr, 1, LARGEST_BATCH);
  }

  /**
   * Writes checkpoints of a run.
   *
   * <p>Asked by thread 0 before each batch, while no thread changes the matrices, unless they are lock-free.
   */
  interface CheckpointWriter {
    boolean isDue();

    void write(RunState state) throws IOException;
  }

  /**
   * Trains to the end of the last epoch, or until the listener stops the run, which writes a checkpoint.
   *
   * @return whether the run reached its end
   * @throws DivergedException if a loss is not a finite number
   */
  boolean run() {
    listener.onStart(startFraction);
    Supplier<ExampleStream> streams = config.task() == Task.SUPERVISED
        ? () -> new ClassifierStream(corpus, config)
        : () -> new WordStream(corpus, config, batchSize);
    var shared = new Example[][] {Worker.newBatch(batchSize, config.dim()), Worker.newBatch(batchSize, config.dim())};
    var others = new Thread[threads - 1];
    for (int t = 1; t < threads; t++) {
      int thread = t;
      others[t - 1] = Thread.ofPlatform().name("fasttext-" + t).daemon()
          .start(() -> work(thread, streams.get(), shared));
    }
    work(0, streams.get(), shared);
    for (Thread other : others) {
      join(other);
    }
    rethrow(failure.get());
    if (diverged) {
      throw new DivergedException(batches, config.lr(), config.lr() / 4);
    }
    return !stop;
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@Nullable Throwable failure) {
    switch (failure) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private void work(int thread, ExampleStream stream, Example[][] shared) {
    try {
      stream.seek(start.position());
      Worker worker = config.lockFree()
          ? new LockFreeWorker(this, thread, stream) : new BatchWorker(this, thread, stream, shared);
      worker.work();
    } catch (Barrier.BrokenException e) {
      // The thread that failed has recorded why.
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
      barrier.fail();
    }
  }

  /** The part of the run that lies before a place. */
  double fraction(ExampleStream.Position position) {
    return position.fraction(config.epoch(), corpus.size());
  }

  /** Linear decay, in steps of {@code lrUpdateRate} tokens. */
  float learningRate(double fraction) {
    double lines = fraction * config.epoch() * corpus.size();
    double stepLines = Math.max(1, Math.floor(config.lrUpdateRate() / tokensPerLine));
    double done = Math.floor(lines / stepLines) * stepLines / Math.max(1.0, (double) config.epoch() * corpus.size());
    return (float) (config.lr() * (1 - done));
  }

  /** Counts the losses of every {@code step}th example of a batch, from the first one; for thread 0 only. */
  void addLosses(Example[] batch, int count, int step) {
    for (int b = 0; b < count; b += step) {
      int targets = Math.max(1, batch[b].targets.size());
      lossSum += batch[b].loss;
      lossCount += targets;
      reportLossSum += batch[b].loss;
      reportLossCount += targets;
    }
    batches++;
  }

  /**
   * Reports milestones to the listener and, now and then and at the end, progress; writes a checkpoint if one is due.
   */
  void report(ExampleStream.Position position, double fraction) {
    long now = System.nanoTime();
    int reached = (int) (fraction * MILESTONES);
    if (reached > milestone) {
      milestone = reached;
      listener.onMilestone(progress(fraction, mean(lossSum, lossCount), now));
      lossSum = 0;
      lossCount = 0;
    }
    if (now - lastReport >= REPORT_NANOS || fraction >= 1) {
      lastReport = now;
      stop = !listener.onProgress(progress(fraction, mean(reportLossSum, reportLossCount), now));
      reportLossSum = 0;
      reportLossCount = 0;
    }
    // At the end too, unless that is where the run began: more epochs go on from there.
    boolean isDue = fraction < 1 ? checkpoints != null && checkpoints.isDue() : startFraction < 1;
    if (checkpoints != null && (isDue || stop)) {
      try {
        checkpoints.write(new RunState(position, batches, lossSum, lossCount));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static double mean(double sum, long count) {
    return count == 0 ? Double.NaN : sum / count;
  }

  private TrainingProgress progress(double fraction, double loss, long now) {
    double words = (fraction - startFraction) * config.epoch() * corpus.tokens();
    return new TrainingProgress(fraction, batches, learningRate(fraction), loss, words / ((now - startNanos) / 1e9),
        Duration.ofNanos(now - startNanos));
  }
}
