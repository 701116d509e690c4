package crema.linear;

/**
 * How {@link TfIdf} makes vectors of texts; the parameters and defaults of scikit-learn's {@code TfidfVectorizer}.
 *
 * @param analyzer what terms are
 * @param minNgram the fewest consecutive words or characters that make a term, at least 1
 * @param maxNgram the most
 * @param minDocuments terms of fewer documents are left out ({@code min_df})
 * @param maxDocuments terms of more documents are left out ({@code max_df})
 * @param maxFeatures only so many terms, the most frequent in the corpus, are kept
 * @param lowercase whether letter case is ignored
 * @param sublinearTf whether a term that occurs tf times in a document weighs 1 + ln tf rather than tf
 * @param smoothIdf whether document frequencies count one more document, which has every term
 */
public record TfIdfConfig(Analyzer analyzer, int minNgram, int maxNgram, DocumentFrequency minDocuments,
    DocumentFrequency maxDocuments, int maxFeatures, boolean lowercase, boolean sublinearTf, boolean smoothIdf) {
  /** A {@link #maxFeatures} that leaves out nothing. */
  public static final int ALL_FEATURES = Integer.MAX_VALUE;

  private static final int MAX_NGRAM = 100;

  /** scikit-learn's defaults: single words, all of them. */
  public static final TfIdfConfig DEFAULTS = new TfIdfConfig(Analyzer.WORD, 1, 1,
      new DocumentFrequency.Count(1), new DocumentFrequency.Share(1), ALL_FEATURES, true, false, true);

  /** Checks the ranges. */
  public TfIdfConfig {
    if (minNgram < 1 || maxNgram < minNgram || maxNgram > MAX_NGRAM) {
      throw new IllegalArgumentException("n-grams of " + minNgram + " to " + maxNgram
          + (analyzer == Analyzer.WORD ? " words" : " characters")
          + ": the first must be at least 1, the second at least the first and at most " + MAX_NGRAM);
    }
    if (maxFeatures < 1) {
      throw new IllegalArgumentException("max features must be at least 1, not " + maxFeatures);
    }
  }

  /** The same with other terms. */
  public TfIdfConfig withAnalyzer(Analyzer other) {
    return new TfIdfConfig(other, minNgram, maxNgram, minDocuments, maxDocuments, maxFeatures, lowercase, sublinearTf,
        smoothIdf);
  }

  /** The same with terms of {@code min} to {@code max} words or characters. */
  public TfIdfConfig withNgrams(int min, int max) {
    return new TfIdfConfig(analyzer, min, max, minDocuments, maxDocuments, maxFeatures, lowercase, sublinearTf,
        smoothIdf);
  }

  /** The same with other bounds of document frequency. */
  public TfIdfConfig withDocuments(DocumentFrequency min, DocumentFrequency max) {
    return new TfIdfConfig(analyzer, minNgram, maxNgram, min, max, maxFeatures, lowercase, sublinearTf, smoothIdf);
  }

  /** The same with at most so many terms. */
  public TfIdfConfig withMaxFeatures(int features) {
    return new TfIdfConfig(analyzer, minNgram, maxNgram, minDocuments, maxDocuments, features, lowercase, sublinearTf,
        smoothIdf);
  }

  /** The same with or without regard to letter case. */
  public TfIdfConfig withLowercase(boolean flag) {
    return new TfIdfConfig(analyzer, minNgram, maxNgram, minDocuments, maxDocuments, maxFeatures, flag, sublinearTf,
        smoothIdf);
  }

  /** The same with logarithmic or plain term frequencies. */
  public TfIdfConfig withSublinearTf(boolean flag) {
    return new TfIdfConfig(analyzer, minNgram, maxNgram, minDocuments, maxDocuments, maxFeatures, lowercase, flag,
        smoothIdf);
  }

  /** The same with or without smoothed document frequencies. */
  public TfIdfConfig withSmoothIdf(boolean flag) {
    return new TfIdfConfig(analyzer, minNgram, maxNgram, minDocuments, maxDocuments, maxFeatures, lowercase,
        sublinearTf, flag);
  }
}
