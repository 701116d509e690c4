package crema.cuda.memory;

import static org.assertj.core.api.Assertions.assertThat;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Event;
import crema.cuda.driver.Stream;
import crema.tensor.Deferred;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Copies to and from a device that does its work as late as it may: when somebody waits for it. */
class PinnedRingTest {
  private static final Stream STREAM = new Stream(1);

  private final byte[] device = new byte[100 << 20];
  private final ArrayDeque<Runnable> queued = new ArrayDeque<>();
  private final Map<Event, List<Runnable>> before = new HashMap<>();
  private int waits;
  private int events;

  private final Driver driver = (Driver) Proxy.newProxyInstance(Driver.class.getClassLoader(),
      new Class<?>[] {Driver.class}, (proxy, method, arguments) -> switch (method.getName()) {
        case "allocatePinned" -> Arena.ofAuto().allocate((Long) arguments[0], 64);
        case "event" -> new Event(++events);
        case "write" -> {
          var source = (MemorySegment) arguments[1];
          int at = Math.toIntExact((Long) arguments[0]);
          queued.add(() -> MemorySegment.copy(source, 0, MemorySegment.ofArray(device), at, source.byteSize()));
          yield null;
        }
        case "read" -> {
          var target = (MemorySegment) arguments[1];
          int at = Math.toIntExact((Long) arguments[0]);
          queued.add(() -> MemorySegment.copy(MemorySegment.ofArray(device), at, target, 0, target.byteSize()));
          yield null;
        }
        case "record" -> {
          before.put((Event) arguments[0], new ArrayList<>(queued));
          yield null;
        }
        case "synchronize" -> {
          waits++;
          List<Runnable> due = before.getOrDefault(arguments[0], List.of());
          while (!queued.isEmpty() && due.contains(queued.peek())) {
            queued.remove().run();
          }
          yield null;
        }
        default -> throw new UnsupportedOperationException(method.getName());
      });

  private void finish() {
    queued.forEach(Runnable::run);
    queued.clear();
  }

  @Test
  void theSourceMayBeWrittenOverAtOnceHoweverMuchIsUnderWay() {
    var ring = new PinnedRing(driver);
    var random = new Random(3);
    var expected = new byte[device.length];
    int at = 0;
    while (at < device.length) {
      var source =
          new byte[Math.min(device.length - at, 1 + random.nextInt(random.nextInt(10) == 0 ? 9 << 20 : 200_000))];
      random.nextBytes(source);
      System.arraycopy(source, 0, expected, at, source.length);
      ring.write(at, MemorySegment.ofArray(source), STREAM);
      Arrays.fill(source, (byte) 0);
      at += source.length;
    }
    assertThat(waits).as("waits: the ring is smaller than what went through it").isPositive();
    finish();
    assertThat(device).isEqualTo(expected);
  }

  @Test
  void whatFitsIsWrittenWithoutAWait() {
    var ring = new PinnedRing(driver);
    for (int i = 0; i < 7; i++) {
      ring.write(0, MemorySegment.ofArray(new byte[4 << 20]), STREAM);
    }
    assertThat(waits).isZero();
  }

  @Test
  void aNumberIsThatOfTheTimeWhenItWasAskedForWhateverComesLater() {
    var mailbox = new Mailbox(driver);
    var numbers = new ArrayList<Deferred>();
    for (int i = 0; i < 1000; i++) {
      double value = i;
      queued.add(() -> MemorySegment.ofArray(device).set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8, value));
      numbers.add(mailbox.defer(8, true, STREAM));
    }
    for (int i = 999; i >= 0; i--) {
      assertThat(numbers.get(i).value()).isEqualTo(i);
    }
  }
}
