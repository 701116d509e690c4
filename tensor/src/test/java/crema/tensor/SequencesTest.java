package crema.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SequencesTest {
  @Test
  void describesABatchOnTheHostAndOnTheDevice() {
    try (Backend backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      int[] cumulative = {0, 5, 6, 23};
      var sequences = Sequences.of(scope, cumulative);
      cumulative[1] = 99;
      assertThat(sequences.count()).isEqualTo(3);
      assertThat(sequences.tokens()).isEqualTo(23);
      assertThat(sequences.longest()).isEqualTo(17);
      assertThat(sequences.start(1)).isEqualTo(5);
      assertThat(sequences.length(1)).isEqualTo(1);
      assertThat(sequences.cuSeqlens().toInts()).containsExactly(0, 5, 6, 23);
    }
  }

  @Test
  void emptySequencesAndBadStartsAreErrors() {
    try (Backend backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      assertThatIllegalArgumentException().isThrownBy(() -> Sequences.of(scope, 0, 5, 5))
          .withMessageContaining("sequence 1").withMessageContaining("length 0");
      assertThatIllegalArgumentException().isThrownBy(() -> Sequences.of(scope, 1, 5));
      assertThatIllegalArgumentException().isThrownBy(() -> Sequences.of(scope));
      assertThat(backend.liveBytes()).isZero();
    }
  }
}
