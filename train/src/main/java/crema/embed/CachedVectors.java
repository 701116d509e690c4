package crema.embed;

import crema.base.Fingerprint;
import crema.classify.ComputeOptions;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Vectors that are made once and kept on disk: what was seen before, in this process or another, has its vector from
 * there, the same bits. What is done is written from time to time: a run that was killed goes on where it was.
 *
 * <p>For use by one thread at a time.
 *
 * @param <T> what vectors are made of: a text, its tokens, a picture
 */
public final class CachedVectors<T> implements AutoCloseable {
  /** What a vector depends on besides model and options: to be counted up when the arithmetic changes. */
  static final int ARITHMETIC = 1;

  /** Vectors that are made between two looks at the clock. */
  private static final int CHUNK = 1024;

  private static final Duration BETWEEN_WRITES = Duration.ofSeconds(30);

  private final @Nullable VectorCache cache;
  private final Function<T, VectorCache.Key> key;
  private final Maker<T> maker;
  private int cut;

  /**
   * Makes the vectors that are not there yet.
   *
   * @param <T> what they are made of
   */
  @FunctionalInterface
  public interface Maker<T> {
    /**
     * Makes some.
     *
     * @param inputs at least one
     * @param progress is told now and then how many of them are done
     */
    Embedder.Embeddings make(List<T> inputs, IntConsumer progress) throws IOException;
  }

  /**
   * Opens what there is.
   *
   * @param folder the vectors of one model with its options; null for none on disk
   */
  CachedVectors(@Nullable Path folder, Function<T, VectorCache.Key> key, Maker<T> maker) throws IOException {
    cache = folder == null ? null : new VectorCache(folder);
    this.key = key;
    this.maker = maker;
  }

  /**
   * Vectors of token ids.
   *
   * @param root the folder of caches
   * @param model all that vectors depend on besides the ids and where they are computed
   * @param compute where they are computed
   */
  public static CachedVectors<int[]> ofTokens(Path root, String model, ComputeOptions compute, Maker<int[]> maker)
      throws IOException {
    var sum = new Fingerprint("crema vectors of tokens").add(ARITHMETIC).add(model);
    addDevice(sum, compute);
    return new CachedVectors<>(root.resolve(sum.hex()), VectorCache.Key::of, maker);
  }

  /**
   * Vectors of inputs that are known by digests.
   *
   * @param root the folder of caches
   * @param kind of the inputs, such as {@code pictures}
   * @param model all that vectors depend on besides the inputs and where they are computed
   * @param compute where they are computed
   * @param digest of an input, at least 16 bytes
   */
  public static <T> CachedVectors<T> of(Path root, String kind, String model, ComputeOptions compute,
      Function<T, byte[]> digest, Maker<T> maker) throws IOException {
    var sum = new Fingerprint("crema vectors of " + kind).add(ARITHMETIC).add(model);
    addDevice(sum, compute);
    return new CachedVectors<>(root.resolve(sum.hex()), input -> VectorCache.Key.of(digest.apply(input)), maker);
  }

  /** Another device rounds otherwise. */
  static void addDevice(Fingerprint sum, ComputeOptions compute) {
    if (!compute.device().equals(Device.CPU)) {
      sum.add(compute.device().type()).add(compute.precision().map(Precision::key).orElse(""));
    }
  }

  /** The number of features of a vector; empty if there is none yet. */
  OptionalInt size() {
    return cache == null ? OptionalInt.empty() : cache.size();
  }

  /** How many of the inputs until now were longer than the model takes. */
  int cut() {
    return cut;
  }

  /**
   * The vectors of inputs, in their order.
   *
   * @param inputs at least one
   */
  public Vectors of(List<T> inputs, EmbedListener listener) throws IOException {
    var keys = new ArrayList<VectorCache.Key>(inputs.size());
    var missing = new LinkedHashMap<VectorCache.Key, T>();
    for (T input : inputs) {
      VectorCache.Key its = key.apply(input);
      keys.add(its);
      if (cache == null || !cache.contains(its)) {
        missing.putIfAbsent(its, input);
      }
    }
    return collected(keys, made(missing, listener));
  }

  private Vectors collected(List<VectorCache.Key> keys, Map<VectorCache.Key, VectorCache.Entry> fresh) {
    int size = Optional.of(fresh.values()).filter(entries -> !entries.isEmpty())
        .map(entries -> entries.iterator().next().vector().length).orElseGet(() -> size().orElseThrow());
    float[] values = Vectors.newArray(keys.size(), size);
    for (int i = 0; i < keys.size(); i++) {
      VectorCache.Entry entry = fresh.get(keys.get(i));
      boolean isCut;
      if (entry != null) {
        System.arraycopy(entry.vector(), 0, values, i * size, size);
        isCut = entry.isCut();
      } else if (cache != null) {
        isCut = cache.copy(keys.get(i), values, i * size);
      } else {
        throw new IllegalStateException("an input has no vector");
      }
      cut += isCut ? 1 : 0;
    }
    return new Vectors(size, values);
  }

  private Map<VectorCache.Key, VectorCache.Entry> made(Map<VectorCache.Key, T> missing, EmbedListener listener)
      throws IOException {
    var all = new LinkedHashMap<VectorCache.Key, VectorCache.Entry>();
    var unwritten = new LinkedHashMap<VectorCache.Key, VectorCache.Entry>();
    var keys = new ArrayList<>(missing.keySet());
    long written = System.nanoTime();
    try {
      for (int from = 0; from < keys.size(); from += CHUNK) {
        List<VectorCache.Key> chunk = keys.subList(from, Math.min(keys.size(), from + CHUNK));
        int done = from;
        Embedder.Embeddings computed = maker.make(chunk.stream().map(missing::get).toList(),
            inputs -> listener.progress(done + inputs, keys.size()));
        for (int i = 0; i < chunk.size(); i++) {
          var entry = new VectorCache.Entry(computed.vectors().row(i), computed.isCut()[i]);
          all.put(chunk.get(i), entry);
          unwritten.put(chunk.get(i), entry);
        }
        if (cache != null && System.nanoTime() - written > BETWEEN_WRITES.toNanos()) {
          cache.add(unwritten);
          unwritten.clear();
          written = System.nanoTime();
        }
      }
    } finally {
      // Also of a run that fails in between.
      if (cache != null) {
        cache.add(unwritten);
      }
    }
    return all;
  }

  @Override
  public void close() {
    if (cache != null) {
      cache.close();
    }
  }
}
