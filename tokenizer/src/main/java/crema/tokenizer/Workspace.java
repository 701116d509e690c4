package crema.tokenizer;

import org.jspecify.annotations.Nullable;

/** The memory that one thread encodes in; reused from text to text. */
final class Workspace {
  /** The text as given, with unpaired surrogates replaced. */
  char[] raw = new char[256];
  /** A segment with the space that {@code add_prefix_space} puts before it. */
  char[] prefixed = new char[0];
  /** A segment after normalization. */
  final AlignedText normalized = new AlignedText();
  /** A segment that pre-tokenizers rewrite. */
  final AlignedText rewritten = new AlignedText();

  /** The pieces of a segment, and those of a step before. */
  Pieces pieces = new Pieces();
  Pieces coarserPieces = new Pieces();

  final TokenScratch tokens = new TokenScratch();
  final PieceMerger merger = new PieceMerger();
  final UnigramModel.Lattice lattice = new UnigramModel.Lattice();

  /** Where the tokens of a piece are in its text, for who asked for it. */
  @Nullable
  Pieces spans;

  /** Returns {@code array} if it holds {@code length} chars, and a larger one otherwise; contents are not kept. */
  static char[] withRoom(char[] array, int length) {
    return array.length >= length ? array : new char[Math.addExact(length, length >> 2)];
  }
}
