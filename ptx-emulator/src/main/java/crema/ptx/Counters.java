package crema.ptx;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a launch did. An instruction counts once a warp, however many lanes take part.
 *
 * @param instructions warp instructions by kind
 * @param opcodes warp instructions by opcode with its modifiers
 * @param globalRequests warp instructions that access global memory, and boxes of TMA
 * @param globalSectors 32-byte sectors that those touch
 * @param sharedRequests warp instructions that access shared memory
 * @param sharedWavefronts passes that shared memory needs for them: one for 32 lanes of 4 bytes, two of 8, four of 16
 * @param bankConflicts passes beyond those
 * @param matrixFlops floating-point operations of mma and wgmma, two a multiply-add
 * @param traffic bytes by allocation, in the order in which they were allocated
 */
public record Counters(
    Map<InstructionKind, Long> instructions,
    SortedMap<String, Long> opcodes,
    long globalRequests,
    long globalSectors,
    long sharedRequests,
    long sharedWavefronts,
    long bankConflicts,
    long matrixFlops,
    List<AllocationTraffic> traffic) {

  /** Takes copies. */
  public Counters {
    instructions = Map.copyOf(instructions.isEmpty() ? new EnumMap<>(InstructionKind.class) : instructions);
    opcodes = Collections.unmodifiableSortedMap(new TreeMap<>(opcodes));
    traffic = List.copyOf(traffic);
  }

  /** All warp instructions. */
  public long warpInstructions() {
    return instructions.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Warp instructions of one kind. */
  public long instructions(InstructionKind kind) {
    return instructions.getOrDefault(kind, 0L);
  }

  /** What was asked of the allocation of this name; zeros if nothing. */
  public AllocationTraffic traffic(String name) {
    return traffic.stream().filter(t -> t.name().equals(name)).findFirst().orElse(new AllocationTraffic(name, 0, 0));
  }
}
