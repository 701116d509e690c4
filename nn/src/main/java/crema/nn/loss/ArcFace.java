package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;

/**
 * The additive angular margin loss of Deng et al. ("ArcFace: Additive Angular Margin Loss for Deep Face Recognition",
 * CVPR 2019, equation 3): a softmax over s · cos θⱼ, θⱼ being the angle between a text's vector and that of label j,
 * where the angle of the right label y is made larger by a margin m,
 *
 * <pre>
 *   −log( exp(s · cos(θᵧ + m)) / (exp(s · cos(θᵧ + m)) + Σ over j ≠ y of exp(s · cos θⱼ)) )
 * </pre>
 *
 * <p>meaned over rows. Beyond π − m, where cos(θ + m) would rise again, cos θ − m · sin m takes its place, as in the
 * authors' code. Logits are s · cos θ, as a head of cosines has them, with s = {@link #SCALE}; larger ones count as an
 * angle of 0 or π. Takes {@link Targets.Indices}, and rows with a negative one do not count.
 *
 * @param margin m, from 0 to below π / 2
 */
public record ArcFace(double margin) implements Loss {
  /** s: what cosines are multiplied by. */
  public static final double SCALE = 30;

  /** Nearer to 0 and π, the slope of an angle has no end. */
  private static final double LARGEST = 1 - 1e-7;

  /** Checks the range. */
  public ArcFace {
    Checks.atLeastZero("angular margin", margin);
    if (margin >= Math.PI / 2) {
      throw new IllegalArgumentException("an angular margin must be below " + Math.PI / 2 + ", not " + margin);
    }
  }

  /** How much more than a softmax this costs where all labels are at right angles to a text. */
  public double handicap() {
    return SCALE * Math.sin(margin);
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    var labels = RowLabels.indices("ArcFace loss", logits, targets);
    return HostLoss.apply(tape, logits, (z, gradient) -> mean(labels, z, gradient));
  }

  private double mean(RowLabels labels, double[] z, double[] gradient) {
    int counted = labels.counted();
    double sum = 0;
    for (int row = 0; row < labels.rows(); row++) {
      int label = labels.values()[row];
      if (label >= 0) {
        sum += add(z, gradient, row * labels.columns(), labels.columns(), label, counted);
      }
    }
    return counted == 0 ? 0 : sum / counted;
  }

  /** The loss of a row, whose slopes are set. */
  private double add(double[] z, double[] gradient, int begin, int columns, int label, int counted) {
    double cosine = z[begin + label] / SCALE;
    double bounded = Math.clamp(cosine, -LARGEST, LARGEST);
    double sine = Math.sqrt(1 - bounded * bounded);
    boolean isWithin = bounded > Math.cos(Math.PI - margin);
    double right = SCALE * (isWithin ? bounded * Math.cos(margin) - sine * Math.sin(margin)
        : bounded - margin * Math.sin(margin));
    double slope = cosine != bounded ? 0
        : isWithin ? Math.cos(margin) + bounded / sine * Math.sin(margin) : 1;
    double largest = right;
    for (int j = 0; j < columns; j++) {
      largest = j == label ? largest : Math.max(largest, z[begin + j]);
    }
    double total = Math.exp(right - largest);
    for (int j = 0; j < columns; j++) {
      total += j == label ? 0 : Math.exp(z[begin + j] - largest);
    }
    for (int j = 0; j < columns; j++) {
      gradient[begin + j] = j == label ? slope * (Math.exp(right - largest) / total - 1) / counted
          : Math.exp(z[begin + j] - largest) / total / counted;
    }
    return largest + Math.log(total) - right;
  }
}
