package crema.tokenizer;

/** The memory that one thread encodes in; reused from text to text. */
final class Workspace {
  /** The text as given, with unpaired surrogates replaced. */
  char[] raw = new char[256];
  /** A segment after normalization. */
  char[] normalized = new char[0];
  /** A segment with the space that {@code add_prefix_space} puts before it. */
  char[] prefixed = new char[0];

  final Pieces pieces = new Pieces();
  final PieceMerger merger = new PieceMerger();

  /** Returns {@code array} if it holds {@code length} chars, and a larger one otherwise; contents are not kept. */
  static char[] withRoom(char[] array, int length) {
    return array.length >= length ? array : new char[Math.addExact(length, length >> 2)];
  }
}
