package crema.fasttext;

/**
 * A word and its cosine similarity to what was asked for.
 *
 * @param word of the model's vocabulary
 * @param cosine between -1 and 1
 */
public record Similarity(String word, float cosine) {}
