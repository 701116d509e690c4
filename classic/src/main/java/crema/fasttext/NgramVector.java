package crema.fasttext;

/**
 * A part of a word and its vector.
 *
 * @param ngram the word itself or one of its character n-grams, brackets included
 * @param vector {@code [dim]}
 */
@SuppressWarnings("ArrayRecordComponent")
public record NgramVector(String ngram, float[] vector) {}
