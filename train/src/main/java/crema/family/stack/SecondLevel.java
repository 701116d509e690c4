package crema.family.stack;

import crema.base.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the evidence of the members of a stack becomes probabilities of answers. */
sealed interface SecondLevel {
  /** The number of members. */
  int members();

  /** How much each member counts, for people. */
  double[] weights();

  /**
   * The probabilities of the answers for one text.
   *
   * @param evidence {@code [members][answers]}
   * @return {@code [answers]}
   */
  double[] probabilities(AnswerSpace space, float[][] evidence);

  /** The same for members of which those with weight 0 are left out. */
  SecondLevel withoutIdle();

  /** As JSON has it. */
  Map<String, Object> json();

  /**
   * The weighted average of the members' probabilities, each of which is calibrated before.
   *
   * @param weights of the members, from 0, together 1
   * @param scales what the evidence of each member is multiplied by
   * @param shifts what is added to it then; 0 where answers exclude each other
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Average(double[] weights, double[] scales, double[] shifts) implements SecondLevel {
    /** A member by itself. */
    static Average of(int member, Average calibrated) {
      var weights = new double[calibrated.members()];
      weights[member] = 1;
      return new Average(weights, calibrated.scales, calibrated.shifts);
    }

    @Override
    public int members() {
      return weights.length;
    }

    @Override
    public double[] probabilities(AnswerSpace space, float[][] evidence) {
      var sums = new double[space.size()];
      for (int member = 0; member < weights.length; member++) {
        if (weights[member] > 0) {
          double[] own = calibrated(space, member, evidence[member]);
          for (int answer = 0; answer < sums.length; answer++) {
            sums[answer] += weights[member] * own[answer];
          }
        }
      }
      return sums;
    }

    /** The probabilities of one member. */
    double[] calibrated(AnswerSpace space, int member, float[] evidence) {
      var own = new double[evidence.length];
      for (int answer = 0; answer < own.length; answer++) {
        own[answer] = scales[member] * evidence[answer] + shifts[member];
      }
      space.toProbabilities(own);
      return own;
    }

    @Override
    public Average withoutIdle() {
      return new Average(used(weights, weights), used(scales, weights), used(shifts, weights));
    }

    @Override
    public Map<String, Object> json() {
      var json = new LinkedHashMap<String, Object>();
      json.put("kind", LevelKind.AVERAGE.key());
      json.put("weights", list(weights));
      json.put("scales", list(scales));
      json.put("shifts", list(shifts));
      return json;
    }
  }

  /**
   * Logistic regression whose features are what the members say of an answer, the same weights for all answers: the
   * logarithm of the probabilities' product, each to the power of a weight, and normalized.
   *
   * @param weights of the members
   * @param shift what is added; 0 where answers exclude each other
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Logistic(double[] weights, double shift) implements SecondLevel {
    @Override
    public int members() {
      return weights.length;
    }

    @Override
    public double[] probabilities(AnswerSpace space, float[][] evidence) {
      var sums = new double[space.size()];
      for (int answer = 0; answer < sums.length; answer++) {
        double sum = shift;
        for (int member = 0; member < weights.length; member++) {
          sum += weights[member] * evidence[member][answer];
        }
        sums[answer] = sum;
      }
      space.toProbabilities(sums);
      return sums;
    }

    @Override
    public Logistic withoutIdle() {
      return new Logistic(used(weights, weights), shift);
    }

    @Override
    public Map<String, Object> json() {
      var json = new LinkedHashMap<String, Object>();
      json.put("kind", LevelKind.LOGISTIC.key());
      json.put("weights", list(weights));
      json.put("shift", shift);
      return json;
    }
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws UserError when it is damaged
   */
  static SecondLevel of(Map<?, ?> json, int members) {
    double[] weights = numbers(json, "weights", members);
    if (LevelKind.LOGISTIC.key().equals(json.get("kind"))) {
      return new Logistic(weights, number(json.get("shift")));
    }
    if (!LevelKind.AVERAGE.key().equals(json.get("kind"))) {
      throw new UserError("its second level is of a kind that this version does not know: update Crema");
    }
    return new Average(weights, numbers(json, "scales", members), numbers(json, "shifts", members));
  }

  private static double[] numbers(Map<?, ?> json, String key, int members) {
    if (!(json.get(key) instanceof List<?> list) || list.size() != members) {
      throw new UserError("its second level must have " + members + " " + key + ", one a member");
    }
    return list.stream().mapToDouble(SecondLevel::number).toArray();
  }

  private static double number(@Nullable Object value) {
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw new UserError("its second level has '" + value + "' where a number must be");
  }

  private static double[] used(double[] values, double[] weights) {
    var used = new ArrayList<Double>();
    for (int member = 0; member < weights.length; member++) {
      if (weights[member] != 0) {
        used.add(values[member]);
      }
    }
    return used.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
