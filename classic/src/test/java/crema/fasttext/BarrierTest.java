package crema.fasttext;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BarrierTest {
  private static final int PARTIES = 4;

  /** Runs a barrier's parties, and returns what became of them. */
  private static List<Future<?>> run(Barrier barrier, int generations, int failing, int[] reached) {
    try (var threads = Executors.newFixedThreadPool(PARTIES, Thread.ofPlatform().daemon().factory())) {
      var parties = new ArrayList<Future<?>>();
      for (int p = 0; p < PARTIES; p++) {
        int party = p;
        parties.add(threads.submit(() -> {
          for (int g = 0; g < generations; g++) {
            if (party == failing && g == generations / 2) {
              barrier.fail();
              return;
            }
            reached[party] = g;
            barrier.await();
            for (int other : reached) {
              assertThat(other).isEqualTo(g);
            }
            barrier.await();
          }
        }));
      }
      return parties;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 5_000})
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void nobodyLeavesBeforeAllHaveComeAndNobodySleepsForEver(int spins) throws Exception {
    for (Future<?> party : run(new Barrier(PARTIES, spins), 5_000, -1, new int[PARTIES])) {
      party.get();
    }
  }

  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void whoFailsSetsTheOthersFree() throws Exception {
    List<Future<?>> parties = run(new Barrier(PARTIES, 0), 100, 2, new int[PARTIES]);
    for (int p = 0; p < PARTIES; p++) {
      if (p == 2) {
        parties.get(p).get();
      } else {
        assertThat(parties.get(p)).failsWithin(Duration.ZERO).withThrowableOfType(ExecutionException.class)
            .withCauseInstanceOf(Barrier.BrokenException.class);
      }
    }
  }
}
