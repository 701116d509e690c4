package crema.classify;

import crema.task.Target;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;

/**
 * A classifier that was loaded: what all families promise is checked here, once. Blank texts are empty to the family,
 * and after {@link #close}, which waits for running calls, there are no answers.
 */
final class LoadedClassifier implements Classifier {
  private final Classifier model;
  private final String name;
  private final StampedLock lock = new StampedLock();
  /** Written under the write lock. */
  private boolean closed;

  /**
   * Wraps the classifier of a family.
   *
   * @param name of the model, for messages
   */
  LoadedClassifier(Classifier model, String name) {
    this.model = model;
    this.name = name;
  }

  /** Opens a model of whatever family. */
  static LoadedClassifier open(ModelSource model, ComputeOptions options) throws IOException {
    return new LoadedClassifier(ModelFamily.of(model).open(model, options), model.name());
  }

  @Override
  public Target target() {
    return model.target();
  }

  @Override
  public List<String> columns() {
    return model.columns();
  }

  @Override
  public List<List<Prediction>> predict(List<String> texts, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, not " + k);
    }
    return whileOpen(() -> model.predict(withoutBlanks(texts), k));
  }

  @Override
  public List<List<Prediction>> answer(List<String> texts) {
    return whileOpen(() -> model.answer(withoutBlanks(texts)));
  }

  @Override
  public float[][] probabilities(List<String> texts) {
    return whileOpen(() -> model.probabilities(withoutBlanks(texts)));
  }

  @Override
  public float[][] rawProbabilities(List<String> texts) {
    return whileOpen(() -> model.rawProbabilities(withoutBlanks(texts)));
  }

  @Override
  public float[][] logits(List<String> texts) {
    return whileOpen(() -> model.logits(withoutBlanks(texts)));
  }

  @Override
  public Explanation explain(String text, int[] labels) {
    return whileOpen(() -> model.explain(text, labels));
  }

  @Override
  public float[][] embed(List<String> texts) {
    return whileOpen(() -> model.embed(withoutBlanks(texts)));
  }

  @Override
  public int length(String text) {
    return whileOpen(() -> model.length(text));
  }

  @Override
  public double operations(String text) {
    return whileOpen(() -> model.operations(text));
  }

  private static List<String> withoutBlanks(List<String> texts) {
    return texts.stream().map(text -> text.isBlank() ? "" : text).toList();
  }

  private <T> T whileOpen(Supplier<T> call) {
    long stamp = lock.readLock();
    try {
      if (closed) {
        throw new IllegalStateException("the classifier " + name + " is closed");
      }
      return call.get();
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** Waits for running calls, and releases what the model holds. Closing again does nothing. */
  @Override
  public void close() {
    long stamp = lock.writeLock();
    try {
      if (!closed) {
        closed = true;
        model.close();
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }
}
