package crema.ptx.machine;

import crema.ptx.FaultKind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who last wrote and read each cell of shared memory, and when: FastTrack (Flanagan and Freund, 2009) with a time of
 * reading for every actor. A cell is a word of 4 bytes; a word that is accessed in parts is split into four cells of a
 * byte.
 */
final class SharedShadow {
  /** What a cell is, beyond ordinary memory. */
  private static final byte PLAIN = 0;

  private static final byte SPLIT = 1;
  private static final byte COPYING = 2;
  private static final byte LOADING = 3;
  private static final byte BARRIER = 4;

  private final int cellBytes;
  private final int base;
  private final int readers;
  private final Actors actors;
  private final byte[] state;
  private final boolean[] atomicWrite;
  private final int[] writer;
  private final int[] writeTime;
  private final int[] writePc;
  private final int[] readPc;
  private final int[] readTime;
  private @Nullable Map<Integer, SharedShadow> split;

  /**
   * Unwritten memory.
   *
   * @param base address of the first cell
   * @param cells how many cells
   * @param cellBytes bytes of one, 4 or 1
   * @param readers how many actors read
   */
  SharedShadow(Actors actors, int base, int cells, int cellBytes, int readers) {
    this.actors = actors;
    this.base = base;
    this.cellBytes = cellBytes;
    this.readers = readers;
    state = new byte[cells];
    atomicWrite = new boolean[cells];
    writer = new int[cells];
    writeTime = new int[cells];
    writePc = new int[cells];
    readPc = new int[cells];
    readTime = new int[cells * readers];
  }

  void clear() {
    Arrays.fill(state, PLAIN);
    Arrays.fill(writeTime, 0);
    Arrays.fill(readPc, 0);
    Arrays.fill(readTime, 0);
    split = null;
  }

  /**
   * A read by {@code warp} of another block, which knows what this block made known to its cluster.
   *
   * @param known what it was made known
   * @param time the phase of the cluster's barrier in which it reads
   */
  void readByPeer(Warp warp, int lane, VectorClock known, int time, int at, int size) {
    for (int i = (at - base) / cellBytes, end = (at + size - 1 - base) / cellBytes; i <= end; i++) {
      int cell = base + i * cellBytes;
      if (part(i, at, size) && state[i] != BARRIER) {
        parts(i).readByPeer(warp, lane, known, time, Math.max(at, cell),
            Math.min(at + size, cell + cellBytes) - Math.max(at, cell));
        continue;
      }
      usable(warp, lane, i, "reads");
      if (writeTime[i] == 0) {
        throw warp.fault(FaultKind.UNWRITTEN_READ, lane,
            "nothing has written byte " + cell + " of another block's shared memory");
      }
      if (known.known[writer[i]] < writeTime[i]) {
        throw warp.fault(FaultKind.RACE, lane, "reads byte " + cell + " of another block's shared memory, which "
            + actors.describe(writer[i]) + " wrote at " + warp.place(writePc[i])
            + " with no barrier of the cluster between");
      }
      readTime[i * readers + actors.peers()] = time;
      readPc[i] = warp.pc() + 1;
    }
  }

  /** A read by {@code warp} of its own, or of {@code actor} on its behalf (then through the asynchronous proxy). */
  void read(Warp warp, int lane, int actor, int time, int at, int size) {
    int[] known = warp.clock().known;
    for (int i = (at - base) / cellBytes, end = (at + size - 1 - base) / cellBytes; i <= end; i++) {
      if (state[i] == PLAIN && readTime[i * readers + actor] == time && writeTime[i] <= known[writer[i]]) {
        continue; // read before in this epoch, and not written since by anyone unknown
      }
      int cell = base + i * cellBytes;
      if (part(i, at, size) && state[i] != BARRIER) {
        parts(i).read(warp, lane, actor, time, Math.max(at, cell),
            Math.min(at + size, cell + cellBytes) - Math.max(at, cell));
        continue;
      }
      usable(warp, lane, i, "reads");
      if (writeTime[i] == 0) {
        throw warp.fault(FaultKind.UNWRITTEN_READ, lane, "nothing has written byte " + cell + " of shared memory");
      }
      afterWrite(warp, lane, i, "reads");
      if (actor != warp.index && actors.isWarp(writer[i]) && warp.clock().fenced[writer[i]] < writeTime[i]) {
        throw warp.fault(FaultKind.MISSING_PROXY_FENCE, lane, "reads byte " + cell + " of shared memory, which "
            + actors.describe(writer[i]) + " stored at " + warp.place(writePc[i])
            + " with no fence.proxy.async between");
      }
      readTime[i * readers + actor] = Math.max(readTime[i * readers + actor], time);
      readPc[i] = warp.pc() + 1;
    }
  }

  /** A store by {@code warp}. */
  void write(Warp warp, int lane, int at, int size) {
    int time = warp.time();
    for (int i = (at - base) / cellBytes, end = (at + size - 1 - base) / cellBytes; i <= end; i++) {
      int cell = base + i * cellBytes;
      if (part(i, at, size) && state[i] != BARRIER) {
        parts(i).write(warp, lane, Math.max(at, cell), Math.min(at + size, cell + cellBytes) - Math.max(at, cell));
        continue;
      }
      overwrite(warp, lane, i);
      atomicWrite[i] = false;
      writer[i] = warp.index;
      writeTime[i] = time;
      writePc[i] = warp.pc();
    }
  }

