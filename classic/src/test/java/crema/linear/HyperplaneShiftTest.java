package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.metrics.PrecisionRecall;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HyperplaneShiftTest {
  /** What a label decided on texts, and which of them have it. */
  record Validation(float[] decisions, int[] positives) {
    double f1(double threshold) {
      long right = IntStream.of(positives).filter(row -> decisions[row] > threshold).count();
      long predicted = IntStream.range(0, decisions.length).filter(row -> decisions[row] > threshold).count();
      return PrecisionRecall.f1(right, predicted, positives.length);
    }
  }

  @Provide
  Arbitrary<Validation> validations() {
    Arbitrary<Float> few = Arbitraries.integers().between(-4, 4).map(i -> i * 0.25f);
    Arbitrary<Float> any = Arbitraries.floats().between(-2, 2);
    return Arbitraries.integers().between(1, 30).flatMap(size -> Combinators.combine(
        Arbitraries.oneOf(few, any).list().ofSize(size), Arbitraries.of(true, false).list().ofSize(size))
        .as((decisions, flags) -> {
          var values = new float[size];
          for (int i = 0; i < size; i++) {
            values[i] = decisions.get(i);
          }
          return new Validation(values, IntStream.range(0, size).filter(flags::get).toArray());
        }));
  }

  @Property(tries = 500)
  void noThresholdIsBetterThanTheShift(@ForAll("validations") Validation validation) {
    float shift = HyperplaneShift.best(validation.decisions(), validation.positives());
    double best = validation.f1(Float.NEGATIVE_INFINITY);
    for (float decision : validation.decisions()) {
      best = Math.max(best, validation.f1(decision));
    }
    if (best < 0.1) {
      assertThat(shift).isZero();
    } else {
      assertThat(validation.f1(-shift)).isEqualTo(best);
      if (validation.f1(0) == best) {
        assertThat(shift).isZero();
      }
    }
  }

  @Test
  void theThresholdIsInTheMiddleOfTheBestGap() {
    assertThat(HyperplaneShift.best(new float[] {-0.9f, -0.2f, -0.4f, -0.8f}, new int[] {1, 2}))
        .isCloseTo(0.6f, offset(1e-6f));
    assertThat(HyperplaneShift.best(new float[] {0.9f, 0.3f, 0.1f}, new int[] {0})).isCloseTo(-0.6f, offset(1e-6f));
  }

  @Test
  void aLabelThatIsFoundOnlyByClaimingAllTextsIsNotShifted() {
    var decisions = new float[100];
    for (int i = 0; i < decisions.length; i++) {
      decisions[i] = -1 + 0.001f * i;
    }
    assertThat(HyperplaneShift.best(decisions, new int[] {0})).isZero();
    assertThat(HyperplaneShift.best(decisions, new int[] {})).isZero();
  }

  @Test
  void aTunedModelFindsWhatThePlainOneMissed() {
    var texts = new SparseMatrix(1, new int[] {0, 1, 2, 3}, new int[3], new float[] {1, 2, 3});
    var model = new LinearModel(LinearLoss.HINGE, false, 1, new float[] {1, 1}, new float[] {-5, -1.5f});
    LabelTargets targets = LabelTargets.multiLabel(2, List.of(new int[] {}, new int[] {1}, new int[] {0, 1}));
    LinearModel tuned = HyperplaneShift.tune(model, texts, targets);
    assertThat(model.predict(model.decisions(texts, 2))).containsExactly(1);
    assertThat(tuned.intercept(0)).isEqualTo(-2.5f);
    assertThat(tuned.intercept(1)).isEqualTo(-1.5f);
    assertThat(tuned.predict(tuned.decisions(texts, 0))).isEmpty();
    assertThat(tuned.predict(tuned.decisions(texts, 2))).containsExactly(0, 1);
  }

  @Test
  void exclusiveLabelsAndForeignTargetsAreRefused() {
    var texts = new SparseMatrix(1, new int[] {0, 1}, new int[1], new float[] {1});
    var exclusive = new LinearModel(LinearLoss.HINGE, true, 1, new float[2], new float[2]);
    assertThatThrownBy(() -> HyperplaneShift.tune(exclusive, texts, LabelTargets.singleLabel(2, new int[] {1})))
        .hasMessageContaining("not where it has exactly one");
    var model = new LinearModel(LinearLoss.HINGE, false, 1, new float[2], new float[2]);
    assertThatThrownBy(() -> HyperplaneShift.tune(model, texts, LabelTargets.multiLabel(3, List.of(new int[] {1}))))
        .hasMessage("1 texts and 2 labels, but targets for 1 texts and 3 labels");
  }
}
