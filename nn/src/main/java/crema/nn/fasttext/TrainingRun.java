package crema.nn.fasttext;

import crema.tensor.cpu.RowKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient descent in batches of a few examples, by any number of threads, to the same bits.
 *
 * <p>A batch has two phases. In the first the matrices are frozen: each thread takes some of the examples, gathers
 * their input rows, and computes losses and gradients. In the second the rows are shared out among the threads by
 * their numbers, and each thread adds the updates to its own rows in the order of the examples. Who computes what
 * depends on the number of threads; what is computed, and the order in which it is added up, does not.
 */
final class TrainingRun {
  /** The largest batch: with many outputs, so few examples hardly ever change the same rows. */
  static final int LARGEST_BATCH = 16;

  /**
   * The examples of a batch for each output and unit of learning rate. Examples that share an output pull it by the
   * sum of their steps, and a step that is too long makes training unstable; half of what was seen to be stable.
   */
  private static final double BATCH_PER_OUTPUT = 0.15;

  private static final long REPORT_NANOS = 200_000_000L;

  private static final int MILESTONES = 100;

  /** The squared length of a hidden vector beyond which only a learning rate that is too large can have led. */
  private static final float LONGEST_HIDDEN = 1e12f;

  private final FastTextConfig config;
  private final Corpus corpus;
  private final DenseMatrix input;
  private final DenseMatrix output;
  private final Loss loss;
  private final TrainingListener listener;
  private final @Nullable CheckpointWriter checkpoints;
  private final RowKernels kernels = RowKernels.best();
  private final int threads;
  private final Example[] batch;
  private final Barrier barrier;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final double tokensPerLine;

  /** Written by thread 0 in the first phase, read by all in the second. */
  private boolean stop;

  /** Written by all threads before they end, each the same. */
  private volatile boolean diverged;

  private final RunState start;
  private final double startFraction;
  private long step;
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
    startFraction = start.position().fraction(config.epoch(), corpus.size());
    step = start.step();
    lossSum = start.lossSum();
    lossCount = start.lossCount();
    milestone = (int) (startFraction * MILESTONES);
    int size = batchSize(outputCounts, config.lr());
    threads = Math.max(1, Math.min(config.threads(), size / 2));
    batch = new Example[size];
    for (int b = 0; b < size; b++) {
      batch[b] = new Example(config.dim(), threads);
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
   * <p>Asked by thread 0 before each batch, while no thread changes the matrices.
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
        : () -> new WordStream(corpus, config, batch.length);
    var others = new Thread[threads - 1];
    for (int t = 1; t < threads; t++) {
      int thread = t;
      others[t - 1] = Thread.ofPlatform().name("fasttext-" + t).daemon().start(() -> work(thread, streams.get()));
    }
    work(0, streams.get());
    for (Thread other : others) {
      join(other);
    }
    rethrow(failure.get());
    if (diverged) {
      throw new DivergedException(step, config.lr(), config.lr() / 4);
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

  private void work(int thread, ExampleStream stream) {
    try {
      stream.seek(start.position());
      while (step(thread, stream)) {
        // Each step is a batch.
      }
    } catch (Barrier.BrokenException e) {
      // The thread that failed has recorded why.
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
      barrier.fail();
    }
  }

  /** One batch; false if it was the last. */
  private boolean step(int thread, ExampleStream stream) {
    double fraction = stream.position().fraction(config.epoch(), corpus.size());
    if (thread == 0) {
      report(stream.position(), fraction);
    }
    float lr = learningRate(fraction);
    int count = stream.next(batch, thread, threads);
    if (count == 0) {
      return false;
    }
    for (int b = thread; b < count; b += threads) {
      differentiate(batch[b], lr);
    }
    barrier.await();
    boolean last = stop;
    if (!isFinite(count)) {
      diverged = true;
      return false;
    }
    if (thread == 0) {
      addLosses(count);
    }
    apply(thread, count);
    barrier.await();
    return !last;
  }

  /** Linear decay, in steps of {@code lrUpdateRate} tokens. */
  private float learningRate(double fraction) {
    double lines = fraction * config.epoch() * corpus.size();
    double stepLines = Math.max(1, Math.floor(config.lrUpdateRate() / tokensPerLine));
    double done = Math.floor(lines / stepLines) * stepLines / Math.max(1.0, (double) config.epoch() * corpus.size());
    return (float) (config.lr() * (1 - done));
  }

  private void differentiate(Example example, float lr) {
    int rows = example.rows.size();
    if (rows == 0 || example.targets.isEmpty()) {
      example.loss = 0;
      return;
    }
    kernels.sumRows(
        input.pages(), input.pageShift(), config.dim(), example.rows.array(), 0, rows, example.hidden, 0);
    kernels.scale(1f / rows, example.hidden, 0, config.dim());
    loss.differentiate(example, output, lr, kernels);
    if (config.task() == Task.SUPERVISED) {
      kernels.scale(1f / rows, example.gradient, 0, config.dim());
    }
    if (!(kernels.dot(example.hidden, 0, example.hidden, 0, config.dim()) < LONGEST_HIDDEN)) {
      example.loss = Double.NaN;
    }
    if (threads > 1) {
      example.shareOut(threads);
    }
  }

  private boolean isFinite(int count) {
    double sum = 0;
    for (int b = 0; b < count; b++) {
      sum += batch[b].loss;
    }
    return Double.isFinite(sum);
  }

  private void addLosses(int count) {
    for (int b = 0; b < count; b++) {
      int targets = Math.max(1, batch[b].targets.size());
      lossSum += batch[b].loss;
      lossCount += targets;
      reportLossSum += batch[b].loss;
      reportLossCount += targets;
    }
    step++;
  }

  private void apply(int thread, int count) {
    int dim = config.dim();
    int outputs = (int) output.rows();
    int firstOutput = (int) ((long) outputs * thread / threads);
    int endOutput = (int) ((long) outputs * (thread + 1) / threads);
    for (int b = 0; b < count; b++) {
      Example example = batch[b];
      if (example.rows.isEmpty() || example.targets.isEmpty()) {
        continue;
      }
      if (example.dense) {
        for (int row = firstOutput; row < endOutput; row++) {
          if (example.factors[row] != 0f) {
            kernels.axpy(example.factors[row], example.hidden, 0, output.page(row), output.offset(row), dim);
          }
        }
      } else {
        for (int i = 0; i < example.outputs.size(); i++) {
          int row = example.outputs.get(i);
          if (threads == 1 || Example.owner(row, threads) == thread) {
            kernels.axpy(example.factors[i], example.hidden, 0, output.page(row), output.offset(row), dim);
          }
        }
      }
      int[] rows = threads == 1 ? example.rows.array() : example.ownedRows;
      int from = threads == 1 ? 0 : example.ownedStarts[thread];
      int to = threads == 1 ? example.rows.size() : example.ownedStarts[thread + 1];
      kernels.addToRows(input.pages(), input.pageShift(), dim, rows, from, to, example.gradient, 0);
    }
  }

  /**
   * Tells the listener of milestones and, now and then and at the end, of progress; writes a checkpoint if one is due.
   */
  private void report(ExampleStream.Position position, double fraction) {
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
    if (checkpoints != null && (fraction < 1 && checkpoints.isDue() || stop)) {
      try {
        checkpoints.write(new RunState(position, step, lossSum, lossCount));
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
    return new TrainingProgress(fraction, step, learningRate(fraction), loss, words / ((now - startNanos) / 1e9),
        Duration.ofNanos(now - startNanos));
  }
}
