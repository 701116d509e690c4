package crema.data;

import crema.base.Rng;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * A batch of sequences laid end to end, without padding.
 *
 * @param ids the token ids of all sequences, [tokens]
 * @param cuSeqlens where each sequence begins, and at last the number of tokens, [sequences + 1]
 * @param labels the labels of all sequences one after the other, [sequences] if each has one
 * @param labelOffsets where the labels of each sequence begin, and at last the number of labels, [sequences + 1]
 * @param examples the number of each sequence's example in the data set, [sequences]
 * @param metas what is known of the row of an example, by its number
 */
@SuppressWarnings("ArrayRecordComponent") // carries arrays to tensors; batches are never compared
public record PackedBatch(int[] ids, int[] cuSeqlens, int[] labels, int[] labelOffsets, int[] examples,
    IntFunction<RowMeta> metas) {
  /** The number of sequences. */
  public int sequences() {
    return examples.length;
  }

  /** The number of tokens. */
  public int tokens() {
    return ids.length;
  }

  /** The labels of one sequence. */
  public int[] labels(int sequence) {
    return Arrays.copyOfRange(labels, labelOffsets[sequence], labelOffsets[sequence + 1]);
  }

  /** What is known of the row of one sequence. */
  public RowMeta meta(int sequence) {
    return metas.apply(examples[sequence]);
  }

  /** The number of tokens of the longest sequence. */
  public int longest() {
    int longest = 0;
    for (int i = 0; i < sequences(); i++) {
      longest = Math.max(longest, cuSeqlens[i + 1] - cuSeqlens[i]);
    }
    return longest;
  }

  /**
   * The batch without some of its tokens, each being left out with probability p (word dropout: Iyyer, Manjunatha,
   * Boyd-Graber and Daumé, "Deep unordered composition rivals syntactic methods for text classification", ACL 2015,
   * section 3.1). Of a sequence that would lose all, the token of the largest random number stays.
   *
   * @param random token {@code i} of the batch depends on its number {@code i}
   */
  public PackedBatch withTokensDropped(double p, Rng.Stream random) {
    var kept = new int[tokens()];
    var ends = new int[cuSeqlens.length];
    int count = 0;
    for (int sequence = 0; sequence < sequences(); sequence++) {
      int start = count;
      int likeliest = cuSeqlens[sequence];
      float largest = -1;
      for (int token = cuSeqlens[sequence]; token < cuSeqlens[sequence + 1]; token++) {
        float number = random.uniform(token);
        if (number >= p) {
          kept[count++] = ids[token];
        }
        if (number > largest) {
          largest = number;
          likeliest = token;
        }
      }
      if (count == start) {
        kept[count++] = ids[likeliest];
      }
      ends[sequence + 1] = count;
    }
    return new PackedBatch(Arrays.copyOf(kept, count), ends, labels, labelOffsets, examples, metas);
  }

  /**
   * The batch with sequences behind its own that count for nothing: their label is -1. Their tokens are like the batch's
   * last one and shared out evenly. An op that does each token and each sequence by itself gives those of the batch what it
   * gave them before, and sums over all of them that are weighted by the loss have zeros added in the end.
   *
   * @param sequences how many there are to be, more than there are
   * @param tokens how many there are to be; enough for each of the new sequences to have one
   */
  public PackedBatch filledUp(int sequences, int tokens) {
    int more = sequences - sequences();
    int moreTokens = tokens - tokens();
    if (more < 1 || moreTokens < more) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "a batch of %d sequences and %d tokens cannot be filled up to %d and %d", sequences(), tokens(),
              sequences, tokens));
    }
    int[] allIds = Arrays.copyOf(ids, tokens);
    Arrays.fill(allIds, tokens(), tokens, ids[tokens() - 1]);
    int[] ends = Arrays.copyOf(cuSeqlens, sequences + 1);
    int[] allLabels = Arrays.copyOf(labels, labels.length + more);
    Arrays.fill(allLabels, labels.length, allLabels.length, -1);
    int[] allLabelOffsets = Arrays.copyOf(labelOffsets, sequences + 1);
    int[] allExamples = Arrays.copyOf(examples, sequences);
    for (int i = 0; i < more; i++) {
      int sequence = sequences() + i;
      ends[sequence + 1] = tokens() + Math.toIntExact((i + 1L) * moreTokens / more);
      allLabelOffsets[sequence + 1] = labels.length + i + 1;
      allExamples[sequence] = examples[sequences() - 1];
    }
    return new PackedBatch(allIds, ends, allLabels, allLabelOffsets, allExamples, metas);
  }

  /**
   * Some sequences of the batch, in the order of their numbers.
   *
   * @param some the numbers, from 0
   */
  public PackedBatch only(int[] some) {
    var ends = new int[some.length + 1];
    var labelEnds = new int[some.length + 1];
    for (int i = 0; i < some.length; i++) {
      ends[i + 1] = ends[i] + cuSeqlens[some[i] + 1] - cuSeqlens[some[i]];
      labelEnds[i + 1] = labelEnds[i] + labelOffsets[some[i] + 1] - labelOffsets[some[i]];
    }
    var someIds = new int[ends[some.length]];
    var someLabels = new int[labelEnds[some.length]];
    var someExamples = new int[some.length];
    for (int i = 0; i < some.length; i++) {
      System.arraycopy(ids, cuSeqlens[some[i]], someIds, ends[i], ends[i + 1] - ends[i]);
      System.arraycopy(labels, labelOffsets[some[i]], someLabels, labelEnds[i], labelEnds[i + 1] - labelEnds[i]);
      someExamples[i] = examples[some[i]];
    }
    return new PackedBatch(someIds, ends, someLabels, labelEnds, someExamples, metas);
  }

  /** Gathers examples of a data set. */
  public static PackedBatch of(TokenDataset data, int[] examples) {
    var cuSeqlens = new int[examples.length + 1];
    var labelOffsets = new int[examples.length + 1];
    for (int i = 0; i < examples.length; i++) {
      cuSeqlens[i + 1] = Math.addExact(cuSeqlens[i], data.length(examples[i]));
      labelOffsets[i + 1] = Math.addExact(labelOffsets[i], data.labelCount(examples[i]));
    }
    var ids = new int[cuSeqlens[examples.length]];
    var labels = new int[labelOffsets[examples.length]];
    for (int i = 0; i < examples.length; i++) {
      data.copyIds(examples[i], ids, cuSeqlens[i]);
      for (int n = labelOffsets[i]; n < labelOffsets[i + 1]; n++) {
        labels[n] = data.label(examples[i], n - labelOffsets[i]);
      }
    }
    return new PackedBatch(ids, cuSeqlens, labels, labelOffsets, examples, data::meta);
  }
}
