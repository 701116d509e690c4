package crema.base;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one operation on a fixed number of threads, the caller's among them.
 *
 * <p>An operation on a tensor takes microseconds, so handing it out must take less: workers look for new tasks for a
 * short while before they park, and nothing is allocated. Which thread gets which task is decided while running, so
 * operations cut their work by its size alone, never by the number of threads, and no result depends on it.
 *
 * <p>Callers on several threads take turns. A task that calls {@link #run} of its own pool runs the inner tasks itself,
 * one after the other.
 */
public final class WorkerPool implements AutoCloseable {
  /** How long a thread with nothing to do looks for work before it parks: longer than most gaps between operations. */
  private static final long SPIN_NANOS = 50_000;

  /** How often a spinning thread looks before it asks for the time. */
  private static final int LOOKS_PER_TIME = 64;

  /** A piece of work. */
  @FunctionalInterface
  public interface Task {
    /**
     * Runs one piece.
     *
     * @param task which piece, from 0 to the number of tasks minus one; each runs exactly once
     * @param worker which thread runs it, from 0 to {@link #threads()} minus one: no two tasks that run at the same
     *     time get the same, so it may choose scratch memory
     */
    void run(int task, int worker);
  }

  private static final Task NOTHING = (task, worker) -> {};

  private final Worker[] workers;
  private final ReentrantLock callers = new ReentrantLock();
  /** Whether the thread that holds the lock is inside a task. Only that thread reads and writes it. */
  private boolean callerInTask;

  /**
   * The run's number in the upper half and how many of its tasks are not handed out yet in the lower one. In one word,
   * so that a thread that was slow to look can never take a task of a run that it has not seen.
   */
  private final AtomicLong ticket = new AtomicLong();
  /** Written before {@link #ticket} and read only by those who got a task from it, so until all tasks have ended. */
  private Task task = NOTHING;
  private int tasks;
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile @Nullable Thread waitingCaller;
  private volatile boolean closed;

  /**
   * Starts a pool. Its threads are daemons and cost nothing while there is no work.
   *
   * @param threads how many threads run tasks, the caller's included; with 1 no thread is started
   */
  public WorkerPool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a worker pool needs at least 1 thread, not " + threads);
    }
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
    }
    for (var worker : workers) {
      worker.start();
    }
  }

  /** How many threads run tasks, the caller's included. */
  public int threads() {
    return workers.length + 1;
  }

  /**
   * Runs {@code task} for every index below {@code tasks} and returns when all have ended. What they wrote is visible
   * to the caller. If one throws, those not yet started are skipped, and the first exception is thrown here.
   *
   * @throws IllegalStateException if the pool is closed
   */
  public void run(int tasks, Task task) {
    if (tasks <= 0) {
      return;
    }
    int nestedIn = currentWorker();
    if (nestedIn >= 0) {
      runInline(tasks, task, nestedIn);
      return;
    }
    callers.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the worker pool is closed");
      }
      callerInTask = true;
      if (tasks == 1 || workers.length == 0) {
        runInline(tasks, task, 0);
      } else {
        runShared(tasks, task);
      }
    } finally {
      callerInTask = false;
      callers.unlock();
    }
  }

  /**
   * The results of {@code task} for every index below {@code tasks}, in the order of the indices; see {@link #run}.
   */
  public <T> List<T> map(int tasks, IntFunction<T> task) {
    var results = new ArrayList<@Nullable T>(Collections.nCopies(tasks, null));
    run(tasks, (index, _) -> results.set(index, task.apply(index)));
    return results.stream().map(Objects::requireNonNull).toList();
  }

  /**
   * Which worker of this pool the current thread is: the number its task was given, or -1 outside any task.
   */
  public int currentWorker() {
    if (Thread.currentThread() instanceof Worker worker && worker.pool() == this) {
      return worker.index;
    }
    return callers.isHeldByCurrentThread() && callerInTask ? 0 : -1;
  }

  /** Keeps other callers out until {@link #endExclusive}, for an operation of several runs that share memory. */
  public void beginExclusive() {
    callers.lock();
  }

  /** Ends what {@code beginExclusive} began. */
  public void endExclusive() {
    callers.unlock();
  }

  private static void runInline(int tasks, Task task, int worker) {
    for (int i = 0; i < tasks; i++) {
      task.run(i, worker);
    }
  }

  private void runShared(int tasks, Task task) {
    this.task = task;
    this.tasks = tasks;
    unfinished.set(tasks);
    long run = (ticket.get() >>> Integer.SIZE) + 1;
    ticket.set(run << Integer.SIZE | tasks);
    for (int i = 0; i < Math.min(workers.length, tasks - 1); i++) {
      workers[i].wake();
    }
    takeTasks(0);
    awaitOthers();
    this.task = NOTHING;
    Throwable thrown = failure.getAndSet(null);
    if (thrown != null) {
      // A task declares no checked exception, so there is none to wrap.
      throw WorkerPool.<RuntimeException>unchecked(thrown);
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E unchecked(Throwable thrown) throws E {
    throw (E) thrown;
  }

  private void takeTasks(int worker) {
    for (long seen = ticket.get(); left(seen) > 0; seen = ticket.get()) {
      if (!ticket.compareAndSet(seen, seen - 1)) {
        continue;
      }
      try {
        if (failure.get() == null) {
          task.run(tasks - left(seen), worker);
        }
      } catch (Throwable thrown) {
        failure.compareAndSet(null, thrown);
      }
      if (unfinished.decrementAndGet() == 0 && worker != 0) {
        LockSupport.unpark(waitingCaller);
      }
    }
  }

  private static int left(long ticket) {
    return (int) ticket;
  }

  private void awaitOthers() {
    for (long start = System.nanoTime(); unfinished.get() > 0 && System.nanoTime() - start < SPIN_NANOS;) {
      for (int look = 0; look < LOOKS_PER_TIME && unfinished.get() > 0; look++) {
        Thread.onSpinWait();
      }
    }
    if (unfinished.get() > 0) {
      waitingCaller = Thread.currentThread();
      while (unfinished.get() > 0) {
        LockSupport.park(this);
      }
      waitingCaller = null;
    }
  }

  /** Ends the threads, after the run in progress if there is one. */
  @Override
  public void close() {
    callers.lock();
    try {
      closed = true;
      for (var worker : workers) {
        worker.wake();
      }
    } finally {
      callers.unlock();
    }
  }

  private final class Worker extends Thread {
    final int index;
    private volatile boolean parked;

    Worker(int index) {
      super("crema-worker-" + index);
      this.index = index;
      setDaemon(true);
    }

    WorkerPool pool() {
      return WorkerPool.this;
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      while (!closed) {
        takeTasks(index);
        if (!spin()) {
          parked = true;
          while (idle()) {
            LockSupport.park(WorkerPool.this);
          }
          parked = false;
        }
      }
    }

    /** Looks for work for a short while; false if none came. */
    private boolean spin() {
      for (long start = System.nanoTime(); System.nanoTime() - start < SPIN_NANOS;) {
        for (int look = 0; look < LOOKS_PER_TIME; look++) {
          if (!idle()) {
            return true;
          }
          Thread.onSpinWait();
        }
      }
      return false;
    }

    private boolean idle() {
      return left(ticket.get()) == 0 && !closed;
    }
  }
}
