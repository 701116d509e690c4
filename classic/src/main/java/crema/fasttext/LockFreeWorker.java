package crema.fasttext;

/**
 * Changes the matrices after each of its examples while the other threads read and change them too, as the original
 * does: F. Niu, B. Recht, C. Re, S. J. Wright, "Hogwild!: A Lock-Free Approach to Parallelizing Stochastic Gradient
 * Descent" (NIPS 2011). Updates are lost now and then, so that with several threads no two runs give the same model.
 */
final class LockFreeWorker extends Worker {
  private final Example[] batch;

  LockFreeWorker(TrainingRun run, int thread, ExampleStream stream) {
    super(run, thread, stream);
    batch = newBatch(run.batchSize, dim);
  }

  @Override
  void work() {
    while (step()) {
      // Each step is a batch, of which this thread takes its part.
    }
  }

  private boolean step() {
    ExampleStream.Position position = stream.position();
    double fraction = run.fraction(position);
    if (thread == 0) {
      run.report(position, fraction);
    }
    float lr = run.learningRate(fraction);
    int count = stream.next(batch, thread, run.threads);
    for (int b = thread; b < count; b += run.threads) {
      learn(batch[b], lr);
      if (!Double.isFinite(batch[b].loss)) {
        run.diverged = true;
        return false;
      }
    }
    if (thread == 0 && count > 0) {
      run.addLosses(batch, count, run.threads);
    }
    return count > 0 && !run.stop && !run.diverged && run.failure.get() == null;
  }

  private void learn(Example example, float lr) {
    if (example.isVoid()) {
      return;
    }
    example.meanOfRows(run.input, run.kernels);
    differentiate(example, lr);
    update(example, 0, 1);
  }
}
