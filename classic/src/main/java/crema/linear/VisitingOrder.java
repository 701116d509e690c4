package crema.linear;

import crema.base.Rng;

/** The order in which a solver visits texts, and which of them it no longer visits. */
final class VisitingOrder {
  private final int[] rows;
  private final int[] words = new int[4];

  VisitingOrder(int count) {
    rows = new int[count];
    reset();
  }

  /** Back to the order of the data. */
  void reset() {
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
  }

  int row(int place) {
    return rows[place];
  }

  void swap(int place, int other) {
    int row = rows[place];
    rows[place] = rows[other];
    rows[other] = row;
  }

  /** Shuffles the first {@code active} places (Fisher and Yates). */
  void shuffle(int active, Rng.Stream random) {
    for (int place = 0; place < active; place++) {
      if ((place & 3) == 0) {
        random.block(place >>> 2, words);
      }
      long bits = words[place & 3] & 0xFFFFFFFFL;
      swap(place, place + (int) (bits * (active - place) >>> 32));
    }
  }
}
