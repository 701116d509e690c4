package crema.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {
  @Test
  void resultsComeInTheOrderOfTheTasks() {
    try (var pool = new WorkerPool(3)) {
      assertThat(pool.map(100, task -> task * task)).hasSize(100).isSorted().startsWith(0, 1, 4).endsWith(99 * 99);
      assertThat(pool.map(0, task -> task)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void everyTaskRunsOnceInEachOfManyRuns(int threads) {
    try (var pool = new WorkerPool(threads)) {
      for (int run = 0; run < 20_000; run++) {
        int tasks = run % 12;
        var counts = new AtomicIntegerArray(Math.max(1, tasks));
        pool.run(tasks, (task, worker) -> counts.incrementAndGet(task));
        for (int task = 0; task < tasks; task++) {
          assertThat(counts.get(task)).isOne();
        }
      }
    }
  }

  @Test
  void parkedThreadsWakeForTheNextRun() throws InterruptedException {
    try (var pool = new WorkerPool(3)) {
      for (int run = 0; run < 20; run++) {
        Thread.sleep(2);
        var together = new CountDownLatch(3);
        pool.run(3, (task, worker) -> {
          together.countDown();
          await(together);
        });
        assertThat(together.getCount()).isZero();
      }
    }
  }

  @Test
  void tasksAtTheSameTimeHaveDifferentWorkers() {
    try (var pool = new WorkerPool(4)) {
      var busy = new AtomicIntegerArray(4);
      var clashes = new AtomicInteger();
      pool.run(2_000, (task, worker) -> {
        if (busy.incrementAndGet(worker) != 1) {
          clashes.incrementAndGet();
        }
        LockSupport.parkNanos(1_000);
        busy.decrementAndGet(worker);
      });
      assertThat(clashes).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theExceptionOfATaskReachesTheCallerAndThePoolGoesOn(int threads) {
    try (var pool = new WorkerPool(threads)) {
      for (int failing = 0; failing < 50; failing++) {
        int bad = failing;
        assertThatThrownBy(() -> pool.run(50, (task, worker) -> {
          if (task == bad) {
            throw new IllegalStateException("task " + task);
          }
        })).isInstanceOf(IllegalStateException.class).hasMessage("task " + bad);
        var count = new AtomicInteger();
        pool.run(50, (task, worker) -> count.incrementAndGet());
        assertThat(count).hasValue(50);
      }
    }
  }

  @Test
  void aRunInsideATaskStaysOnItsThreadAndWorker() {
    try (var pool = new WorkerPool(3)) {
      var wrong = new AtomicInteger();
      pool.run(100, (task, worker) -> {
        var thread = Thread.currentThread();
        if (pool.currentWorker() != worker) {
          wrong.incrementAndGet();
        }
        pool.run(5, (inner, innerWorker) -> {
          if (innerWorker != worker || Thread.currentThread() != thread) {
            wrong.incrementAndGet();
          }
        });
      });
      assertThat(wrong).hasValue(0);
      assertThat(pool.currentWorker()).isEqualTo(-1);
    }
  }

  @Test
  void callersOnSeveralThreadsTakeTurns() throws InterruptedException {
    try (var pool = new WorkerPool(2)) {
      var sum = new AtomicInteger();
      var callers = new ArrayList<Thread>();
      for (int i = 0; i < 4; i++) {
        callers.add(Thread.ofVirtual().start(() -> {
          for (int run = 0; run < 500; run++) {
            pool.run(3, (task, worker) -> sum.addAndGet(task));
          }
        }));
      }
      for (var caller : callers) {
        caller.join();
      }
      assertThat(sum).hasValue(4 * 500 * 3);
    }
  }

  @Test
  void aClosedPoolRefusesWork() {
    var pool = new WorkerPool(2);
    pool.close();
    assertThatThrownBy(() -> pool.run(2, (task, worker) -> {}))
        .isInstanceOf(IllegalStateException.class).hasMessage("the worker pool is closed");
  }

  @Test
  void aPoolOfNoThreadsIsRefused() {
    assertThatThrownBy(() -> new WorkerPool(0))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("a worker pool needs at least 1 thread, not 0");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
