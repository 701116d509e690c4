package crema.metrics;

import java.util.Arrays;
import java.util.Locale;

/** The condition of every paired test: two models judged on the same documents. */
final class PairedDocuments {

  private PairedDocuments() {}

  static void require(Outcomes first, Outcomes second) {
    if (first.documents() != second.documents()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "%d documents against %d: a paired test needs the same documents in the same order", first.documents(),
              second.documents()));
    }
    for (int document = 0; document < first.documents(); document++) {
      if (!Arrays.equals(first.truth(document), second.truth(document))) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT,
                "document %d has different true labels in the two runs: a paired test needs the same documents",
                document));
      }
    }
  }
}