  /** An atomic update of whole words by {@code warp}: among atomics, no order is needed. */
  void atomic(Warp warp, int lane, int at, int size) {
    for (int i = (at - base) / cellBytes, end = (at + size - 1 - base) / cellBytes; i <= end; i++) {
      if (state[i] == SPLIT) {
        parts(i).atomic(warp, lane, base + i * cellBytes, cellBytes);
        continue;
      }
      if (writeTime[i] == 0) {
        throw warp.fault(FaultKind.UNWRITTEN_READ, lane,
            "nothing has written byte " + (base + i * cellBytes) + " of shared memory");
      }
      if (!atomicWrite[i]) {
        overwrite(warp, lane, i);
      }
      atomicWrite[i] = true;
      writer[i] = warp.index;
      writeTime[i] = warp.time();
      writePc[i] = warp.pc();
    }
  }

  /** A cp.async of {@code warp} or a load by TMA that it issues: from now on, nobody may touch these whole words. */
  void begin(Warp warp, int lane, int at, int size, boolean bulk) {
    for (int i = (at - base) / cellBytes, end = (at + size - 1 - base) / cellBytes; i <= end; i++) {
      if (state[i] == SPLIT) {
        parts(i).overwriteAll(warp, lane);
        state[i] = PLAIN;
      } else {
        overwrite(warp, lane, i);
      }
      state[i] = bulk ? LOADING : COPYING;
      writePc[i] = warp.pc();
    }
  }

  /** What was begun has landed: written by {@code actor} at {@code time}. */
  void land(int actor, int time, int at, int size) {
    for (int i = (at - base) / cellBytes, end = (at + size - 1 - base) / cellBytes; i <= end; i++) {
      state[i] = PLAIN;
      atomicWrite[i] = false;
      writer[i] = actor;
      writeTime[i] = time;
    }
  }

  /** The two words at {@code at} become a memory barrier, or ordinary memory again. */
  void barrier(Warp warp, int lane, int at, boolean make) {
    int first = (at - base) / cellBytes;
    for (int i = first; i <= first + 1; i++) {
      if (make && state[i] == SPLIT) {
        parts(i).overwriteAll(warp, lane);
      } else if (make) {
        overwrite(warp, lane, i);
      }
      state[i] = make ? BARRIER : PLAIN;
      writeTime[i] = 0;
    }
  }

  private void overwriteAll(Warp warp, int lane) {
    for (int i = 0; i < state.length; i++) {
      overwrite(warp, lane, i);
    }
  }

  /** Checks that all earlier accesses of a cell are ordered before one that writes it now. */
  private void overwrite(Warp warp, int lane, int i) {
    usable(warp, lane, i, "writes");
    if (writeTime[i] != 0) {
      afterWrite(warp, lane, i, "writes");
    }
    if (readPc[i] != 0) {
      int[] known = warp.clock().known;
      for (int actor = 0; actor < readers; actor++) {
        if (readTime[i * readers + actor] > known[actor] && actor != warp.index) {
          boolean asynchronous = !actors.isWarp(actor) && actor != actors.peers();
          throw warp.fault(asynchronous ? FaultKind.MISSING_WAIT : FaultKind.RACE, lane,
              "writes byte " + (base + i * cellBytes)
                  + " of shared memory, which " + actors.describe(actor) + (asynchronous ? " may still read" : " read")
                  + " at "
                  + warp.place(readPc[i] - 1) + (asynchronous ? "" : " with no barrier between"));
        }
      }
      readPc[i] = 0;
    }
  }

  private void afterWrite(Warp warp, int lane, int i, String does) {
    int who = writer[i];
    if (who != warp.index && warp.clock().known[who] < writeTime[i]) {
      boolean asynchronous = !actors.isWarp(who);
      throw warp.fault(asynchronous ? FaultKind.MISSING_WAIT : FaultKind.RACE, lane,
          does + " byte " + (base + i * cellBytes)
              + " of shared memory, which " + actors.describe(who) + " wrote at " + warp.place(writePc[i])
              + (asynchronous ? " and for which this warp has not waited" : " with no barrier between"));
    }
  }

  private void usable(Warp warp, int lane, int i, String does) {
    if (state[i] == COPYING || state[i] == LOADING) {
      throw warp.fault(FaultKind.MISSING_WAIT, lane,
          does + " byte " + (base + i * cellBytes) + " of shared memory, which a "
              + (state[i] == COPYING ? "cp.async" : "bulk load") + " begun at " + warp.place(writePc[i])
              + " may still write");
    }
    if (state[i] == BARRIER) {
      throw warp.fault(FaultKind.BARRIER_MISUSE, lane,
          does + " byte " + (base + i * cellBytes) + " of shared memory, which is a memory barrier");
    }
  }

  private boolean part(int i, int at, int size) {
    int cell = base + i * cellBytes;
    return state[i] == SPLIT || at > cell || at + size < cell + cellBytes;
  }

  /** The four cells of a word that is accessed in parts; they begin with its history. */
  private SharedShadow parts(int i) {
    if (split == null) {
      split = new HashMap<>();
    }
    SharedShadow found = split.get(i);
    if (found == null || state[i] != SPLIT) {
      SharedShadow fresh = new SharedShadow(actors, base + i * cellBytes, cellBytes, 1, readers);
      Arrays.fill(fresh.state, state[i]);
      Arrays.fill(fresh.atomicWrite, atomicWrite[i]);
      Arrays.fill(fresh.writer, writer[i]);
      Arrays.fill(fresh.writeTime, writeTime[i]);
      Arrays.fill(fresh.writePc, writePc[i]);
      Arrays.fill(fresh.readPc, readPc[i]);
      for (int c = 0; c < cellBytes; c++) {
        System.arraycopy(readTime, i * readers, fresh.readTime, c * readers, readers);
      }
      split.put(i, fresh);
      found = fresh;
      if (state[i] == PLAIN) {
        state[i] = SPLIT;
      }
    }
    return found;
  }
}
