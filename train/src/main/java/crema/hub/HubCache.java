package crema.hub;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cache of models on disk, in the layout of {@code huggingface_hub}, whose tools use the same folder:
 *
 * <pre>
 * models--ORGANIZATION--MODEL/blobs/CHECKSUM           a file's bytes
 * models--ORGANIZATION--MODEL/snapshots/COMMIT/FILE    a relative link to them, or the file itself
 * models--ORGANIZATION--MODEL/refs/main                the commit that a branch stood at
 * models--ORGANIZATION--MODEL/.no_exist/COMMIT/FILE    empty: the hub has no such file
 * </pre>
 */
final class HubCache {
  private static final String PREFIX = "models--";
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /** A file of a commit or of a small configuration; what is larger is none. */
  private static final long MAX_SMALL = 1 << 20;

  private static final Duration LOCK_PAUSE = Duration.ofMillis(100);
  private static final int MAX_DEPTH = 12;

  private final Path root;

  HubCache(Path root) {
    this.root = root;
  }

  /** How much of a model is there. */
  enum State {
    /** All that is needed. */
    WHOLE,
    /** It can be loaded, but whether it has modules of sentence-transformers is not known. */
    USABLE,
    /** Something is missing. */
    INCOMPLETE
  }

  /** Whether a text is a commit in full. */
  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  /** The folder of the cache. */
  Path root() {
    return root;
  }

  private Path folder(ModelName name) {
    return root.resolve(PREFIX + name.id().replace("/", "--"));
  }

  /** Where a model's files of a commit are, or would be. */
  Path snapshot(ModelName name, String commit) {
    return folder(name).resolve("snapshots").resolve(commit);
  }

  /** Where the bytes of a file are, or would be. */
  Path blob(ModelName name, Checksum checksum) {
    return folder(name).resolve("blobs").resolve(checksum.hex());
  }

  /** The commit that a revision led to when it was last asked for. */
  Optional<String> commit(ModelName name) throws IOException {
    if (isCommit(name.revision())) {
      return Optional.of(name.revision());
    }
    Path ref = folder(name).resolve("refs").resolve(name.revision());
    if (!isSmallFile(ref)) {
      return Optional.empty();
    }
    String text = Files.readString(ref).strip();
    return isCommit(text) ? Optional.of(text) : Optional.empty();
  }

