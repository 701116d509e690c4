package crema.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArrayPoolTest {
  private final ArrayPool<float[]> pool = new ArrayPool<>(float[]::new, array -> array.length);

  @Test
  void anArrayThatWasGivenBackIsUsedForTheSameLengthAndAlmostTheSame() {
    float[] first = pool.take(1_000_000);
    pool.give(first);
    assertThat(pool.take(1_000_000)).isSameAs(first);
    pool.give(first);
    assertThat(pool.take(990_000)).isSameAs(first);
  }

  @Test
  void anArrayIsNotWastedOnAMuchShorterRequest() {
    float[] large = pool.take(1_000_000);
    pool.give(large);
    assertThat(pool.take(500_000)).isNotSameAs(large);
  }

  @Test
  void anArrayOfAnyLengthIsFoundAgainByItsOwnLength() {
    for (int least = 0; least < 100_000; least += 1 + least / 50) {
      float[] array = pool.take(least);
      pool.give(array);
      assertThat(pool.take(array.length)).isSameAs(array);
      pool.give(array);
    }
  }

  @Test
  void theLongestArraysAreNoLongerThanArraysCanBe() {
    var lengths = new ArrayPool<>(length -> length, length -> length);
    int longest = Integer.MAX_VALUE - 8;
    for (int least : new int[] {longest, longest - 1, 1 << 30, (1 << 30) + 1}) {
      Integer length = lengths.take(least);
      assertThat(length).isBetween(least, longest);
      lengths.give(length);
    }
  }

  @Test
  void arraysInUseAreDistinctAndLongEnough() {
    var random = new Random(1);
    var used = new ArrayList<float[]>();
    for (int i = 0; i < 1000; i++) {
      int least = random.nextInt(5000);
      float[] array = pool.take(least);
      assertThat(array.length).isGreaterThanOrEqualTo(least).isLessThanOrEqualTo(least * 4 / 3 + 1);
      assertThat(used).noneMatch(other -> other == array);
      used.add(array);
      if (random.nextBoolean()) {
        pool.give(used.remove(random.nextInt(used.size())));
      }
    }
  }

  @Test
  void whatIsKeptStaysBoundedWhenEveryStepHasOtherLengths() {
    var random = new Random(1);
    for (int step = 0; step < 200; step++) {
      int tokens = 1000 + random.nextInt(9000);
      var used = new ArrayList<float[]>();
      for (int i = 1; i <= 20; i++) {
        used.add(pool.take(tokens * i * 10));
      }
      used.forEach(pool::give);
    }
    long mostOfAStep = 10_000L * 10 * 20 * 21 / 2;
    assertThat(pool.elements()).isLessThan((long) (mostOfAStep * 1.25 * 1.1) + (1 << 20));
  }
}
