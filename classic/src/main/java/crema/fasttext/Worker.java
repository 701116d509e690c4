package crema.fasttext;

import crema.base.IntList;

/** One thread's part in a training run. */
abstract sealed class Worker permits BatchWorker, LockFreeWorker {
  /** The squared length of a hidden vector beyond which only a learning rate that is too large can have led. */
  private static final float LONGEST_HIDDEN = 1e12f;

  final TrainingRun run;
  final int thread;
  final ExampleStream stream;

  /** The columns of the matrices. */
  final int dim;

  private final IntList ownedRows = new IntList();

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
    run.loss.differentiate(example, run.output, lr * example.weight, run.kernels);
    if (run.config.task() == Task.SUPERVISED) {
      run.kernels.scale(1f / example.rows.size(), example.gradient, 0, dim);
    }
    if (!(run.kernels.dot(example.hidden, 0, example.hidden, 0, dim) < LONGEST_HIDDEN)) {
      example.loss = Double.NaN;
    }
  }

  /** Adds an example's updates to the rows, of both matrices, that belong to one of several owners. */
  final void update(Example example, int owner, int owners) {
    if (example.dense) {
      int end = (int) (run.output.rows() * (owner + 1) / owners);
      for (int row = (int) (run.output.rows() * owner / owners); row < end; row++) {
        addHidden(example, example.factors[row], row);
      }
    } else {
      for (int i = 0; i < example.outputs.size(); i++) {
        int row = example.outputs.get(i);
        if (Example.owner(row, owners) == owner) {
          addHidden(example, example.factors[i], row);
        }
      }
    }
    example.addGradient(run.input, owner, owners, ownedRows, run.kernels);
  }

  private void addHidden(Example example, float factor, int row) {
    if (factor != 0f) {
      run.kernels.addScaled(factor, example.hidden, 0, run.output.page(row), run.output.offset(row), dim);
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
