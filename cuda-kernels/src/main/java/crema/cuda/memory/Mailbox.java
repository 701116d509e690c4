package crema.cuda.memory;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Event;
import crema.cuda.driver.Stream;
import crema.tensor.Deferred;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Numbers on their way from the device: each is copied to pinned memory when the device comes to it, and read there by
 * whoever asks for it, who waits for that copy alone.
 */
public final class Mailbox {
  private static final int SLOTS = 128;

  private final Driver driver;
  private final MemorySegment memory;
  private final Event[] arrived = new Event[SLOTS];
  private final @Nullable Letter[] letters = new Letter[SLOTS];
  private int next;

  /** A mailbox of a driver. */
  public Mailbox(Driver driver) {
    this.driver = driver;
    memory = driver.allocatePinned((long) SLOTS * Double.BYTES);
    for (int i = 0; i < SLOTS; i++) {
      arrived[i] = driver.event();
    }
  }

  /**
   * A number as it is when the work that was queued so far is done.
   *
   * @param wide whether it is a double and not a float
   */
  public Deferred defer(long address, boolean wide, Stream stream) {
    int slot = next;
    next = (next + 1) % SLOTS;
    Letter before = letters[slot];
    if (before != null) {
      // Read now, for its place is needed.
      before.value();
    }
    MemorySegment place = memory.asSlice((long) slot * Double.BYTES, wide ? Double.BYTES : Float.BYTES);
    driver.read(address, place, stream);
    driver.record(arrived[slot], stream);
    var letter = new Letter(place, arrived[slot], wide);
    letters[slot] = letter;
    return letter;
  }

  private final class Letter implements Deferred {
    private final Event event;
    private final boolean wide;
    private @Nullable MemorySegment place;
    private double value;

    Letter(MemorySegment place, Event event, boolean wide) {
      this.place = place;
      this.event = event;
      this.wide = wide;
    }

    @Override
    public double value() {
      MemorySegment from = place;
      if (from != null) {
        driver.synchronize(event);
        value = wide ? from.get(ValueLayout.JAVA_DOUBLE, 0) : from.get(ValueLayout.JAVA_FLOAT, 0);
        place = null;
      }
      return value;
    }
  }
}
