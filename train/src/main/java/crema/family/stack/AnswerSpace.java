package crema.family.stack;

import crema.base.UserError;
import crema.data.Taxonomy;
import crema.nn.loss.Link;
import crema.task.MultiLabelTarget;
import crema.task.Target;
import crema.task.TaxonomyTarget;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the members of a stack vote on. Of one label a text, or one path, the answers exclude each other: they are the
 * labels, or the nodes at which a path may end. Of several labels a text each is decided on for itself.
 */
final class AnswerSpace {
  private final Target target;
  private final int[] labels;
  private final int[] answerOf;

  AnswerSpace(Target target) {
    this.target = target;
    labels = target.candidates();
    answerOf = new int[target.labels().size()];
    Arrays.fill(answerOf, -1);
    for (int answer = 0; answer < labels.length; answer++) {
      answerOf[labels[answer]] = answer;
    }
  }

  Target target() {
    return target;
  }

  /** The number of answers. */
  int size() {
    return labels.length;
  }

  /** Whether exactly one answer is right. */
  boolean isExclusive() {
    return !(target instanceof MultiLabelTarget);
  }

  /** The right answers of a row. */
  int[] answers(int[] truth) {
    return Arrays.stream(truth).map(label -> answerOf[label]).filter(answer -> answer >= 0).toArray();
  }

  /**
   * How the logits of a member are read.
   *
   * @param member what it predicts: the same kind, but it may know fewer labels
   * @throws UserError when it predicts something else
   */
  Ballot ballot(Target member) {
    if (member.kind() != target.kind()) {
      throw new UserError("its target is " + member.kind().key() + ", not " + target.kind().key());
    }
    Map<String, Integer> known = new HashMap<>();
    for (int label = 0; label < member.labels().size(); label++) {
      known.put(member.labels().name(label), label);
    }
    int[] own = Arrays.stream(labels).map(label -> known.getOrDefault(target.labels().name(label), -1)).toArray();
    return new Ballot(member, own);
  }

  /**
   * The probabilities of answers.
   *
   * @param evidence {@code [answers]}; replaced by what it says
   */
  void toProbabilities(double[] evidence) {
    if (!isExclusive()) {
      for (int i = 0; i < evidence.length; i++) {
        evidence[i] = 1 / (1 + Math.exp(-evidence[i]));
      }
      return;
    }
    double highest = Arrays.stream(evidence).max().orElseThrow();
    double sum = 0;
    for (int i = 0; i < evidence.length; i++) {
      evidence[i] = Math.exp(evidence[i] - highest);
      sum += evidence[i];
    }
    for (int i = 0; i < evidence.length; i++) {
      evidence[i] /= sum;
    }
  }

  /** The logits of which the target makes probabilities of answers. */
  float[] logits(double[] probabilities) {
    return target.logits(labels, probabilities);
  }

  /**
   * How the logits of a member speak for and against answers.
   *
   * @param member what it predicts
   * @param own the label of the member for each answer; -1 where it does not know it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Ballot(Target member, int[] own) {
    /** Whether the member knows an answer. */
    boolean knows(int answer) {
      return own[answer] >= 0;
    }

    /** Whether the member knows all answers. */
    boolean knowsAll() {
      return IntStream.range(0, own.length).allMatch(this::knows);
    }

    /**
     * The evidence for each answer: of one label its logit, of a path the sum of what its nodes add. An answer that the
     * member does not know has as little as that with the least.
     *
     * @param logits of the member; of length 0 where the text is empty to it, which speaks for nothing
     */
    float[] evidence(float[] logits) {
      var evidence = new float[own.length];
      if (logits.length == 0) {
        return evidence;
      }
      double[] paths = member instanceof TaxonomyTarget tree ? paths(tree.taxonomy(), tree.link(), logits) : null;
      float least = Float.POSITIVE_INFINITY;
      for (int answer = 0; answer < own.length; answer++) {
        if (knows(answer)) {
          evidence[answer] = paths == null ? logits[own[answer]] : (float) paths[own[answer]];
          least = Math.min(least, evidence[answer]);
        }
      }
      for (int answer = 0; answer < own.length; answer++) {
        if (!knows(answer)) {
          evidence[answer] = least;
        }
      }
      return evidence;
    }

    private static double[] paths(Taxonomy tree, Link link, float[] logits) {
      double[] sums = link.scores(tree, logits).evidence();
      for (int node : tree.topDown()) {
        if (tree.parent(node) >= 0) {
          sums[node] += sums[tree.parent(node)];
        }
      }
      return sums;
    }
  }
}
