package crema.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import crema.nn.train.Validation.Better;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
  private static EarlyStopping after(double tolerance, Better better, double... values) {
    var early = EarlyStopping.START;
    for (int i = 0; i < values.length; i++) {
      early = early.after(i + 1, values[i], better, tolerance);
    }
    return early;
  }

  @Test
  void withoutToleranceOfEqualValuesTheEarliestIsBest() {
    assertThat(after(1, Better.HIGHER, 0.5, 0.7, 0.7, 0.6)).isEqualTo(new EarlyStopping(2, 0.7, 2));
    assertThat(after(1, Better.LOWER, 0.5, 0.4, 0.4)).isEqualTo(new EarlyStopping(2, 0.4, 1));
  }

  /** As the authors' code of Huang et al. has it: f1 > best · 0.995 becomes the best, even if it is lower. */
  @Test
  void aValueThatIsHardlyWorseBecomesTheBest() {
    assertThat(after(0.995, Better.HIGHER, 0.8, 0.797)).isEqualTo(new EarlyStopping(2, 0.797, 0));
    assertThat(after(0.995, Better.HIGHER, 0.8, 0.796)).isEqualTo(new EarlyStopping(1, 0.8, 1));
    assertThat(after(0.995, Better.LOWER, 0.4, 0.4019)).isEqualTo(new EarlyStopping(2, 0.4019, 0));
    assertThat(after(0.995, Better.LOWER, 0.4, 0.4021)).isEqualTo(new EarlyStopping(1, 0.4, 1));
  }

  @Test
  void patienceIsOverAfterSoManyValidationsInARowWithoutABest() {
    EarlyStopping early = after(0.995, Better.HIGHER, 0.8, 0.7, 0.7, 0.7, 0.7, 0.7);
    assertThat(early.isExhausted(5)).isTrue();
    assertThat(early.isExhausted(6)).isFalse();
    assertThat(early.isExhausted(0)).isFalse();
  }
}
