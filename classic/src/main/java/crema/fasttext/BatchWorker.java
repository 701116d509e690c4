package crema.fasttext;

/**
 * Takes part in batches whose outcome does not depend on the number of threads.
 *
 * <p>The rows of the matrices are shared out among the threads by their numbers. A batch has two phases. In the first
 * the matrices are frozen, and the examples are shared out: each thread makes the hidden vectors of its examples from
 * the sums of their rows, computes losses and gradients, and reads its examples of the next batch. In the second each
 * thread adds the updates to its own rows, in the order of the examples, and sums rows of its shard for the examples of
 * the next batch. So, with two threads, an input row is only ever in the cache of the thread that owns it; with more,
 * those of a shard share out its rows for updates and the examples for sums. Who computes what depends on the number of
 * threads; what is computed, and the order in which it is added up, does not.
 *
 * <p>Each thread keeps count of the batches by itself, and all come to the same.
 */
final class BatchWorker extends Worker {
  private Example[] batch;
  private Example[] nextBatch;
  private ExampleStream.Position nextPosition;
  private int nextCount;

  /**
   * A worker.
   *
   * @param batches two batches, the same for all threads
   */
  BatchWorker(TrainingRun run, int thread, ExampleStream stream, Example[][] batches) {
    super(run, thread, stream);
    nextBatch = batches[0];
    batch = batches[1];
    nextPosition = stream.position();
  }

  /** How many of so many threads can take part: one, or as many for each shard. */
  static int usefulThreads(int threads) {
    return threads < Example.SHARDS ? 1 : threads - threads % Example.SHARDS;
  }

  @Override
  void work() {
    readNext();
    run.barrier.await();
    sumNext();
    run.barrier.await();
    while (step()) {
      // Each step is a batch.
    }
  }

  /** One batch; false if it was the last. */
  private boolean step() {
    double fraction = run.fraction(nextPosition);
    if (thread == 0) {
      run.report(nextPosition, fraction);
    }
    int count = nextCount;
    if (count == 0) {
      return false;
    }
    Example[] summed = nextBatch;
    nextBatch = batch;
    batch = summed;
    float lr = run.learningRate(fraction);
    for (int b = thread; b < count; b += run.threads) {
      if (!batch[b].isVoid()) {
        batch[b].meanOfShards(run.kernels);
        differentiate(batch[b], lr);
      }
    }
    readNext();
    run.barrier.await();
    boolean last = run.stop;
    if (!isFinite(count)) {
      run.diverged = true;
      return false;
    }
    if (thread == 0) {
      run.addLosses(batch, count, 1);
    }
    for (int b = 0; b < count; b++) {
      if (!batch[b].isVoid()) {
        update(batch[b], thread, run.threads);
      }
    }
    if (run.threads > Example.SHARDS) {
      // Others change rows of this thread's shard.
      run.barrier.await();
    }
    sumNext();
    run.barrier.await();
    return !last;
  }

  private boolean isFinite(int count) {
    double sum = 0;
    for (int b = 0; b < count; b++) {
      sum += batch[b].loss;
    }
    return Double.isFinite(sum);
  }

  private void readNext() {
    nextPosition = stream.position();
    nextCount = stream.next(nextBatch, thread, run.threads);
    for (int b = thread; b < nextCount; b += run.threads) {
      nextBatch[b].shareOut();
    }
  }

  private void sumNext() {
    if (run.threads == 1) {
      for (int b = 0; b < nextCount; b++) {
        for (int shard = 0; shard < Example.SHARDS; shard++) {
          nextBatch[b].sumShard(run.input, shard, run.kernels);
        }
      }
      return;
    }
    for (int b = thread / Example.SHARDS; b < nextCount; b += run.threads / Example.SHARDS) {
      nextBatch[b].sumShard(run.input, thread % Example.SHARDS, run.kernels);
    }
  }
}
