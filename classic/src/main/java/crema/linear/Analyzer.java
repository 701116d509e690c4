package crema.linear;

import crema.base.Keyed;
import java.util.Locale;

/** What the terms of a text are: the {@code analyzer} of scikit-learn's {@code TfidfVectorizer}. */
public enum Analyzer implements Keyed {
  /** Words, and runs of consecutive words. */
  WORD,
  /** Runs of consecutive characters, white space among them. */
  CHAR,
  /** Runs of characters inside words, each word with a space before and after it. */
  CHAR_WB;

  /** As scikit-learn spells it. */
  @Override
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Finds the terms of texts. */
  TermExtractor extractor(TfIdfConfig config) {
    return switch (this) {
      case WORD -> new WordTerms(config.minNgram(), config.maxNgram(), config.lowercase());
      case CHAR -> new CharacterTerms(config.minNgram(), config.maxNgram(), config.lowercase(), false);
      case CHAR_WB -> new CharacterTerms(config.minNgram(), config.maxNgram(), config.lowercase(), true);
    };
  }
}
