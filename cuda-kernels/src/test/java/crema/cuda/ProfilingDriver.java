package crema.cuda;

import crema.cuda.driver.DeviceFacts;
import crema.cuda.driver.Driver;
import crema.cuda.driver.Event;
import crema.cuda.driver.Graph;
import crema.cuda.driver.Grid;
import crema.cuda.driver.Kernel;
import crema.cuda.driver.LoadedModule;
import crema.cuda.driver.MatrixMap;
import crema.cuda.driver.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times every kernel, fill and copy within the device by events around it; steps are queued one by one, not as graphs. */
final class ProfilingDriver implements Driver {
  /**
   * What one kernel took.
   *
   * @param count how often it was launched
   * @param microseconds in all
   */
  record Total(int count, double microseconds) {}

  private record Timed(String name, Event from, Event to) {}

  private final Driver driver;
  private final List<Timed> timed = new ArrayList<>();
  private boolean on;

  ProfilingDriver(Driver driver) {
    this.driver = driver;
  }

  /** Starts to time. */
  void start() {
    on = true;
  }

  /** What was timed since the start, by kernel. */
  Map<String, Total> stop(Stream stream) {
    on = false;
    driver.synchronize(stream);
    var totals = new LinkedHashMap<String, Total>();
    for (Timed each : timed) {
      double micros = driver.milliseconds(each.from, each.to) * 1000;
      totals.merge(each.name, new Total(1, micros),
          (a, b) -> new Total(a.count + b.count, a.microseconds + b.microseconds));
    }
    timed.clear();
    return totals;
  }

  private void time(String name, Stream stream, Runnable work) {
    if (!on) {
      work.run();
      return;
    }
    Event from = driver.event();
    Event to = driver.event();
    driver.record(from, stream);
    work.run();
    driver.record(to, stream);
    timed.add(new Timed(name, from, to));
  }

  @Override
  public void launch(Kernel kernel, Grid grid, MemorySegment parameters, Stream stream) {
    time(kernel.name(), stream, () -> driver.launch(kernel, grid, parameters, stream));
  }

  @Override
  public void fill(long address, long words, int word, Stream stream) {
    time("fill", stream, () -> driver.fill(address, words, word, stream));
  }

  @Override
  public void copy(long target, long source, long bytes, Stream stream) {
    time("copy", stream, () -> driver.copy(target, source, bytes, stream));
  }

  @Override
  public void write(long address, MemorySegment source, Stream stream) {
    time("write", stream, () -> driver.write(address, source, stream));
  }

  @Override
  public DeviceFacts facts() {
    return driver.facts();
  }

  @Override
  public long freeBytes() {
    return driver.freeBytes();
  }

  @Override
  public long allocate(long bytes, String name) {
    return driver.allocate(bytes, name);
  }

  @Override
  public void free(long address) {
    driver.free(address);
  }

  @Override
  public boolean checksAccesses() {
    return driver.checksAccesses();
  }

  @Override
  public MemorySegment allocatePinned(long bytes) {
    return driver.allocatePinned(bytes);
  }

  @Override
  public Stream stream() {
    return driver.stream();
  }

  @Override
  public void read(long address, MemorySegment target, Stream stream) {
    driver.read(address, target, stream);
  }

  @Override
  public LoadedModule load(String name, byte[] image) {
    return driver.load(name, image);
  }

  @Override
  public Event event() {
    return driver.event();
  }

  @Override
  public void record(Event event, Stream stream) {
    driver.record(event, stream);
  }

  @Override
  public void synchronize(Event event) {
    driver.synchronize(event);
  }

  @Override
  public void synchronize(Stream stream) {
    driver.synchronize(stream);
  }

  @Override
  public double milliseconds(Event from, Event to) {
    return driver.milliseconds(from, to);
  }

  @Override
  public void beginCapture(Stream stream) {
    driver.beginCapture(stream);
  }

  @Override
  public Graph endCapture(Stream stream) {
    return driver.endCapture(stream);
  }

  @Override
  public void encodeTensorMap(MatrixMap map, MemorySegment descriptor) {
    driver.encodeTensorMap(map, descriptor);
  }

  @Override
  public void close() {
    driver.close();
  }
}
