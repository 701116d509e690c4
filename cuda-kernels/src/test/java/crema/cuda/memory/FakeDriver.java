package crema.cuda.memory;

import crema.cuda.driver.Capability;
import crema.cuda.driver.DeviceFacts;
import crema.cuda.driver.Driver;
import crema.cuda.driver.OutOfDeviceMemory;
import java.lang.reflect.Proxy;
import java.util.TreeMap;

/** Memory of a device without the device: allocations are addresses, anything else is an error. */
final class FakeDriver {
  private static final long ALIGNMENT = 512;

  private final long memoryBytes;
  private final TreeMap<Long, Long> allocations = new TreeMap<>();
  private long next = ALIGNMENT;
  private long used;
  private long foreign;

  FakeDriver(long memoryBytes) {
    this.memoryBytes = memoryBytes;
  }

  /** What other processes hold. */
  void foreign(long bytes) {
    foreign = bytes;
  }

  /** What is allocated. */
  long used() {
    return used;
  }

  /** Whether a block lies in one allocation. */
  boolean holds(long address, long bytes) {
    var allocation = allocations.floorEntry(address);
    return allocation != null && address + bytes <= allocation.getKey() + allocation.getValue();
  }

  /** As the pool sees it. */
  Driver driver() {
    return (Driver) Proxy.newProxyInstance(Driver.class.getClassLoader(), new Class<?>[] {Driver.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "checksAccesses" -> false;
          case "facts" -> new DeviceFacts("fake", new Capability(8, 0), memoryBytes, 1, 49152, 13_000);
          case "freeBytes" -> memoryBytes - used - foreign;
          case "allocate" -> allocate((Long) arguments[0]);
          case "free" -> {
            used -= allocations.remove((Long) arguments[0]);
            yield null;
          }
          default -> throw new UnsupportedOperationException(method.getName());
        });
  }

  private long allocate(long bytes) {
    if (used + foreign + bytes > memoryBytes) {
      throw new OutOfDeviceMemory(bytes);
    }
    long address = next;
    next += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
    allocations.put(address, bytes);
    used += bytes;
    return address;
  }
}
