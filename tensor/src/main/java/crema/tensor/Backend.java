package crema.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A device's memory and its implementation of every op, grouped in families.
 *
 * <p>Ops write into tensors that the caller provides, all on this backend; shapes are checked by the caller (the ops of
 * {@code crema.autograd.op}). Unless an op says otherwise, outputs are overwritten and may not overlap inputs. Results
 * do not depend on the number of threads.
 *
 * <p>A backend belongs to whoever opened it; {@link #close} ends its threads and frees its memory.
 */
public interface Backend extends AutoCloseable {
  /** What this backend runs on. */
  Device device();

  /**
   * Memory for a tensor, with undefined contents.
   *
   * @throws IllegalArgumentException when the device cannot hold a tensor of that type and shape
   */
  Storage allocate(DType dtype, Shape shape);

  /**
   * Whether packed weights and tables that rows are gathered from may have 16 bits: the results are those of the same
   * numbers in {@link DType#F32}.
   */
  default boolean widensHalves() {
    return false;
  }

  /**
   * The type of the activations between the layers of a network that computes in {@link DType#F32}: {@link DType#BF16} on a
   * device that was opened with {@link Precision#BF16}.
   */
  default DType activationType() {
    return DType.F32;
  }

  /**
   * Packs a weight as {@link MatMulOps#pack} does, without ever having it in memory twice where the backend can help it.
   */
  default PackedMatrix pack(MatrixSource source) {
    try (var scope = new Scope(this)) {
      Tensor weight = scope.empty(DType.F32, source.shape());
      source.read(0, weight);
      return ops().matMul().pack(weight);
    }
  }

  /** Bytes of storages that were allocated and not yet freed. */
  long liveBytes();

  /**
   * Whether ops return before they are done, so that reading what they gave waits: then a {@link Deferred} is better asked
   * a step later.
   */
  default boolean runsAhead() {
    return false;
  }

  /** Whether several threads may call ops at the same time; else one after the other, whichever they are. */
  default boolean servesManyThreads() {
    return true;
  }

  /** The implementation of every op, by family. */
  Ops ops();

  /**
   * Runs a part of a program that is likely to call the same ops on tensors of the same shapes whenever the key is equal: a
   * training step on a batch of a certain size, say. By default that is all; a device may do the work of one run again in
   * later ones with less ado. What the body gives is the same in any case.
   *
   * @param key equal where the body's ops and shapes are likely to be
   * @param body calls ops
   * @return what the body returned
   */
  default <T> T step(Object key, Supplier<T> body) {
    return body.get();
  }

  /**
   * Whether a {@link #step} that does the work of an earlier one takes less time, so that batches are best filled up to a
   * few sizes.
   */
  default boolean repeatsSteps() {
    return false;
  }

  @Override
  void close();

  /** Opens the backend of a device with as many threads as there are processors. */
  static Backend open(Device device) {
    return open(device, BackendOptions.defaults());
  }

  /**
   * Opens the backend of a device. Backends are found through {@link ServiceLoader}, so that a module on the path is
   * all that a further device needs.
   *
   * @throws IllegalArgumentException when no module offers the device; the message lists those there are
   */
  static Backend open(Device device, BackendOptions options) {
    var types = new TreeSet<String>();
    for (BackendProvider provider : providers()) {
      if (provider.type().equals(device.type())) {
        return provider.open(device.index(), options);
      }
      types.add(provider.type());
    }
    throw new IllegalArgumentException("no backend for device '" + device + "'; there are: "
        + String.join(", ", types));
  }

  /**
   * The devices with processors of their own that were found, those that can be used and others.
   *
   * @param missing receives a line for each type of device whose driver is missing
   */
  static List<DeviceInfo> accelerators(Consumer<String> missing) {
    var found = new ArrayList<DeviceInfo>();
    for (BackendProvider provider : providers()) {
      try {
        found.addAll(provider.accelerators());
      } catch (IllegalArgumentException e) {
        missing.accept(String.valueOf(e.getMessage()));
      }
    }
    return found;
  }

  /** What to change so that backends run faster than they would in this process: lines for the user, or none. */
  static List<String> advice() {
    return providers().stream().flatMap(provider -> provider.advice().stream()).toList();
  }

  private static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class, Backend.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }
}
