package crema.ptx.syntax;

import org.jspecify.annotations.Nullable;

/**
 * A variable in memory.
 *
 * @param name its name
 * @param space where it lives
 * @param type the type of its elements
 * @param offset where it starts: in the kernel's shared or local memory or parameters; of a module's variable, always 0
 * @param bytes its size; 0 for an array of unknown length, as dynamic shared memory is
 * @param alignment its alignment in bytes
 * @param initial its first bytes, the rest being zeros; null if nothing is said
 * @param dynamic whether it is dynamic shared memory, which starts where the kernel's own ends
 */
public record Variable(
    String name,
    StateSpace space,
    PtxType type,
    int offset,
    int bytes,
    int alignment,
    byte @Nullable [] initial,
    boolean dynamic) {}
