package crema.nn.fasttext;

/** One thread's part in a training run. */
abstract sealed class Worker permits BatchWorker, LockFreeWorker {
  /** The squared length of a hidden vector beyond which only a learning rate that is too large can have led. */
  private static final float LONGEST_HIDDEN = 1e12f;

  final TrainingRun run;
  final int thread;
  final ExampleStream stream;

  /** The columns of the matrices. */
  final int dim;

  Worker(TrainingRun run, int thread, ExampleStream stream) {
    this.run = run;
    this.thread = thread;
    this.stream = stream;
    dim = run.config.dim();
  }

  /** Trains until the last epoch has ended, the listener stops the run, or it diverges. */
  abstract void work();

  /** Computes the loss, which is NaN beyond hope, and the gradients of an example that has its hidden vector. */
  final void differentiate(Example example, float lr) {
    run.loss.differentiate(example, run.output, lr, run.kernels);
    if (run.config.task() == Task.SUPERVISED) {
      run.kernels.scale(1f / example.rows.size(), example.gradient, 0, dim);
    }
    if (!(run.kernels.dot(example.hidden, 0, example.hidden, 0, dim) < LONGEST_HIDDEN)) {
      example.loss = Double.NaN;
    }
  }

  /** Adds a multiple of the hidden vector to a row of the output matrix. */
  final void addHidden(Example example, float factor, int row) {
    if (factor != 0f) {
      run.kernels.axpy(factor, example.hidden, 0, run.output.page(row), run.output.offset(row), dim);
    }
  }

  static Example[] newBatch(int size, int dim) {
    var batch = new Example[size];
    for (int b = 0; b < size; b++) {
      batch[b] = new Example(dim);
    }
    return batch;
  }
}
