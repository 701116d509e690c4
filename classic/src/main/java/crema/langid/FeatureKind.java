package crema.langid;

/** A kind of {@linkplain LanguageFeatures feature}; the upper bits of its hash encode it. */
enum FeatureKind {
  /** One to three letters. */
  SHORT_NGRAM(2),
  /** Four letters: most of them add nothing to shorter n-grams and words. */
  LONG_NGRAM(4),
  /** A word: most are of one language only, and even one that was seen once is good evidence. */
  WORD(1),
  /** Two words. */
  PAIR(2);

  private static final FeatureKind[] KINDS = values();

  /** How many bits of a hash encode the kind. */
  static final int BITS = 2;

  /** In how many sentences such a feature must be, for a model to know it. */
  final int leastSentences;

  FeatureKind(int leastSentences) {
    this.leastSentences = leastSentences;
  }

  /** The kind of a feature. */
  static FeatureKind of(int hash) {
    return KINDS[hash >>> (LanguageFeatures.HASH_BITS - BITS)];
  }

  /** The hash of a feature of this kind. */
  int hash(long mixed) {
    int bits = LanguageFeatures.HASH_BITS - BITS;
    return ordinal() << bits | (int) (mixed >>> (Long.SIZE - bits));
  }
}
