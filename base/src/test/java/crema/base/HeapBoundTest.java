package crema.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class HeapBoundTest {
  private long alive = 40;
  private long garbage;
  private int collections;

  private HeapBound bound(long bytes) {
    return new HeapBound(bytes, () -> alive + garbage, () -> {
      garbage = 0;
      collections++;
    });
  }

  @Test
  void garbageIsCollectedOnceTheBoundIsPassed() {
    HeapBound bound = bound(100);
    garbage = 60;
    bound.look();
    assertThat(collections).isZero();
    garbage = 61;
    bound.look();
    assertThat(collections).isOne();
    garbage = 60;
    bound.look();
    assertThat(collections).isOne();
  }

  @Test
  void whereMoreIsAliveItIsCollectedAsThatGrows() {
    HeapBound bound = bound(100);
    alive = 200;
    bound.look();
    bound.look();
    garbage = 50;
    bound.look();
    assertThat(collections).isOne();
    garbage = 51;
    bound.look();
    assertThat(collections).isEqualTo(2);
    alive = 40;
    garbage = 300;
    bound.look();
    garbage = 61;
    bound.look();
    assertThat(collections).isEqualTo(4);
  }

  @Test
  void theHeapOfTheProcessIsWatched() throws InterruptedException {
    var dropped = new WeakReference<>(new byte[1 << 20]);
    try (var _ = HeapBound.of(1)) {
      for (int i = 0; i < 200 && dropped.get() != null; i++) {
        Thread.sleep(50);
      }
    }
    assertThat(dropped.get()).isNull();
  }
}
