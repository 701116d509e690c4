package crema.ptx.machine;

import crema.ptx.Counters;
import crema.ptx.LaunchConfig;
import crema.ptx.PtxFault;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs all blocks of a launch on a number of workers. Clusters of them are taken in the schedule's order and retired in the same
 * order, so that counters and faults do not depend on the number of workers: of several faults, the one in the first
 * block of that order is reported.
 */
public final class Executor {
  private final Program program;
  private final LaunchConfig launch;
  private final byte[] parameters;
  private final DeviceMemory memory;
  private final long clusters;
  private final long @Nullable [] order;
  private final BlockConflicts conflicts;
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, List<GlobalAccess>> finished = new TreeMap<>();
  private final List<Tally> tallies = new ArrayList<>();
  private long taken;
  private long retired;
  private long faultAt = Long.MAX_VALUE;
  private @Nullable RuntimeException fault;

  private Executor(Program program, LaunchConfig launch, byte[] parameters, DeviceMemory memory) {
    this.program = program;
    this.launch = launch;
    this.parameters = parameters;
    this.memory = memory;
    clusters = launch.grid().size() / launch.clusterSize();
    conflicts = new BlockConflicts(program, launch.grid(), launch.block());
    order = launch.schedule().shuffled() ? shuffled(clusters, launch.schedule().seed()) : null;
  }

  /**
   * Runs a launch.
   *
   * @param parameters the kernel's parameters, packed
   * @param pool where more workers than the calling thread run
   * @param workers how many workers, the calling thread included
   * @throws PtxFault if the kernel does something wrong
   */
  public static Counters run(
      Program program, LaunchConfig launch, byte[] parameters, DeviceMemory memory, ExecutorService pool, int workers) {
    var executor = new Executor(program, launch, parameters, memory);
    int helpers = (int) Math.min(workers, executor.clusters) - 1;
    var futures = new ArrayList<Future<?>>();
    for (int i = 0; i < helpers; i++) {
      futures.add(pool.submit(executor::work));
    }
    executor.work();
    for (Future<?> future : futures) {
      try {
        future.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a kernel ran", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    if (executor.fault != null) {
      throw executor.fault;
    }
    executor.conflicts.publish();
    return Tally.sum(program, executor.tallies);
  }

  private void work() {
    var tally = new Tally(program.lines().size());
    var cluster = new Cluster(program, launch, parameters, memory, tally);
    for (long at = take(); at >= 0; at = take()) {
      try {
        retire(at, cluster.run(number(at) * launch.clusterSize()));
      } catch (RuntimeException e) {
        fail(at, e);
      }
    }
    lock.lock();
    try {
      tallies.add(tally);
    } finally {
      lock.unlock();
    }
  }

  private long number(long at) {
    return order == null ? at : order[(int) at];
  }

  /** The next cluster, or -1 if there is none before the first fault. */
  private long take() {
    lock.lock();
    try {
      return taken < clusters && taken < faultAt ? taken++ : -1;
    } finally {
      lock.unlock();
    }
  }

  private void retire(long at, List<GlobalAccess> access) {
    lock.lock();
    try {
      finished.put(at, access);
      while (!finished.isEmpty() && finished.firstKey() == retired && retired < faultAt) {
        List<GlobalAccess> next = finished.pollFirstEntry().getValue();
        try {
          for (int i = 0; i < next.size(); i++) {
            conflicts.add(number(retired) * next.size() + i, next.get(i));
          }
        } catch (PtxFault e) {
          fail(retired, e);
        }
        retired++;
      }
    } finally {
      lock.unlock();
    }
  }

  private void fail(long at, RuntimeException e) {
    lock.lock();
    try {
      if (at < faultAt) {
        faultAt = at;
        fault = e;
      }
    } finally {
      lock.unlock();
    }
  }

  private static long[] shuffled(long count, long seed) {
    if (count > 1 << 24) {
      throw new IllegalArgumentException("more than 2^24 blocks cannot be shuffled");
    }
    long[] order = new long[(int) count];
    var random = new SplittableRandom(seed);
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
