package crema.langid;

import java.util.List;

/**
 * The languages that most texts are in, and how much more frequent than any other each of them is taken to be: the
 * prior of a {@link LanguageModel}. It decides where a text can be in several languages, as many a short one can.
 *
 * @param codes the most common first
 * @param factor how many times as frequent as one of the other languages each of these is
 */
public record CommonLanguages(List<String> codes, double factor) {
  private static final double GREATEST_FACTOR = 1e6;

  /** No language is more common than another. */
  public static final CommonLanguages NONE = new CommonLanguages(List.of(), 1);

  /**
   * The 30 languages with the most sentences on Tatoeba, then others of the 30 with the most speakers and of the 30
   * with the most web sites, by their ISO 639-3 codes.
   */
  public static final List<String> DEFAULT_CODES = List.of(
      "eng", "rus", "ita", "epo", "tur", "kab", "ber", "deu", "fra", "por", "spa", "hun", "jpn", "heb", "ukr", "nld",
      "fin", "pol", "lit", "mkd", "cmn", "mar", "ces", "ara", "lat", "srp", "swe", "dan", "ina", "ron",
      "hin", "ben", "ind", "urd", "vie", "kor", "pes", "tel", "tam", "yue", "tha", "jav", "swh", "ell", "bul", "slk");

  /** Checks the factor. */
  public CommonLanguages {
    codes = List.copyOf(codes);
    if (!(factor >= 1 && factor <= GREATEST_FACTOR)) {
      throw new IllegalArgumentException(
          "the factor of common languages must be from 1 to " + GREATEST_FACTOR + ", but is " + factor);
    }
  }

  /** What being as common as it is adds to the logit of a language. */
  float logPrior(String code) {
    return codes.contains(code) ? (float) StrictMath.log(factor) : 0;
  }
}
