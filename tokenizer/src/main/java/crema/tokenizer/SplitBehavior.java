package crema.tokenizer;

/** What happens to the matches of a split pattern; the stretches between matches always become pieces. */
enum SplitBehavior {
  /** Matches are dropped. */
  REMOVED("Removed"),
  /** Each match is a piece. */
  ISOLATED("Isolated"),
  /** A match joins the piece before it. */
  MERGED_WITH_PREVIOUS("MergedWithPrevious"),
  /** A match joins the piece after it. */
  MERGED_WITH_NEXT("MergedWithNext"),
  /** Adjacent matches become one piece. */
  CONTIGUOUS("Contiguous");

  /** The name in {@code tokenizer.json}. */
  final String jsonName;

  SplitBehavior(String jsonName) {
    this.jsonName = jsonName;
  }
}
