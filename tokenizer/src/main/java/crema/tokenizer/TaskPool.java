package crema.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads for the length of one training. */
final class TaskPool implements AutoCloseable {
  private final int threads;
  private final ExecutorService executor;

  TaskPool(int threads) {
    this.threads = threads;
    executor = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().name("bpe-trainer-", 0).factory());
  }

  int threads() {
    return threads;
  }

  /** Runs tasks and returns their results in the tasks' order; the first that fails ends it. */
  <T> List<T> run(List<Callable<T>> tasks) {
    try {
      var results = new ArrayList<T>(tasks.size());
      for (var future : executor.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the training was interrupted", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
