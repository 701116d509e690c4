/**
 * Language identification: which language a text is in. {@link crema.langid.LanguageDetector} detects it with the model
 * that ships with Crema, with one of {@link crema.langid.LanguageTrainer}, or with a fastText classifier of languages.
 *
 * <p>Our own model is linear over sparse features, the character n-grams, words and pairs of words of a text: naive
 * Bayes, corrected by softmax regression. It has a weight, a byte, only for a feature and a language that were seen
 * together; so what 70,000 sentences say about 113 languages fits into 1.4 MB. Where a text can be in several
 * languages, a prior prefers the {@linkplain crema.langid.CommonLanguages common} ones.
 *
 * <p>Sources: Cavnar and Trenkle, "N-Gram-Based Text Categorization" (1994); Lui and Baldwin, "langid.py: An
 * Off-the-shelf Language Identification Tool" (2012), naive Bayes over byte n-grams; Wang and Manning, "Baselines and
 * Bigrams" (2012), naive Bayes as the start of a discriminative model; Srivastava et al., "Dropout" (2014).
 */
@NullMarked
package crema.langid;

import org.jspecify.annotations.NullMarked;
