package app;

import crema.classify.Classifier;
import crema.classify.Prediction;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Predicts from 1,000 virtual threads: {@code app.App MODEL PREDICTIONS}. Prints what it saw. */
public final class App {
  private static final int THREADS = 1000;
  private static final List<String> TITLES = List.of("bosch serie 6 washing machine 9kg", "intel core i7 8700k",
      "canon eos 4000d camera", "samsung galaxy s9 64gb", "beko fridge freezer white");

  private App() {}

  public static void main(String[] arguments) throws Exception {
    int each = Integer.parseInt(arguments[1]) / THREADS;
    try (Classifier classifier = Classifier.load(Path.of(arguments[0]))) {
      List<Prediction> expected = TITLES.stream().map(classifier::predict).toList();
      predict(classifier, expected, Math.max(1, each / 10));
      long before = usedBytes();
      int answers = predict(classifier, expected, each);
      System.out.println(answers + " answers as expected");
      System.out.println((usedBytes() - before >> 20) + " MiB more in use");
    }
  }

  /** The answers of all threads, which must be those of one thread. */
  private static int predict(Classifier classifier, List<Prediction> expected, int each) throws Exception {
    Callable<Integer> task = () -> {
      int same = 0;
      for (int i = 0; i < each; i++) {
        int title = i % TITLES.size();
        same += classifier.predict(TITLES.get(title)).equals(expected.get(title)) ? 1 : 0;
      }
      return same;
    };
    int same = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Integer>>();
      for (int i = 0; i < THREADS; i++) {
        answers.add(threads.submit(task));
      }
      for (Future<Integer> answer : answers) {
        same += answer.get();
      }
    }
    return same;
  }

  private static long usedBytes() {
    System.gc();
    var memory = ManagementFactory.getMemoryMXBean();
    return memory.getHeapMemoryUsage().getUsed() + memory.getNonHeapMemoryUsage().getUsed();
  }
}
