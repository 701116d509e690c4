package crema.cuda.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.cuda.driver.OutOfDeviceMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.Test;

class DevicePoolTest {
  private static final long MIB = 1 << 20;

  private FakeDriver device = new FakeDriver(512 * MIB);
  private int settled;
  private DevicePool pool = new DevicePool(device.driver(), () -> settled++);

  @BeforeTry
  void anotherDevice() {
    device = new FakeDriver(512 * MIB);
    pool = new DevicePool(device.driver(), () -> settled++);
  }

  /** From some bytes to some MiB. */
  private static long anySize(Random random) {
    return 1 + (long) Math.pow(2, random.nextDouble() * 23);
  }

  @Property(tries = 50)
  void blocksInUseNeverOverlap(@ForAll long seed) {
    var random = new Random(seed);
    var live = new TreeMap<Long, Long>();
    for (int i = 0; i < 400; i++) {
      if (live.isEmpty() || random.nextInt(5) < 3) {
        long bytes = anySize(random);
        long address = pool.take(bytes, "block");
        assertThat(address % 256).isZero();
        assertThat(device.holds(address, bytes)).isTrue();
        Map.Entry<Long, Long> before = live.floorEntry(address + bytes - 1);
        assertThat(before == null || before.getKey() + before.getValue() <= address).isTrue();
        live.put(address, bytes);
      } else {
        long address = new ArrayList<>(live.keySet()).get(random.nextInt(live.size()));
        pool.give(address, live.remove(address));
      }
      assertThat(pool.report().liveBytes()).isEqualTo(live.values().stream().mapToLong(bytes -> bytes).sum());
      assertThat(pool.report().reservedBytes()).isEqualTo(device.used());
    }
    live.forEach(pool::give);
    pool.trim();
    assertThat(device.used()).as("held when nothing is in use").isZero();
  }

  /** What a recorded graph needs: once there is room for a step, it has the same blocks each time. */
  @Property(tries = 50)
  void aRepeatedStepHasTheSameAddresses(@ForAll long seed) {
    var random = new Random(seed);
    var sizes = random.longs(40).map(unused -> anySize(random)).toArray();
    pool.take(anySize(random), "a parameter");
    long before;
    do {
      before = device.used();
      step(sizes, random);
    } while (device.used() > before);
    List<Long> first = step(sizes, random);
    for (int i = 0; i < 4; i++) {
      assertThat(step(sizes, random)).isEqualTo(first);
    }
  }

  /** Takes all, then gives them back in any order. */
  private List<Long> step(long[] sizes, Random order) {
    var taken = new ArrayList<Long>();
    for (long size : sizes) {
      taken.add(pool.take(size, "block"));
    }
    var left = new ArrayList<Integer>();
    for (int i = 0; i < sizes.length; i++) {
      left.add(i);
    }
    Collections.shuffle(left, order);
    left.forEach(i -> pool.give(taken.get(i), sizes[i]));
    return taken;
  }

  @Property(tries = 200)
  void sizesWasteNoMoreThanASixteenth(@ForAll long seed) {
    long bytes = 4096 + anySize(new Random(seed)) * 100;
    assertThat(DevicePool.size(bytes)).isBetween(bytes, bytes + bytes / 16).isEqualTo(
        DevicePool.size(DevicePool.size(bytes)));
  }

  @Test
  void freeNeighboursMerge() {
    long[] blocks = new long[8];
    for (int i = 0; i < 8; i++) {
      blocks[i] = pool.take(4 * MIB, "quarter");
    }
    long held = device.used();
    for (int i : new int[] {1, 3, 0, 2, 5, 7, 6, 4}) {
      pool.give(blocks[i], 4 * MIB);
    }
    long least = held;
    for (int i = 0; i < 4; i++) {
      pool.take(4 * MIB, "again");
    }
    assertThat(device.used()).isEqualTo(least);
  }

  @Test
  void anAllocationThatDoesNotFitGivesIdleMemoryBackAndIsTriedAgain() {
    long idle = pool.take(300 * MIB, "idle");
    pool.give(idle, 300 * MIB);
    assertThat(settled).isZero();
    assertThat(pool.take(400 * MIB, "large")).isNotZero();
    assertThat(settled).as("waited for the work that used what was freed").isEqualTo(1);
  }

  @Test
  void withoutMemoryTheMessageSaysWhoHasIt() {
    device.foreign(100 * MIB);
    pool.take(200 * MIB, "F32 [100, 524288]");
    pool.take(1000, "small");
    assertThatThrownBy(() -> pool.take(300 * MIB, "F32 [150, 524288]")).isInstanceOf(OutOfDeviceMemory.class)
        .hasMessage("GPU memory: this step needs 300 MiB more; of 512 MiB this process holds 250 MiB (in use 200 MiB,"
            + " largest F32 [100, 524288] with 200 MiB), others 100 MiB; try a smaller --batch-tokens");
    assertThat(pool.report().liveBytes()).isEqualTo(200 * MIB + 1000);
    assertThat(pool.take(150 * MIB, "F32 [75, 524288]")).as("the pool works on").isNotZero();
  }

  @Test
  void aBlockThatIsGivenBackTwiceIsAnError() {
    long small = pool.take(1000, "small");
    pool.give(small, 1000);
    assertThatThrownBy(() -> pool.give(small, 1000)).isInstanceOf(IllegalStateException.class);
    long large = pool.take(2 * MIB, "large");
    pool.give(large, 2 * MIB);
    assertThatThrownBy(() -> pool.give(large, 2 * MIB)).isInstanceOf(IllegalStateException.class);
  }
}
