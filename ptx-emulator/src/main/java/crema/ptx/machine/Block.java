package crema.ptx.machine;

import crema.ptx.Dim3;
import crema.ptx.FaultKind;
import crema.ptx.LaunchConfig;
import crema.ptx.PtxFault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A block: warps, shared memory, barriers. One worker runs many blocks of a launch with the same object, one after the
 * other.
 */
public final class Block {
  /** Barriers of a block. */
  static final int BARRIERS = 16;

  private static final int QUANTUM = 1 << 14;
  private static final int MOST_SHUFFLED_QUANTUM = 200;

  private final LaunchConfig launch;
  private final byte[] parameters;
  private final DeviceMemory memory;
  private final Tally tally;
  private final Actors actors;
  private final SharedMemory shared;
  private final BulkQueue bulk;
  private final BlockBarrier[] barriers = new BlockBarrier[BARRIERS];
  private final Map<Integer, MemoryBarrier> memoryBarriers = new HashMap<>();
  private final List<Warp> warps = new ArrayList<>();
  private Dim3 id = new Dim3(0, 0, 0);
  private GlobalAccess global;
  private int live;
  private int barriersMade;
  private long progress;
  private long instructions;
  private final Cluster cluster;
  private final int rank;
  private final List<Warp> order = new ArrayList<>();
  private @Nullable SplittableRandom random;

  Block(Program program, LaunchConfig launch, byte[] parameters, DeviceMemory memory, Tally tally, Cluster cluster,
      int rank) {
    this.cluster = cluster;
    this.rank = rank;
    this.launch = launch;
    this.parameters = parameters;
    this.memory = memory;
    this.tally = tally;
    global = new GlobalAccess(memory);
    int count = (int) ((launch.block().size() + Warp.LANES - 1) / Warp.LANES);
    actors = new Actors(count);
    shared = new SharedMemory(program.sharedBytes() + launch.dynamicSharedBytes(), actors,
        program.asynchronous() || launch.clusterSize() > 1);
    bulk = new BulkQueue(this, actors.count());
    for (int i = 0; i < BARRIERS; i++) {
      barriers[i] = new BlockBarrier(this, i, actors.count());
    }
    for (int i = 0; i < count; i++) {
      warps.add(new Warp(this, i, program));
    }
  }

  /** Becomes the block of that index, about to run. */
  void begin(long number) {
    id = launch.grid().at(number);
    start();
    random = launch.schedule().shuffled()
        ? new SplittableRandom(launch.schedule().seed() * 0x9E3779B97F4A7C15L + number) : null;
    order.clear();
    order.addAll(warps);
  }

  /** Lets every warp run for a while; false if nothing has happened by which another one could go on. */
  boolean turn() {
    long before = progress;
    boolean busy = false;
    if (random != null) {
      for (int i = order.size() - 1; i > 0; i--) {
        Collections.swap(order, i, random.nextInt(i + 1));
      }
    }
    for (Warp warp : order) {
      if (warp.state() == Warp.State.RUNNABLE || warp.state() == Warp.State.AWAITING) {
        int quantum = random == null ? QUANTUM : 1 + random.nextInt(1 + random.nextInt(MOST_SHUFFLED_QUANTUM));
        busy |= warp.run(quantum) == Warp.Stop.QUANTUM;
        if (instructions > launch.instructionLimit()) {
          throw warp.fault(FaultKind.LIVELOCK, Integer.numberOfTrailingZeros(warp.live()),
              "the block has not ended after " + launch.instructionLimit() + " warp instructions");
        }
      }
    }
    if (!bulk.isEmpty()) {
      bulk.land(random);
      busy = true;
    }
    return busy || progress != before;
  }

  private void start() {
    global = new GlobalAccess(memory);
    shared.clear();
    bulk.clear();
    memoryBarriers.clear();
    barriersMade = 0;
    instructions = 0;
    for (BlockBarrier barrier : barriers) {
      barrier.reset();
    }
    long threads = launch.block().size();
    for (Warp warp : warps) {
      warp.start((int) Math.min(Warp.LANES, threads - (long) warp.index * Warp.LANES));
    }
    live = warps.size();
  }

  /** What to say when no warp can go on. */
  PtxFault deadlock() {
    var waiting = new LinkedHashMap<String, List<Integer>>();
    Warp first = null;
    for (Warp warp : warps) {
      if (warp.state() != Warp.State.DONE) {
        first = first == null ? warp : first;
        waiting.computeIfAbsent(warp.place(warp.pc()), place -> new ArrayList<>()).add(warp.index);
      }
    }
    if (first == null) {
      throw new IllegalStateException("a block without live warps has ended");
    }
    var list = new StringJoiner(", ");
    waiting.forEach((place, who) -> list.add(
        (who.size() == 1 ? "warp " + who.getFirst() + " waits" : "warps " + who + " wait") + " at " + place));
    return first.fault(FaultKind.DEADLOCK, Integer.numberOfTrailingZeros(first.live()), "no warp can go on: " + list);
  }

  /** Something has happened for which a waiting warp may have waited. */
  public void progress() {
    progress++;
  }

  void count(int executed) {
    instructions += executed;
  }

  void warpDone(Warp warp) {
    live--;
    bulk.warpEnds(warp);
    if (live == 0) {
      bulk.checkDone(warp);
    }
    progress++;
    for (BlockBarrier barrier : barriers) {
      barrier.releaseIfComplete();
    }
    cluster.releaseIfComplete();
  }

