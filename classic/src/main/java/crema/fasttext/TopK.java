package crema.fasttext;

import java.util.Arrays;

/**
 * The best {@code k} of scored numbers.
 *
 * <p>A binary heap with the worst at its root, moved exactly as GNU's {@code push_heap}, {@code pop_heap} and
 * {@code sort_heap} move it: among equal scores, which the sigmoid table makes common, the same ones survive, in the
 * same order, as in the original.
 */
final class TopK {
  private float[] scores = new float[16];
  private int[] ids = new int[16];
  private int size;
  private int k;

  void reset(int newK) {
    k = newK;
    size = 0;
  }

  /** Whether a score is too low to be among the best, now or later. */
  boolean rejects(float score) {
    return size == k && score < scores[0];
  }

  boolean isFull() {
    return size == k;
  }

  /** The lowest score kept. */
  float worst() {
    return scores[0];
  }

  void add(float score, int id) {
    if (size == scores.length) {
      scores = Arrays.copyOf(scores, 2 * size);
      ids = Arrays.copyOf(ids, 2 * size);
    }
    siftUp(size++, 0, score, id);
    if (size > k) {
      removeRoot();
      size--;
    }
  }

  /** Sorts by falling score; nothing may be added afterwards. */
  void sort() {
    int count = size;
    while (size > 1) {
      removeRoot();
      size--;
    }
    size = count;
  }

  /** Moves the root behind the heap of the others. */
  private void removeRoot() {
    if (size < 2) {
      return;
    }
    int last = size - 1;
    float score = scores[last];
    int id = ids[last];
    scores[last] = scores[0];
    ids[last] = ids[0];
    int hole = 0;
    int child = 0;
    while (child < (last - 1) / 2) {
      child = 2 * (child + 1);
      if (scores[child] > scores[child - 1]) {
        child--;
      }
      scores[hole] = scores[child];
      ids[hole] = ids[child];
      hole = child;
    }
    if (last % 2 == 0 && child == (last - 2) / 2) {
      child = 2 * (child + 1);
      scores[hole] = scores[child - 1];
      ids[hole] = ids[child - 1];
      hole = child - 1;
    }
    siftUp(hole, 0, score, id);
  }

  private void siftUp(int from, int top, float score, int id) {
    int hole = from;
    while (hole > top) {
      int parent = (hole - 1) / 2;
      if (scores[parent] <= score) {
        break;
      }
      scores[hole] = scores[parent];
      ids[hole] = ids[parent];
      hole = parent;
    }
    scores[hole] = score;
    ids[hole] = id;
  }

  int size() {
    return size;
  }

  float score(int rank) {
    return scores[rank];
  }

  int id(int rank) {
    return ids[rank];
  }
}
