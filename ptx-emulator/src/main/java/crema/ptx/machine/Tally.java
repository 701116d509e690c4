package crema.ptx.machine;

import crema.ptx.AllocationTraffic;
import crema.ptx.Counters;
import crema.ptx.InstructionKind;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what one worker's blocks do. */
public final class Tally {
  private static final int BANKS = 32;

  final long[] executed;
  private long globalRequests;
  private long globalSectors;
  private long sharedRequests;
  private long sharedWavefronts;
  private long bankConflicts;
  private final TreeMap<Integer, Traffic> traffic = new TreeMap<>();
  private @Nullable Traffic last;
  private final long[] sorted = new long[Warp.LANES];
  private final int[] wordsOfBank = new int[BANKS];
  private final int[] bankWords = new int[BANKS * Warp.LANES * 4];

  private static final class Traffic {
    final Allocation allocation;
    long read;
    long written;

    Traffic(Allocation allocation) {
      this.allocation = allocation;
    }
  }

  Tally(int instructions) {
    executed = new long[instructions];
  }

  /** Counts bytes asked of an allocation. */
  public void traffic(Allocation allocation, int bytes, boolean store) {
    Traffic t = last;
    if (t == null || t.allocation != allocation) {
      t = traffic.computeIfAbsent(allocation.number(), n -> new Traffic(allocation));
      last = t;
    }
    if (store) {
      t.written += bytes;
    } else {
      t.read += bytes;
    }
  }

  /** Counts a request to global memory: {@code bytes} at an address a lane. */
  public void global(long[] addresses, int bytes, int lanes) {
    int n = 0;
    for (int m = lanes; m != 0; m &= m - 1) {
      sorted[n++] = addresses[Integer.numberOfTrailingZeros(m)] >>> 5;
    }
    boolean ordered = true;
    for (int i = 1; i < n; i++) {
      ordered &= sorted[i - 1] <= sorted[i];
    }
    if (!ordered) {
      Arrays.sort(sorted, 0, n);
    }
    int sectors = 1;
    for (int i = 1; i < n; i++) {
      sectors += sorted[i] != sorted[i - 1] ? 1 : 0;
    }
    globalRequests++;
    globalSectors += sectors;
  }

  /** Counts a copy by TMA, whose rows touch so many sectors. */
  public void globalBulk(long sectors) {
    globalRequests++;
    globalSectors += sectors;
  }

  /**
   * Counts a request to shared memory: {@code bytes} at an address a lane. Of accesses wider than 4 bytes, as many
   * lanes go at once as fill all banks.
   */
  public void shared(long[] addresses, int bytes, int lanes) {
    sharedRequests++;
    int together = bytes == 16 ? 8 : bytes == 8 ? 16 : 32;
    for (int from = 0; from < Warp.LANES; from += together) {
      int part = lanes & (int) ((1L << together) - 1 << from);
      if (part != 0) {
        int passes = passes(addresses, bytes, part);
        sharedWavefronts += passes;
        bankConflicts += passes - 1;
      }
    }
  }

  /** The most different words that these lanes want of one bank. */
  private int passes(long[] addresses, int bytes, int lanes) {
    Arrays.fill(wordsOfBank, 0);
    int worst = 1;
    for (int m = lanes; m != 0; m &= m - 1) {
      int at = (int) addresses[Integer.numberOfTrailingZeros(m)];
      for (int byteAt = at; byteAt < at + bytes; byteAt += 4) {
        int word = byteAt >> 2;
        int bank = word & BANKS - 1;
        boolean seen = false;
        for (int i = 0; i < wordsOfBank[bank] && !seen; i++) {
          seen = bankWords[bank * Warp.LANES * 4 + i] == word;
        }
        if (!seen) {
          bankWords[bank * Warp.LANES * 4 + wordsOfBank[bank]++] = word;
          worst = Math.max(worst, wordsOfBank[bank]);
        }
      }
    }
    return worst;
  }

  /** The sum over all workers. */
  static Counters sum(Program program, List<Tally> tallies) {
    var kinds = new EnumMap<InstructionKind, Long>(InstructionKind.class);
    var opcodes = new TreeMap<String, Long>();
    var traffic = new TreeMap<Integer, Traffic>();
    var total = new Tally(0);
    long flops = 0;
    for (Tally tally : tallies) {
      for (int i = 0; i < tally.executed.length; i++) {
        if (tally.executed[i] != 0) {
          Program.Line line = program.lines().get(i);
          kinds.merge(line.kind(), tally.executed[i], Long::sum);
          opcodes.merge(line.opcode(), tally.executed[i], Long::sum);
          flops += tally.executed[i] * line.action().matrixFlops();
        }
      }
      total.globalRequests += tally.globalRequests;
      total.globalSectors += tally.globalSectors;
      total.sharedRequests += tally.sharedRequests;
      total.sharedWavefronts += tally.sharedWavefronts;
      total.bankConflicts += tally.bankConflicts;
      tally.traffic.forEach((number, t) -> {
        Traffic sum = traffic.computeIfAbsent(number, n -> new Traffic(t.allocation));
        sum.read += t.read;
        sum.written += t.written;
      });
    }
    return new Counters(
        kinds,
        opcodes,
        total.globalRequests,
        total.globalSectors,
        total.sharedRequests,
        total.sharedWavefronts,
        total.bankConflicts,
        flops,
        traffic.values().stream().map(t -> new AllocationTraffic(t.allocation.name(), t.read, t.written)).toList());
  }
}
