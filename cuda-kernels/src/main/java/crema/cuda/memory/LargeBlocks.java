package crema.cuda.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Regions of device memory that are cut into blocks: the smallest free block that is large enough is taken, the lowest
 * address among equals, and neighbours that are free merge. So what is free depends on what is taken alone, not on the order
 * in which it was taken, and a step that is repeated finds the same addresses.
 */
final class LargeBlocks {
  private final TreeSet<Block> free =
      new TreeSet<>(Comparator.<Block>comparingLong(block -> block.bytes).thenComparingLong(block -> block.address));
  private final Map<Long, Block> taken = new HashMap<>();

  private static final class Block {
    final long address;
    long bytes;
    boolean isFree;
    @Nullable
    Block before;
    @Nullable
    Block after;
    Object owner = "";

    Block(long address, long bytes) {
      this.address = address;
      this.bytes = bytes;
    }
  }

  /** A region to cut blocks from. */
  void add(long address, long bytes) {
    release(new Block(address, bytes));
  }

  /**
   * A block.
   *
   * @param owner what it holds, for reports
   * @return its address, or 0 if no free block is large enough
   */
  long take(long bytes, Object owner) {
    Block block = free.ceiling(new Block(0, bytes));
    if (block == null) {
      return 0;
    }
    free.remove(block);
    if (block.bytes > bytes) {
      var rest = new Block(block.address + bytes, block.bytes - bytes);
      rest.before = block;
      rest.after = block.after;
      if (rest.after != null) {
        rest.after.before = rest;
      }
      block.after = rest;
      block.bytes = bytes;
      rest.isFree = true;
      free.add(rest);
    }
    block.isFree = false;
    block.owner = owner;
    taken.put(block.address, block);
    return block.address;
  }

  /** Gives a block back. */
  void give(long address) {
    Block block = taken.remove(address);
    if (block == null) {
      throw new IllegalStateException("no block was taken at address " + Long.toHexString(address));
    }
    release(block);
  }

  private void release(Block block) {
    Block merged = block;
    Block before = block.before;
    if (before != null && before.isFree) {
      free.remove(before);
      absorbNext(before);
      merged = before;
    }
    Block after = merged.after;
    if (after != null && after.isFree) {
      free.remove(after);
      absorbNext(merged);
    }
    merged.isFree = true;
    free.add(merged);
  }

  private static void absorbNext(Block block) {
    Block next = block.after;
    if (next != null) {
      block.bytes += next.bytes;
      block.after = next.after;
      if (block.after != null) {
        block.after.before = block;
      }
    }
  }

  /** Removes the regions of which nothing is taken: their addresses, with their sizes. */
  List<Held> removeIdleRegions() {
    var idle = new ArrayList<Held>();
    free.removeIf(block -> {
      boolean whole = block.before == null && block.after == null;
      if (whole) {
        idle.add(new Held(block.address, block.bytes, ""));
      }
      return whole;
    });
    return idle;
  }

  /** The largest blocks that are taken, largest first. */
  List<Held> largest(int most) {
    return taken.values().stream().map(block -> new Held(block.address, block.bytes, block.owner))
        .sorted(Comparator.comparingLong(Held::bytes).reversed().thenComparingLong(Held::address)).limit(most).toList();
  }

  /** A block that is held. */
  record Held(long address, long bytes, Object owner) {}
}
