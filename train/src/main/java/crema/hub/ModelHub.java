package crema.hub;

import crema.base.NearestName;
import crema.base.UserError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds pretrained models: on the disk, in the cache, on the hub, in this order.
 *
 * <pre>{@code
 * Path folder = new ModelHub(HubOptions.ofEnvironment()).locate("sentence-transformers/all-MiniLM-L6-v2");
 * }</pre>
 *
 * <p>A name that is in the cache is taken from there without a question to the hub: the same name is the same model
 * until {@link #pull} asks for its newest state.
 */
public final class ModelHub {
  private final HubOptions options;
  private final HubListener listener;
  private final HubCache cache;

  /** Finds models, and is silent about it. */
  public ModelHub(HubOptions options) {
    this(options, HubListener.SILENT);
  }

  /** Finds models, and tells how downloads go. */
  public ModelHub(HubOptions options, HubListener listener) {
    this.options = options;
    this.listener = listener;
    cache = new HubCache(options.cache());
  }

  /**
   * The folder or the file of a model.
   *
   * @param model a folder, a file, or a {@linkplain ModelName#parse name}, which is fetched if the cache does not have it
   * @throws UserError when there is none, it cannot be fetched, or must not be
   */
  public Path locate(String model) throws IOException {
    Optional<Path> onDisk = path(model).filter(Files::exists);
    if (onDisk.isPresent()) {
      return onDisk.get();
    }
    ModelName name;
    try {
      name = ModelName.parse(model);
    } catch (UserError e) {
      throw new UserError(model + " is neither a folder nor a file nor the name of a model, such as "
          + "sentence-transformers/all-MiniLM-L6-v2", e);
    }
    Optional<String> commit = cache.commit(name);
    HubCache.State state = commit.isEmpty() ? HubCache.State.INCOMPLETE : cache.state(name, commit.get());
    if (state == HubCache.State.WHOLE) {
      return cache.snapshot(name, commit.orElseThrow());
    }
    try {
      return pull(name, commit);
    } catch (UserError e) {
      if (state == HubCache.State.USABLE && (options.offline() || e instanceof Unreachable)) {
        listener.warning("the cache does not know whether " + name + " has modules of sentence-transformers: they are "
            + "left out, so say which --pooling it needs");
        return cache.snapshot(name, commit.orElseThrow());
      }
      if (commit.isEmpty() && e instanceof Unreachable) {
        throw new Unreachable("there is no folder or file " + model + ", and " + e.getMessage(), e);
      }
      throw e;
    }
  }

  private static Optional<Path> path(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /**
   * Fetches what is needed of a model's newest state, and what is not there yet.
   *
   * @return its folder in the cache
   * @throws UserError when it cannot be fetched, or must not be
   */
  public Path pull(ModelName name) throws IOException {
    return pull(name, Optional.empty());
  }

  /** The models in the cache, by name. */
  public List<CachedModel> models() throws IOException {
    return cache.models();
  }

  /** The folder of the cache. */
  public Path cacheFolder() {
    return cache.root();
  }

  /** A hub that is not there; the message is one line. */
  private static final class Unreachable extends UserError {
    private static final long serialVersionUID = 1L;

    Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Fetches a model.
   *
   * @param known the commit that is in the cache in part, which is completed rather than replaced by a newer one
   */
  private Path pull(ModelName name, Optional<String> known) throws IOException {
    if (options.offline()) {
      throw new UserError(name + " is not in the cache " + cache.root() + ", and without a network (--offline, "
          + HubOptions.OFFLINE_VARIABLE + ") it is not fetched" + nearest(name));
    }
    try (var client = new HubClient(options, listener)) {
      HubModel model = client.model(known.map(commit -> new ModelName(name.id(), commit)).orElse(name));
      if (HubCache.isCommit(name.revision()) && !name.revision().equals(model.commit())) {
        throw new UserError(client.host() + " answered with commit " + model.commit() + " when asked for " + name);
      }
      List<HubFile> files = NeededFiles.of(model.files(), HubFile::path);
      List<String> paths = files.stream().map(HubFile::path).toList();
      NeededFiles.lacking(paths).ifPresent(lacking -> {
        throw new UserError(name + " on " + client.host() + " cannot be used: it has no " + lacking);
      });
      fetch(client, name, model.commit(), files);
      for (String file : List.of(NeededFiles.MODULES, NeededFiles.TOKENIZER)) {
        if (!paths.contains(file)) {
          cache.writeAbsent(name, model.commit(), file);
        }
      }
      // Last: whoever finds the branch finds all files.
      cache.writeRef(name, model.commit());
      return cache.snapshot(name, model.commit());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the download of " + name + " was interrupted; it goes on from there next time");
    } catch (NetworkFailure e) {
      throw new Unreachable(e.getMessage() + ": " + name + " is not whole in the cache " + cache.root()
          + "; what came in is kept, so run it again", e);
    }
  }

  private void fetch(HubClient client, ModelName name, String commit, List<HubFile> files)
      throws IOException, InterruptedException {
    var complete = new ArrayList<HubFile>();
    long total = 0;
    for (HubFile file : files) {
      HubFile known = client.complete(name, commit, file);
      complete.add(known);
      // Sizes come from outside: their sum must not wrap around.
      total = known.size() > options.maxBytes() - total ? Long.MAX_VALUE : total + known.size();
      if (total > options.maxBytes()) {
        throw new UserError(String.format(Locale.ROOT,
            "%s needs more than the limit of %,d bytes (--max-size); its file %s has %,d", name, options.maxBytes(),
            known.path(), known.size()));
      }
    }
    requireSpace(name, total);
    listener.started(name);
    long all = total;
    var download = new Download(client, cache, options, listener);
    long done = 0;
    for (HubFile file : complete) {
      long before = done;
      download.fetch(name, commit, file, bytes -> listener.progress(before + bytes, all));
      cache.link(name, commit, file, file.checksum().orElseThrow());
      done += file.size();
    }
  }

  private void requireSpace(ModelName name, long bytes) throws IOException {
    Files.createDirectories(cache.root());
    long free = Files.getFileStore(cache.root()).getUsableSpace();
    if (bytes > free && cache.models().stream().noneMatch(model -> model.name().id().equals(name.id()))) {
      throw new UserError(String.format(Locale.ROOT,
          "%s needs %,d bytes, and the disk of the cache %s has %,d left; HF_HUB_CACHE names another folder", name,
          bytes,
          cache.root(), free));
    }
  }

  private String nearest(ModelName name) throws IOException {
    List<String> names = cache.models().stream().map(model -> model.name().toString()).distinct().toList();
    return NearestName.suggestion(name.toString(), names);
  }
}
