package crema.linear;

/** In how many documents a term must, or may, occur: a count, or a share of all documents. */
public sealed interface DocumentFrequency {
  /** The bound as a number of documents, where there are {@code total}; not rounded. */
  double of(int total);

  /**
   * A number of documents.
   *
   * @param documents at least 1
   */
  record Count(int documents) implements DocumentFrequency {
    /** Checks the range. */
    public Count {
      if (documents < 1) {
        throw new IllegalArgumentException("a document frequency must be at least 1 document, not " + documents);
      }
    }

    @Override
    public double of(int total) {
      return documents;
    }
  }

  /**
   * A share of all documents.
   *
   * @param share from 0 to 1
   */
  record Share(double share) implements DocumentFrequency {
    /** Checks the range. */
    public Share {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException("a share of documents must be from 0 to 1, not " + share);
      }
    }

    @Override
    public double of(int total) {
      return share * total;
    }
  }
}
