package crema.ptx;

/** Kinds of instructions, as counters group them. */
public enum InstructionKind {
  /** Integer arithmetic and bits. */
  INTEGER,
  /** F32 arithmetic. */
  FLOAT32,
  /** F64 arithmetic. */
  FLOAT64,
  /** F16 and BF16 arithmetic. */
  HALF,
  /** Conversions. */
  CONVERSION,
  /** Comparisons and selections. */
  COMPARISON,
  /** Moves and addresses. */
  MOVE,
  /** Loads and stores. */
  MEMORY,
  /** Atomics and reductions in memory. */
  ATOMIC,
  /** Shuffles, votes, matches. */
  WARP,
  /** mma, wgmma, ldmatrix, stmatrix. */
  MATRIX,
  /** cp.async and TMA. */
  COPY,
  /** Barriers and fences. */
  SYNCHRONISATION,
  /** Branches and exits. */
  CONTROL
}
