package crema.ptx.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All allocations of a device. Addresses are never used twice, so that an access to freed memory is known as such. */
public final class DeviceMemory {
  private final long capacity;
  private volatile @Nullable Allocation[] live = new @Nullable Allocation[Addresses.FIRST_ALLOCATION];
  private final List<String> names = new ArrayList<>();
  private long used;

  /**
   * Memory without allocations.
   *
   * @param capacity bytes that fit
   */
  public DeviceMemory(long capacity) {
    this.capacity = capacity;
    for (int i = 0; i < Addresses.FIRST_ALLOCATION; i++) {
      names.add("");
    }
  }

  /**
   * Makes an allocation, all of it NaN and unwritten; null if it does not fit.
   *
   * @throws IllegalArgumentException if it has no bytes, or more than 2 GiB, which the emulator does not model
   */
  public synchronized @Nullable Allocation allocate(long bytes, String name, boolean readOnly) {
    if (bytes <= 0 || bytes > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException("an emulated allocation has 1 byte to 2 GiB, not " + bytes);
    }
    if (used + bytes > capacity) {
      return null;
    }
    int number = names.size();
    var allocation = new Allocation(number, name, (int) bytes, readOnly);
    if (number >= live.length) {
      live = Arrays.copyOf(live, 2 * live.length);
    }
    live[number] = allocation;
    names.add(name);
    used += bytes;
    return allocation;
  }

  /**
   * Frees an allocation.
   *
   * @throws IllegalArgumentException if none starts there
   */
  public synchronized void free(long address) {
    Allocation allocation = at(address);
    if (allocation == null || Addresses.offset(address) != 0) {
      throw new IllegalArgumentException("no allocation starts at 0x" + Long.toHexString(address));
    }
    used -= allocation.size();
    live[allocation.number()] = null;
  }

  /** Bytes in use. */
  public synchronized long used() {
    return used;
  }

  /** Bytes that fit. */
  public long capacity() {
    return capacity;
  }

  /** The allocation whose range an address lies in, or null. */
  public @Nullable Allocation at(long address) {
    int number = Addresses.number(address);
    @Nullable Allocation[] all = live;
    return number < all.length ? all[number] : null;
  }

  /**
   * The allocation that holds {@code bytes} from an address on, for copies by the host.
   *
   * @throws IllegalArgumentException if none does
   */
  public Allocation range(long address, long bytes) {
    Allocation allocation = at(address);
    long offset = Addresses.offset(address);
    if (allocation == null || offset + bytes > allocation.size()) {
      throw new IllegalArgumentException(
          bytes + " bytes at 0x" + Long.toHexString(address) + " are not device memory: " + describe(address));
    }
    return allocation;
  }

  /** What lies at an address, for messages. */
  String describe(long address) {
    int number = Addresses.number(address);
    String name = number < names.size() ? names.get(number) : "";
    Allocation allocation = at(address);
    long offset = Addresses.offset(address);
    if (allocation != null) {
      return "byte " + offset + " of " + name + ", which has " + allocation.size();
    }
    if (number == 0) {
      return "a null pointer" + (offset == 0 ? "" : " plus " + offset);
    }
    return number >= Addresses.FIRST_ALLOCATION && number < names.size()
        ? "byte " + offset + " of " + name + ", which was freed"
        : "address 0x" + Long.toHexString(address);
  }

  boolean wasFreed(long address) {
    int number = Addresses.number(address);
    return number >= Addresses.FIRST_ALLOCATION && number < names.size() && at(address) == null;
  }
}