  /** The blocks that run at the same time. */
  public Cluster cluster() {
    return cluster;
  }

  /** Its index in its cluster. */
  int rank() {
    return rank;
  }

  int liveWarps() {
    return live;
  }

  int warps() {
    return warps.size();
  }

  Warp warp(int index) {
    return warps.get(index);
  }

  Actors actors() {
    return actors;
  }

  BlockBarrier barrier(int number) {
    return barriers[number];
  }

  /** Its index in the grid. */
  public Dim3 id() {
    return id;
  }

  /** How the kernel was launched. */
  public LaunchConfig launch() {
    return launch;
  }

  /** The kernel's parameters. */
  public byte[] parameters() {
    return parameters;
  }

  /** Its counters. */
  public Tally tally() {
    return tally;
  }

  /** Its shared memory. */
  public SharedMemory shared() {
    return shared;
  }

  /** Its bulk copies. */
  public BulkQueue bulk() {
    return bulk;
  }

  /** Its view of global memory. */
  public GlobalAccess global() {
    return global;
  }

  /** Makes a memory barrier of 8 bytes of shared memory. */
  public void initBarrier(Warp warp, int lane, int at, int count) {
    if (count < 1 || count >= 1 << 20) {
      throw warp.fault(FaultKind.BARRIER_MISUSE, lane, "a memory barrier for " + count + " arrivals");
    }
    shared.check(warp, lane, at, 8, 8);
    if (memoryBarriers.containsKey(at)) {
      throw warp.fault(FaultKind.BARRIER_MISUSE, lane, "a memory barrier that exists already");
    }
    shared.barrier(warp, lane, at, true);
    memoryBarriers.put(at, new MemoryBarrier(count, actors, actors.barrier(barriersMade++), warp.index, warp.time()));
    progress();
  }

  /** Makes a memory barrier ordinary memory again. */
  public void invalidateBarrier(Warp warp, int lane, int at) {
    memoryBarrier(warp, lane, at);
    memoryBarriers.remove(at);
    shared.barrier(warp, lane, at, false);
  }

  /** The memory barrier at an address; faults if there is none that the warp knows of. */
  public MemoryBarrier memoryBarrier(Warp warp, int lane, int at) {
    MemoryBarrier found = memoryBarriers.get(at);
    if (found == null) {
      throw warp.fault(FaultKind.BARRIER_MISUSE, lane,
          "no memory barrier was made at byte " + at + " of shared memory");
    }
    if (found.initWarp != warp.index && warp.clock().known[found.initWarp] < found.initTime) {
      throw warp.fault(FaultKind.RACE, lane,
          "a memory barrier that warp " + found.initWarp + " makes with no barrier between");
    }
    return found;
  }

  /** The memory barrier that is to count a bulk load; its making must be fenced for the asynchronous proxy. */
  public MemoryBarrier bulkBarrier(Warp warp, int lane, int at) {
    MemoryBarrier found = memoryBarrier(warp, lane, at);
    if (warp.clock().fenced[found.initWarp] < found.initTime) {
      throw warp.fault(FaultKind.MISSING_PROXY_FENCE, lane,
          "a bulk load counts at a memory barrier that was made without fence.mbarrier_init or fence.proxy.async");
    }
    return found;
  }

  /** Arrivals at a memory barrier, which first expects more bytes; gives the phase at which they arrived. */
  public long arrive(Warp warp, int lane, MemoryBarrier barrier, int count, boolean drop, long bytes) {
    long phase = barrier.phase();
    if (count < 1 || count > barrier.pending()) {
      throw warp.fault(FaultKind.BARRIER_MISUSE, lane,
          count + " arrivals at a memory barrier that expects " + barrier.pending() + " more");
    }
    barrier.expectBytes(bytes);
    checkBytes(warp, lane, barrier);
    barrier.arrive(count, drop, warp.clock());
    warp.tick();
    progress();
    return phase;
  }

  /** A memory barrier expects more bytes. */
  public void expect(Warp warp, int lane, MemoryBarrier barrier, long bytes) {
    barrier.expectBytes(bytes);
    checkBytes(warp, lane, barrier);
  }

  private static void checkBytes(Warp warp, int lane, MemoryBarrier barrier) {
    if (Math.abs(barrier.bytes()) >= 1 << 20) {
      throw warp.fault(FaultKind.BARRIER_MISUSE, lane,
          "a memory barrier that expects " + barrier.bytes() + " bytes, beyond 2^20");
    }
  }

  /** All cp.async of these lanes so far arrive at a memory barrier when they have landed. */
  public void arriveWithCopies(Warp warp, int lane, MemoryBarrier barrier, boolean counted) {
    int time = bulk.tick(barrier.actor);
    warp.copies().landFor(1 << lane, barrier.actor, time);
    barrier.arrivingClock().learn(barrier.actor, time);
    if (!counted) {
      return;
    }
    arrive(warp, lane, barrier, 1, false, 0);
  }

  /** Whether a phase has ended; then the warp knows what those who arrived knew. */
  public boolean ended(Warp warp, MemoryBarrier barrier, long phase) {
    if (barrier.phase() <= phase) {
      return false;
    }
    warp.clock().join(barrier.completed());
    return true;
  }
}
