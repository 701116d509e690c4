package crema.run;

import crema.base.WorkerPool;
import crema.classify.Classifier;
import crema.classify.Item;
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
    /** The answers to items, {@code [items][]}. */
    float[][] ask(Classifier classifier, List<Item> items);
  }

  /** The classifiers, in their order. */
  public List<Classifier> classifiers() {
    return classifiers;
  }

  /**
   * Asks every classifier.
   *
   * @param items for each classifier, equally many
   * @return {@code [classifiers][items][]}
   */
  public float[][][] ask(List<List<Item>> items, Question question) {
    int count = items.getFirst().size();
    var answers = new float[classifiers.size()][count][];
    int parts = Math.min(pool.threads(), count);
    WorkerPool.Task task = (each, _) -> {
      int classifier = each / parts;
      int begin = (int) ((long) (each % parts) * count / parts);
      int end = (int) ((each % parts + 1L) * count / parts);
      float[][] part = question.ask(classifiers.get(classifier), items.get(classifier).subList(begin, end));
      System.arraycopy(part, 0, answers[classifier], begin, part.length);
    };
    // One item is answered by its caller, so that many callers need not take turns.
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
