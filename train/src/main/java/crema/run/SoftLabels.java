package crema.run;

import crema.task.MultiLabelTarget;
import crema.task.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a teacher says of a text, as copies of its row whose weights add up to 1. A loss is linear in what it is to learn:
 * the mean over copies is the loss of the teacher's probabilities themselves, of a softmax the cross-entropy with them.
 *
 * <p>Where one label is right, or one path, there is a copy a label. Where each label is decided on for itself, a copy
 * has the labels that are more probable than some number from 0 to 1, so that each label is in copies that weigh as much
 * as it is probable.
 */
final class SoftLabels {
  /** How much of the probability copies must have together; the rest is divided among them. */
  private static final double ENOUGH = 0.995;
  private static final int MOST_COPIES = 10;
  /** Labels that are less probable are taken to be wrong where each is decided on for itself. */
  private static final double LEAST = 0.01;

  private final Target target;
  private final double temperature;
  private final double labelShare;

  SoftLabels(Target target, double temperature, double labelShare) {
    this.target = target;
    this.temperature = temperature;
    this.labelShare = labelShare;
  }

  /**
   * A copy of a row.
   *
   * @param labels its labels, {@code []} or more
   * @param weight from 0, exclusive, to 1
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Copy(int[] labels, double weight) {}

  /**
   * The copies of a row.
   *
   * @param probabilities of the teacher, {@code [labels]}
   * @param truth the labels that the row is known to have; null if it has none
   */
  List<Copy> copies(float[] probabilities, int @Nullable [] truth) {
    double[] softened = softened(probabilities, temperature);
    if (truth != null) {
      for (int label = 0; label < softened.length; label++) {
        softened[label] *= 1 - labelShare;
      }
      for (int label : truth) {
        softened[label] += labelShare;
      }
    }
    return isExclusive() ? exclusive(softened) : nested(softened);
  }

  /** The labels of one draw from what the teacher says: a student who is measured on draws is to be as unsure as it. */
  int[] draw(float[] probabilities, double uniform) {
    double[] softened = softened(probabilities, 1);
    if (!isExclusive()) {
      return IntStream.range(0, softened.length).filter(label -> softened[label] > uniform).toArray();
    }
    double left = uniform;
    int last = -1;
    for (int label = 0; label < softened.length; label++) {
      if (softened[label] > 0) {
        last = label;
        left -= softened[label];
        if (left < 0) {
          break;
        }
      }
    }
    return last < 0 ? new int[0] : new int[] {last};
  }

  private boolean isExclusive() {
    return !(target instanceof MultiLabelTarget);
  }

  /** The probabilities at the temperature; of one label or path they sum to 1. */
  private double[] softened(float[] probabilities, double divisor) {
    var softened = new double[probabilities.length];
    if (!isExclusive()) {
      for (int label = 0; label < softened.length; label++) {
        double logOdds = (Math.log(probabilities[label]) - Math.log1p(-probabilities[label])) / divisor;
        softened[label] = 1 / (1 + Math.exp(-logOdds));
      }
      return softened;
    }
    double sum = 0;
    for (int label : target.candidates()) {
      double end = probabilities[label];
      // That a path ends at a node, and goes on to none below it.
      for (int below : target.tree().children(label)) {
        end -= probabilities[below];
      }
      softened[label] = end <= 0 ? 0 : Math.pow(end, 1 / divisor);
      sum += softened[label];
    }
    for (int label = 0; label < softened.length; label++) {
      softened[label] = sum > 0 ? softened[label] / sum : 0;
    }
    return softened;
  }

  private static List<Copy> exclusive(double[] probabilities) {
    int[] order = descending(probabilities);
    var copies = new ArrayList<Copy>();
    double taken = 0;
    for (int i = 0; i < order.length && i < MOST_COPIES && taken < ENOUGH && probabilities[order[i]] > 0; i++) {
      copies.add(new Copy(new int[] {order[i]}, probabilities[order[i]]));
      taken += probabilities[order[i]];
    }
    double all = taken;
    return copies.stream().map(copy -> new Copy(copy.labels, copy.weight / all)).toList();
  }

  private static List<Copy> nested(double[] probabilities) {
    int[] order = descending(probabilities);
    int count = 0;
    while (count < order.length && probabilities[order[count]] >= LEAST) {
      count++;
    }
    var copies = new ArrayList<Copy>();
    double above = 1;
    for (int labels = 0; labels <= count; labels++) {
      double next = labels < count ? probabilities[order[labels]] : 0;
      if (above - next >= LEAST || (copies.isEmpty() && labels == count)) {
        copies.add(new Copy(Arrays.stream(order, 0, labels).sorted().toArray(), above - next));
      }
      above = next;
    }
    double all = copies.stream().mapToDouble(Copy::weight).sum();
    return copies.stream().map(copy -> new Copy(copy.labels, copy.weight / all)).toList();
  }

  private static int[] descending(double[] values) {
    return IntStream.range(0, values.length).boxed().sorted((a, b) -> Double.compare(values[b], values[a]))
        .mapToInt(Integer::intValue).toArray();
  }
}
