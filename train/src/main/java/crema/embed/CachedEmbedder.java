package crema.embed;

import crema.base.Fingerprint;
import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.nn.io.WeightFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Embedder} with a cache on disk. A text that was embedded before, by the same model with the same options, in
 * this process or another, has its vector from there, the same bits. The model is loaded when a text is new. What is done
 * is written from time to time: a run that was killed goes on where it was.
 *
 * <p>For use by one thread at a time. Once it is closed, every call that needs the model or the cache is an
 * {@link IllegalStateException}.
 */
public final class CachedEmbedder implements AutoCloseable {
  /** What is read in the folder of a file of weights. */
  private static final Set<String> BESIDE_A_FILE = Set.of("config.json", "tokenizer.json");

  private final SentenceModel model;
  private final EmbedOptions options;
  private final ComputeOptions compute;
  private final Map<String, Path> files;
  private final String fingerprint;
  private final CachedVectors<String> vectors;
  private @Nullable Embedder embedder;
  private boolean isClosed;

  /**
   * Prepares a model.
   *
   * @param path a folder, or an ONNX file with its tokenizer beside it
   * @param options what differs from what the folder says
   * @param compute where it computes, and with how many threads
   * @param cacheRoot the folder of caches; empty for none
   * @throws UserError when it is not a model
   */
  public CachedEmbedder(Path path, EmbedOptions options, ComputeOptions compute, Optional<Path> cacheRoot)
      throws IOException {
    this.options = options;
    this.compute = compute.resolved();
    model = SentenceModel.read(path);
    files = files(path);
    fingerprint = newFingerprint();
    vectors = new CachedVectors<>(cacheRoot.map(root -> root.resolve(fingerprint)).orElse(null), VectorCache.Key::of,
        (texts, progress) -> embedder().embedAll(texts, progress));
  }

  /**
   * The folder of caches where nothing else is said: {@code crema/vectors} in {@code XDG_CACHE_HOME} or
   * {@code ~/.cache}.
   */
  public static Path defaultCache() {
    String caches = System.getenv("XDG_CACHE_HOME");
    Path root = caches == null || caches.isBlank() ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(caches);
    return root.resolve("crema").resolve("vectors");
  }

  private String newFingerprint() throws IOException {
    var sum = new Fingerprint("crema vectors").add(CachedVectors.ARITHMETIC).add(model.prompt(options));
    sum.add(options.pooling().stream().map(PoolingKind::sentenceName).toList());
    sum.add(options.normalize().map(String::valueOf).orElse(null));
    sum.add(options.maxLength().orElse(0)).add(options.dimensions().orElse(0));
    CachedVectors.addDevice(sum, compute);
    for (Map.Entry<String, Path> file : files.entrySet()) {
      sum.add(file.getKey()).add(Sha256.ofFile(file.getValue()));
    }
    return sum.hex();
  }

  /** The files of a model by their places in it: of several formats of weights, those that are read. */
  private Map<String, Path> files(Path path) throws IOException {
    var files = new TreeMap<String, Path>();
    boolean isFolder = Files.isDirectory(path);
    Path root = isFolder ? path : path.toAbsolutePath().getParent();
    if (root == null) {
      throw new UserError(path + " is not a model");
    }
    var folders = new ArrayList<>(List.of(root, model.base()));
    model.stages().forEach(stage -> {
      if (stage instanceof SentenceModel.DenseShape dense) {
        folders.add(dense.folder());
      }
    });
    var configured = new LinkedHashSet<>(folders);
    // A module without weights, such as pooling, has a configuration all the same.
    configured.addAll(isFolder ? SentenceModel.folders(path) : List.of());
    for (Path folder : configured) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> inIt = Files.list(folder)) {
          inIt.filter(file -> isFolder ? isConfiguration(file.getFileName().toString())
              : BESIDE_A_FILE.contains(file.getFileName().toString())).filter(Files::isRegularFile)
              .forEach(file -> files.put(name(root.relativize(file)), file));
        }
      }
    }
    for (Path folder : folders.subList(1, folders.size())) {
      Path weights = WeightFormat.locate(folder).toAbsolutePath();
      Path place = root.toAbsolutePath().relativize(weights);
      // A folder is searched for weights of this name.
      files.put(isFolder ? name(place) : "model.onnx", weights);
      shards(weights).forEach(shard -> files.put(name(place.resolveSibling(shard.getFileName())), shard));
    }
    return files;
  }

  /** The same on every system. */
  private static String name(Path place) {
    return place.toString().replace('\\', '/');
  }

  private static boolean isConfiguration(String name) {
    return name.endsWith(".json") || name.endsWith(".txt") || name.endsWith(".model");
  }

  /** The files that an index of weights names, or the data that is beside an ONNX graph. */
  private static List<Path> shards(Path weights) throws IOException {
    Path folder = weights.getParent();
    String name = weights.getFileName().toString();
    if (folder == null || !name.endsWith(".index.json") && !name.endsWith(".onnx")) {
      return List.of();
    }
    String stem = name.replaceFirst("\\.(safetensors|bin)\\.index\\.json$", "-");
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(stem) && !file.equals(weights)).sorted()
          .toList();
    }
  }

  /** What a vector depends on besides its text: the model's files and the options. */
  public String fingerprint() {
    return fingerprint;
  }

  /** The files that make the vectors, by their places in the folder: a copy of them is the same model. */
  public Map<String, Path> files() {
    return Collections.unmodifiableMap(files);
  }

  /** How many of the texts that were embedded until now were longer than the model takes and were cut. */
  public int cut() {
    return vectors.cut();
  }

  /** What of the tokenizer was read otherwise than its file has it, a line each; none before a text was computed. */
  public List<String> notes() {
    return embedder == null ? List.of() : embedder.notes();
  }

  /**
   * The number of features of a vector.
   *
   * @throws IllegalStateException when it is closed
   */
  public int size() throws IOException {
    requireOpen();
    OptionalInt known = vectors.size();
    return known.isPresent() ? known.getAsInt() : embedder().size();
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the embedder is closed");
    }
  }

  private Embedder embedder() throws IOException {
    Embedder loaded = embedder;
    if (loaded == null) {
      loaded = Embedder.load(model, options, compute, Optional.empty());
      embedder = loaded;
    }
    return loaded;
  }

  /**
   * The vectors of texts, in their order.
   *
   * @throws IllegalStateException when it is closed
   */
  public Vectors embed(List<String> texts, EmbedListener listener) throws IOException {
    requireOpen();
    texts.forEach(text -> Objects.requireNonNull(text, "a text is null"));
    return texts.isEmpty() ? new Vectors(size(), new float[0]) : vectors.of(texts, listener);
  }

  /** Releases the model's memory. Closing again does nothing. */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    if (embedder != null) {
      embedder.close();
    }
    vectors.close();
  }
}
