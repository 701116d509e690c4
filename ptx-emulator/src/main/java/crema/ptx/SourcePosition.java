package crema.ptx;

/**
 * Where an instruction comes from: its line of PTX and, where the module was compiled with {@code -lineinfo}, its line
 * of CUDA.
 *
 * @param ptxLine line of the PTX text, from 1
 * @param file name of the CUDA file without its folders; empty where unknown
 * @param line line of that file
 * @param inlinedAt the line into which the instruction was inlined, as {@code file:line}; empty where it was not
 */
public record SourcePosition(int ptxLine, String file, int line, String inlinedAt) {
  /** A position known by its line of PTX alone. */
  public static SourcePosition ofPtx(int line) {
    return new SourcePosition(line, "", 0, "");
  }

  @Override
  public String toString() {
    if (file.isEmpty()) {
      return "PTX line " + ptxLine;
    }
    return file + ":" + line + (inlinedAt.isEmpty() ? "" : " (inlined at " + inlinedAt + ")");
  }
}
