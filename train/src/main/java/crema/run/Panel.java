package crema.run;

import crema.base.WorkerPool;
import crema.classify.Classifier;
import java.util.List;

/** Several classifiers that are asked together, by several threads. */
public final class Panel implements AutoCloseable {
  private final List<Classifier> classifiers;
  private final WorkerPool pool;

  /**
   * A panel.
   *
   * @param classifiers are closed with it; each computes with one thread, since many are asked at once
   * @param threads how many ask
   */
  public Panel(List<? extends Classifier> classifiers, int threads) {
    this.classifiers = List.copyOf(classifiers);
    pool = new WorkerPool(threads);
  }

  /** What a classifier is asked. */
  @FunctionalInterface
  public interface Question {
    /** The answers to texts, {@code [texts][]}. */
    float[][] ask(Classifier classifier, List<String> texts);
  }

  /** The classifiers, in their order. */
  public List<Classifier> classifiers() {
    return classifiers;
  }

  /**
   * Asks every classifier.
   *
   * @param texts for each classifier, equally many
   * @return {@code [classifiers][texts][]}
   */
  public float[][][] ask(List<List<String>> texts, Question question) {
    int count = texts.getFirst().size();
    var answers = new float[classifiers.size()][count][];
    int parts = Math.min(pool.threads(), count);
    WorkerPool.Task task = (each, _) -> {
      int classifier = each / parts;
      int begin = (int) ((long) (each % parts) * count / parts);
      int end = (int) ((each % parts + 1L) * count / parts);
      float[][] part = question.ask(classifiers.get(classifier), texts.get(classifier).subList(begin, end));
      System.arraycopy(part, 0, answers[classifier], begin, part.length);
    };
    // One text is answered by its caller, so that many callers need not take turns.
    if (parts > 1) {
      pool.run(classifiers.size() * parts, task);
    } else if (parts == 1) {
      for (int classifier = 0; classifier < classifiers.size(); classifier++) {
        task.run(classifier, 0);
      }
    }
    return answers;
  }

  /** Ends the threads and closes the classifiers. */
  @Override
  public void close() {
    pool.close();
    classifiers.forEach(Classifier::close);
  }
}