  private static boolean isSmallFile(Path file) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) <= MAX_SMALL;
  }

  /** Remembers what commit a branch or a tag stands at. */
  void writeRef(ModelName name, String commit) throws IOException {
    if (!isCommit(name.revision())) {
      AtomicFile.writeText(folder(name).resolve("refs").resolve(name.revision()), commit);
    }
  }

  /** Remembers that a model has no file of a name. */
  void writeAbsent(ModelName name, String commit, String file) throws IOException {
    Path marker = absent(name, commit, file);
    Files.createDirectories(marker.getParent());
    try {
      Files.createFile(marker);
    } catch (FileAlreadyExistsException e) {
      // It is known already.
    }
  }

  private Path absent(ModelName name, String commit, String file) {
    return folder(name).resolve(".no_exist").resolve(commit).resolve(file);
  }

  /** How much of a commit's files is there. */
  State state(ModelName name, String commit) throws IOException {
    Path snapshot = snapshot(name, commit);
    List<String> paths = files(snapshot);
    if (NeededFiles.lacking(paths).isPresent()) {
      return State.INCOMPLETE;
    }
    boolean hasTokenizer = paths.stream().map(path -> path.substring(path.lastIndexOf('/') + 1))
        .anyMatch(NeededFiles::isTokenizer);
    if (!hasTokenizer && !Files.exists(absent(name, commit, NeededFiles.TOKENIZER))) {
      return State.INCOMPLETE;
    }
    if (!paths.contains(NeededFiles.MODULES)) {
      return Files.exists(absent(name, commit, NeededFiles.MODULES)) ? State.WHOLE : State.USABLE;
    }
    return hasModules(snapshot, paths) ? State.WHOLE : State.INCOMPLETE;
  }

  /** Whether the modules that a model lists have files. */
  private static boolean hasModules(Path snapshot, Collection<String> paths) throws IOException {
    JsonNode modules = json(snapshot.resolve(NeededFiles.MODULES)).orElse(null);
    if (modules == null) {
      return false;
    }
    for (JsonNode module : modules) {
      String folder = module.path("path").asString("");
      // A module that only normalizes has no files.
      if (!folder.isEmpty() && !module.path("type").asString("").endsWith("Normalize")
          && paths.stream().noneMatch(path -> path.startsWith(folder + "/"))) {
        return false;
      }
    }
    return true;
  }

  private static Optional<JsonNode> json(Path file) throws IOException {
    if (!isSmallFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(Json.parse(in));
    } catch (JsonException e) {
      return Optional.empty();
    }
  }

  /** The files of a snapshot by their places in it; a link that leads nowhere is none. */
  private static List<String> files(Path snapshot) throws IOException {
    if (!Files.isDirectory(snapshot)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(snapshot, MAX_DEPTH)) {
      return all.filter(Files::isRegularFile)
          .map(file -> snapshot.relativize(file).toString().replace('\\', '/'))
          .sorted().toList();
    }
  }

  /** All models of which something is there, by name. */
  List<CachedModel> models() throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    var models = new ArrayList<CachedModel>();
    try (var folders = Files.newDirectoryStream(root, PREFIX + "*")) {
      for (Path folder : folders) {
        String id = folder.getFileName().toString().substring(PREFIX.length()).replace("--", "/");
        try {
          models.addAll(models(new ModelName(id, ModelName.MAIN), folder));
        } catch (UserError e) {
          // A folder that some other program made: no hub has a model of that name.
          continue;
        }
      }
    }
    models.sort(Comparator.comparing((CachedModel model) -> model.name().id()).thenComparing(CachedModel::commit));
    return models;
  }

  private List<CachedModel> models(ModelName name, Path folder) throws IOException {
    Path snapshots = folder.resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      return List.of();
    }
    Map<String, String> revisions = revisions(folder.resolve("refs"));
    var models = new ArrayList<CachedModel>();
    try (var commits = Files.newDirectoryStream(snapshots)) {
      for (Path snapshot : commits) {
        String commit = snapshot.getFileName().toString();
        if (isCommit(commit)) {
          long bytes = 0;
          for (String file : files(snapshot)) {
            bytes += Files.size(snapshot.resolve(file));
          }
          models.add(new CachedModel(new ModelName(name.id(), revisions.getOrDefault(commit, commit)), commit, snapshot,
              bytes, json(snapshot.resolve(NeededFiles.CONFIG))
                  .map(config -> config.path("model_type").asString("")).filter(type -> !type.isEmpty())));
        }
      }
    }
    return models;
  }

  /** The branch or tag of each commit; {@code main} before others. */
  private static Map<String, String> revisions(Path refs) throws IOException {
    var revisions = new HashMap<String, String>();
    for (String ref : files(refs)) {
      if (isSmallFile(refs.resolve(ref))) {
        revisions.merge(Files.readString(refs.resolve(ref)).strip(), ref,
            (one, other) -> one.equals(ModelName.MAIN) ? one : other);
      }
    }
    return revisions;
  }

  /** Puts bytes that are in the cache where a file of a snapshot is: a link, or a copy where there are no links. */
  void link(ModelName name, String commit, HubFile file, Checksum checksum) throws IOException {
    Path folder = snapshot(name, commit).resolve(file.folder());
    Path place = folder.resolve(file.name());
    Path blob = blob(name, checksum);
    Files.createDirectories(folder);
    Path target = folder.toAbsolutePath().relativize(blob.toAbsolutePath());
    try {
      Files.deleteIfExists(place);
      Files.createSymbolicLink(place, target);
    } catch (FileAlreadyExistsException e) {
      // Another process has just put it there.
    } catch (UnsupportedOperationException | FileSystemException e) {
      Path copy = place.resolveSibling(place.getFileName() + "." + ProcessHandle.current().pid() + ".crema-tmp");
      Files.copy(blob, copy, StandardCopyOption.REPLACE_EXISTING);
      Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Work on a file that no other process or thread does at the same time. */
  @FunctionalInterface
  interface Exclusive {
    /** Does it. */
    void run() throws IOException, InterruptedException;
  }

  /** Waits until nobody else works on the bytes of a checksum, and does some work. */
  void exclusively(ModelName name, Checksum checksum, Exclusive work) throws IOException, InterruptedException {
    Path file = root.resolve(".locks").resolve(folder(name).getFileName()).resolve(checksum.hex() + ".crema-lock");
    Files.createDirectories(file.getParent());
    try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
        LinkOption.NOFOLLOW_LINKS)) {
      for (FileLock lock = null; lock == null;) {
        lock = tryLock(channel);
        if (lock == null) {
          Thread.sleep(LOCK_PAUSE);
        }
      }
      work.run();
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another thread of this process has it.
      return null;
    }
  }
}
