package crema.cuda.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Small blocks of device memory: each slab is cut into blocks of one size. The lowest free address is taken, so that a step
 * that is repeated finds the same addresses.
 */
final class Slabs {
  /** The size of a slab. */
  static final int BYTES = 2 << 20;

  private final Map<Long, TreeSet<Slab>> withRoom = new HashMap<>();
  private final TreeMap<Long, Slab> all = new TreeMap<>();

  private static final class Slab {
    final long address;
    final long blockBytes;
    final int blocks;
    /** A bit for each block that is free. */
    final long[] free;
    int freeBlocks;

    Slab(long address, long blockBytes) {
      this.address = address;
      this.blockBytes = blockBytes;
      blocks = Math.toIntExact(BYTES / blockBytes);
      free = new long[(blocks + Long.SIZE - 1) / Long.SIZE];
      for (int block = 0; block < blocks; block++) {
        free[block / Long.SIZE] |= 1L << block;
      }
      freeBlocks = blocks;
    }

    long take() {
      int word = 0;
      while (free[word] == 0) {
        word++;
      }
      int block = word * Long.SIZE + Long.numberOfTrailingZeros(free[word]);
      free[word] &= free[word] - 1;
      freeBlocks--;
      return address + block * blockBytes;
    }

    void give(long given) {
      int block = Math.toIntExact((given - address) / blockBytes);
      long bit = 1L << block;
      if (address + block * blockBytes != given || (free[block / Long.SIZE] & bit) != 0) {
        throw new IllegalStateException("no block was taken at address " + Long.toHexString(given));
      }
      free[block / Long.SIZE] |= bit;
      freeBlocks++;
    }
  }

  private TreeSet<Slab> withRoom(long blockBytes) {
    return withRoom.computeIfAbsent(blockBytes,
        bytes -> new TreeSet<>(Comparator.comparingLong((Slab slab) -> slab.address)));
  }

  /** A slab to cut blocks of a size from. */
  void add(long address, long blockBytes) {
    var slab = new Slab(address, blockBytes);
    all.put(address, slab);
    withRoom(blockBytes).add(slab);
  }

  /** The address of a block of a size, or 0 if no slab of that size has one. */
  long take(long blockBytes) {
    TreeSet<Slab> slabs = withRoom(blockBytes);
    if (slabs.isEmpty()) {
      return 0;
    }
    Slab slab = slabs.first();
    long address = slab.take();
    if (slab.freeBlocks == 0) {
      slabs.remove(slab);
    }
    return address;
  }

  /** Gives a block back. */
  void give(long address) {
    Map.Entry<Long, Slab> entry = all.floorEntry(address);
    if (entry == null) {
      throw new IllegalStateException("no block was taken at address " + Long.toHexString(address));
    }
    Slab slab = entry.getValue();
    slab.give(address);
    if (slab.freeBlocks == 1) {
      withRoom(slab.blockBytes).add(slab);
    }
  }

  /** Removes the slabs of which nothing is taken: their addresses. */
  List<Long> removeIdle() {
    var idle = new ArrayList<Long>();
    all.values().removeIf(slab -> {
      boolean whole = slab.freeBlocks == slab.blocks;
      if (whole) {
        idle.add(slab.address);
        withRoom(slab.blockBytes).remove(slab);
      }
      return whole;
    });
    return idle;
  }
}
