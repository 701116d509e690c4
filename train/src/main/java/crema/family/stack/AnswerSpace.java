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
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What the members of a stack vote on. Of one label a text, or one path, the answers exclude each other: they are the
 * labels, or the nodes at which a path may end. Of several labels a text each is decided on for itself.
 */
final class AnswerSpace {
  private static final double LEAST_PROBABILITY = 1e-9;

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
        evidence[i] = probability(evidence[i]);
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

  /**
   * The log-odds of what is true of a text.
   *
   * @param probabilities {@code [answers]}
   * @param truth the right answers
   * @param isRight those of the right answers; otherwise those with which the others are refused
   */
  DoubleStream logOdds(double[] probabilities, int[] truth, boolean isRight) {
    return IntStream.range(0, probabilities.length).filter(answer -> contains(truth, answer) == isRight)
        .mapToDouble(answer -> isRight ? logOdds(probabilities[answer]) : -logOdds(probabilities[answer]));
  }

  /**
   * Changes how probable what is true of a text is. Where answers exclude each other, the others share the rest as before.
   *
   * @param probabilities {@code [answers]}; replaced
   * @param truth the right answers
   * @param right what the log-odds of a right answer become
   * @param refused what those become with which another answer is refused, where they do not exclude each other
   */
  void raise(double[] probabilities, int[] truth, DoubleUnaryOperator right, DoubleUnaryOperator refused) {
    for (int answer : truth) {
      double before = probabilities[answer];
      double after = probability(right.applyAsDouble(logOdds(before)));
      if (isExclusive()) {
        double rest = (1 - after) / Math.max(LEAST_PROBABILITY, 1 - before);
        for (int other = 0; other < probabilities.length; other++) {
          probabilities[other] *= rest;
        }
      }
      probabilities[answer] = after;
    }
    for (int answer = 0; answer < probabilities.length && !isExclusive(); answer++) {
      if (!contains(truth, answer)) {
        probabilities[answer] = probability(-refused.applyAsDouble(-logOdds(probabilities[answer])));
      }
    }
  }

  private static boolean contains(int[] answers, int answer) {
    return Arrays.stream(answers).anyMatch(each -> each == answer);
  }

  private static double logOdds(double probability) {
    double p = Math.clamp(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY);
    return Math.log(p) - Math.log1p(-p);
  }

  private static double probability(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
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
