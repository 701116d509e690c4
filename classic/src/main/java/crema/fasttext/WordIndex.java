package crema.fasttext;

import crema.base.IntList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All word vectors of a model, normalised, to search for similar ones by their cosine. Thread-safe. */
public final class WordIndex {
  private static final float LEAST_NORM = 1e-8f;

  private final FastText model;
  private final DenseMatrix vectors;

  WordIndex(FastText model) {
    this.model = model;
    int words = model.dictionary().wordCount();
    vectors = new DenseMatrix(words, model.dim());
    for (int w = 0; w < words; w++) {
      float[] vector = model.wordVector(model.dictionary().word(w));
      float norm = norm(vector);
      if (norm > 0) {
        scale(vector, (float) (1.0 / norm));
        vectors.setRow(w, vector, 0);
      }
    }
  }

  static float norm(float[] vector) {
    float sum = 0f;
    for (float value : vector) {
      sum += value * value;
    }
    return (float) Math.sqrt(sum);
  }

  private static void scale(float[] vector, float factor) {
    for (int j = 0; j < vector.length; j++) {
      vector[j] *= factor;
    }
  }

  /** The {@code k} words most similar to a word, known or not, itself left out. */
  public List<Similarity> nearest(String word, int k) {
    return search(model.wordVector(word), k, Set.of(word));
  }

  /** The {@code k} words most similar to a vector. */
  public List<Similarity> nearest(float[] vector, int k) {
    return search(vector, k, Set.of());
  }

  /** The {@code k} words most similar to {@code a - b + c}, of normalised vectors, the three left out. */
  public List<Similarity> analogies(String a, String b, String c, int k) {
    var query = new float[model.dim()];
    addNormalised(query, a, 1);
    addNormalised(query, b, -1);
    addNormalised(query, c, 1);
    return search(query, k, new HashSet<>(List.of(a, b, c)));
  }

  private void addNormalised(float[] query, String word, int sign) {
    float[] vector = model.wordVector(word);
    float factor = (float) (sign / (norm(vector) + 1e-8));
    for (int j = 0; j < query.length; j++) {
      query[j] += factor * vector[j];
    }
  }

  private List<Similarity> search(float[] query, int k, Set<String> banned) {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + ": it must be at least 1");
    }
    float norm = norm(query);
    if (norm < LEAST_NORM) {
      norm = 1f;
    }
    var bannedIds = new IntList();
    for (String word : banned) {
      bannedIds.add(model.dictionary().wordId(word));
    }
    var cosines = new float[(int) vectors.rows()];
    vectors.dotRows(query, cosines.length, cosines);
    var best = new TopK();
    best.reset(k);
    for (int w = 0; w < cosines.length; w++) {
      float cosine = cosines[w] / norm;
      if (!bannedIds.contains(w) && !best.rejects(cosine)) {
        best.add(cosine, w);
      }
    }
    best.sort();
    var result = new ArrayList<Similarity>(best.size());
    for (int rank = 0; rank < best.size(); rank++) {
      result.add(new Similarity(model.dictionary().word(best.id(rank)), best.score(rank)));
    }
    return result;
  }
}
