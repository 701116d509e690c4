package crema.tensor.cpu;

import crema.tensor.Sequences;

/** Which sequence a token is in, for tokens visited in ascending order. */
final class SequenceCursor {
  private final Sequences sequences;
  private int sequence;

  /** A cursor at the first token to visit. */
  SequenceCursor(Sequences sequences, int token) {
    this.sequences = sequences;
    sequence = sequenceOf(sequences, token);
  }

  /** Which sequence a token is in. */
  static int sequenceOf(Sequences sequences, int token) {
    int last = 0;
    int below = sequences.count();
    while (below - last > 1) {
      int middle = (last + below) >>> 1;
      if (sequences.start(middle) <= token) {
        last = middle;
      } else {
        below = middle;
      }
    }
    return last;
  }

  /** Moves on to a later token and returns its sequence. */
  int sequenceOf(int token) {
    while (token >= sequences.start(sequence + 1)) {
      sequence++;
    }
    return sequence;
  }

  /** Moves on to a later token and returns its position in its sequence. */
  int positionOf(int token) {
    return token - sequences.start(sequenceOf(token));
  }
}
