package crema.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RngTest {
  /** The lines for {@code philox4x32 10} of {@code kat_vectors} in Random123, the authors' own implementation. */
  @ParameterizedTest
  @CsvSource({
      "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
      "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
      "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"})
  void knownAnswers(String counter, String key, String expected) {
    int[] c = words(counter);
    int[] k = words(key);
    var result = new int[4];
    Rng.philox(c[0], c[1], c[2], c[3], k[0], k[1], result, 0);
    assertThat(result).isEqualTo(words(expected));
  }

  private static int[] words(String text) {
    return Arrays.stream(text.split(" "))
        .mapToInt(word -> Integer.parseUnsignedInt(word, 16)).toArray();
  }

  /** The layout of key and counter is a promise: masks must be the same on any device and after a resume. */
  @Test
  void elementIsAWordOfTheBlockOfSeedStepAndOp() {
    var stream = new Rng(0x299f31d0_a4093822L, 0x03707344_13198a2eL).stream(0x85a308d3);
    var expected = new int[4];
    Rng.philox(5, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, expected, 0);
    for (int i = 0; i < 4; i++) {
      assertThat(stream.bits(20 + i)).isEqualTo(expected[i]);
    }
  }

  @Property
  void uniformNumbersAreInTheUnitInterval(@ForAll int bits) {
    assertThat(Rng.toUniform(bits)).isBetween(0f, Math.nextDown(1f));
  }

  @Property(tries = 200)
  void seedStepAndOpEachChangeTheNumbers(@ForAll long seed, @ForAll @LongRange(max = Long.MAX_VALUE - 1) long step,
      @ForAll int op) {
    var stream = new Rng(seed, step).stream(op);
    for (var other : new Rng.Stream[] {new Rng(seed + 1, step).stream(op), new Rng(seed, step + 1).stream(op),
        new Rng(seed, step).stream(op + 1)}) {
      var words = new int[4];
      var otherWords = new int[4];
      stream.block(0, words);
      other.block(0, otherWords);
      assertThat(words).isNotEqualTo(otherWords);
    }
  }

  @Test
  void uniformNumbersHaveTheMeanAndVarianceOfTheirDistribution() {
    var stream = new Rng(42, 0).stream(0);
    int n = 100_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double u = stream.uniform(i);
      sum += u;
      squares += u * u;
    }
    // The standard error of the mean is 0.0009, that of the second moment about as much.
    assertThat(sum / n).isBetween(0.495, 0.505);
    assertThat(squares / n).isBetween(1 / 3.0 - 0.005, 1 / 3.0 + 0.005);
  }

  @Test
  void theEndOfAStreamIsAnError() {
    var stream = new Rng(0, 0).stream(0);
    assertThat(stream.bits((1L << 34) - 1)).isEqualTo(stream.bits((1L << 34) - 1));
    assertThatIllegalArgumentException().isThrownBy(() -> stream.bits(1L << 34)).withMessageContaining("4294967296");
    assertThatIllegalArgumentException().isThrownBy(() -> stream.bits(-1));
  }
}
