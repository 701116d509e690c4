package crema.tokenizer;

/** Turns the matches of a pattern and the gaps between them, given in order, into pieces by a {@link SplitBehavior}. */
final class PieceJoiner {
  private final SplitBehavior behavior;
  private final Pieces out;
  /** The piece that the next one may still join; empty when there is none. */
  private int start = -1;
  private int end = -1;
  private boolean lastIsMatch;

  PieceJoiner(SplitBehavior behavior, Pieces out) {
    this.behavior = behavior;
    this.out = out;
  }

  void add(int from, int to, boolean isMatch) {
    var joins = start >= 0 && switch (behavior) {
      case REMOVED, ISOLATED -> false;
      case MERGED_WITH_PREVIOUS -> isMatch && !lastIsMatch;
      case MERGED_WITH_NEXT -> lastIsMatch && !isMatch;
      case CONTIGUOUS -> isMatch == lastIsMatch;
    };
    if (!joins) {
      finish();
      start = from;
    }
    end = to;
    if (isMatch && behavior == SplitBehavior.REMOVED) {
      start = -1;
    }
    lastIsMatch = isMatch;
  }

  /** Ends the last piece. */
  void finish() {
    if (start >= 0) {
      out.add(start, end);
      start = -1;
    }
  }
}
