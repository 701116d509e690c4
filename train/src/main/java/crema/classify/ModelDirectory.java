package crema.classify;

import crema.base.ByteSource;
import crema.base.FileTree;
import crema.base.Sha256;
import crema.base.UserError;
import crema.nn.train.StoppedException;
import crema.pretrained.PretrainedFolder;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.settings.StoredSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A model on disk: where its files are, and their life from the beginning of a run to its end.
 *
 * <p>All that prediction needs is {@code config.json}, {@code labels.json}, {@code target.json} and the
 * {@linkplain ModelFamily#files files of its family}; {@code provenance.json}, {@code training.json},
 * {@code train.yaml}, {@code metrics.json}, {@code test.jsonl}, {@code report.html}, {@code log.jsonl} and, with
 * thresholds, {@code thresholds.jsonl} say where it comes from. While it is trained there are also
 * {@code checkpoints} and {@code cache}, and in {@code replaced} what a run that has not begun is to take the place of.
 * In {@code state} is what more epochs of a finished run go on from.
 *
 * @param path the folder
 */
public record ModelDirectory(Path path) implements ModelSource {
  private static final Pattern CHECKPOINT = Pattern.compile("step-\\d+\\.safetensors|[a-z]+\\.checkpoint");

  /** In the settings of a run that goes on for more epochs, the digest of those before. */
  private static final String BEGUN_WITH = "begun-with";

  /** A file that belongs to the family of the model, or a folder of such. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** The kind of model, its format and its network. Written last: a folder with it is a whole model. */
  public Path config() {
    return path.resolve(CONFIG);
  }

  /** The labels. */
  public Path labels() {
    return path.resolve(LABELS);
  }

  /** How its scores become labels: the kind of target, thresholds, and how paths are found. */
  public Path target() {
    return path.resolve(TARGET);
  }

  /** Where the model comes from. */
  public Path provenance() {
    return path.resolve(PROVENANCE);
  }

  /** The settings of the training run. */
  public Path trainingConfig() {
    return path.resolve(TRAINING);
  }

  /** The settings of the training run as a config file, with which the same can be trained again. */
  public Path resolvedConfig() {
    return path.resolve("train.yaml");
  }

  /** The metrics on the test rows. */
  public Path metrics() {
    return path.resolve(METRICS);
  }

  /** What the model said of each test row. */
  public Path testOutcomes() {
    return path.resolve("test.jsonl");
  }

  /** The same and more, as a page. */
  public Path report() {
    return path.resolve("report.html");
  }

  /** The log of all steps. */
  public Path log() {
    return path.resolve("log.jsonl");
  }

  /** All thresholds that were tried in each validation, and what they gave. */
  public Path thresholdLog() {
    return path.resolve("thresholds.jsonl");
  }

  /** A folder for each test set that has a name. */
  public Path tests() {
    return path.resolve("tests");
  }

  /** The adapter that a run has trained and merged into the model, in the layout of PEFT. */
  public Path adapter() {
    return path.resolve("adapter");
  }

  /** The names of the tensors that a run has started with and without, if it started from a pretrained encoder. */
  public Path pretrained() {
    return path.resolve("pretrained.json");
  }

  /** What training keeps to read it again, until it is over. */
  public Path cache() {
    return path.resolve("cache");
  }

  /** What was here before a run that has not begun: it comes back if that fails. */
  private Path replaced() {
    return path.resolve("replaced");
  }

  /** Files on their way into {@link #replaced} or back: a folder of that name holds all of them. */
  private Path moving() {
    return path.resolve("moving");
  }

  /** The checkpoints of a run that is not finished. */
  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** What more epochs of a finished run go on from: its last checkpoints. */
  public Path state() {
    return path.resolve("state");
  }

  /** Whether a finished run has kept what more epochs go on from. */
  public boolean holdsState() {
    return Files.isDirectory(state());
  }

  /** Keeps the newest checkpoint of each training of a run that has ended. */
  public void keepState() throws IOException {
    var newest = new TreeMap<String, Path>();
    if (Files.isDirectory(checkpoints())) {
      try (Stream<Path> files = Files.list(checkpoints())) {
        files.map(file -> file.getFileName().toString()).filter(name -> CHECKPOINT.matcher(name).matches()).sorted()
            .forEach(name -> newest.put(name.replaceAll("\\d", ""), checkpoints().resolve(name)));
      }
    }
    // Those of the run before more epochs are in the way.
    FileTree.delete(state());
    if (!newest.isEmpty()) {
      link(newest.values(), state());
    }
  }

  /**
   * Makes a finished run go on from the {@linkplain #keepState state} that it has kept. Its model stays until that of the
   * longer run takes its place.
   *
   * @param settings of the longer run
   */
  public void reopen(RunKind kind, Settings settings) throws IOException {
    if (!Files.isDirectory(checkpoints())) {
      try (Stream<Path> files = Files.list(state())) {
        link(files.toList(), checkpoints());
      }
    }
    var json = new LinkedHashMap<>(StoredSettings.of(kind.key(), settings).json());
    json.put(BEGUN_WITH, runDigest());
    JsonFile.write(trainingConfig(), json);
  }

  /**
   * A digest of the settings with which the run here was started, which its checkpoints carry: that of their file, also
   * when it goes on for more epochs.
   */
  public String runDigest() throws IOException {
    return JsonFile.read(trainingConfig()).get(BEGUN_WITH) instanceof String digest ? digest
        : Sha256.ofFile(trainingConfig());
  }

  /** Fills a folder with other names of files, or copies: all or none. */
  private void link(Collection<Path> files, Path folder) throws IOException {
    Path aside = path.resolve("linking");
    FileTree.delete(aside);
    Files.createDirectories(aside);
    for (Path file : files) {
      Path to = aside.resolve(file.getFileName());
      try {
        Files.createLink(to, file);
      } catch (IOException | UnsupportedOperationException e) {
        Files.copy(file, to);
      }
    }
    Files.move(aside, folder);
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public boolean holds(String file) {
    return Files.exists(file(file));
  }

  @Override
  public ByteSource bytes(String file) {
    if (!Files.isRegularFile(file(file))) {
      throw ModelSource.missing(file(file).toString());
    }
    return ByteSource.of(file(file));
  }

  @Override
  public ModelDirectory folder(String folder) {
    return new ModelDirectory(file(folder));
  }

  @Override
  public List<String> files() throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(path)) {
      return files.filter(Files::isRegularFile).map(file -> path.relativize(file).toString().replace('\\', '/'))
          .sorted().toList();
    }
  }

  @Override
  public ModelDirectory outer() {
    Path parent = path.toAbsolutePath().normalize().getParent();
    if (parent == null) {
      throw new UserError(path + " is in no other folder");
    }
    return new ModelDirectory(parent);
  }

  /** Whether a whole model is here that nothing is left to be done for: a run has a test to make as long as it has checkpoints. */
  public boolean isFinished() {
    return holdsModel() && !Files.exists(checkpoints());
  }

  /** Whether a training run was started here. */
  public boolean holdsRun() {
    return Files.isRegularFile(trainingConfig());
  }

  /**
   * Whether a training run of a kind was started here.
   *
   * @throws UserError when its settings are damaged
   */
  public boolean holdsRun(RunKind kind) throws IOException {
    return holdsRun() && StoredRun.read(this).kind().equals(kind.key());
  }

  /**
   * The settings of the run of a kind that was started here.
   *
   * @throws UserError when they are damaged
   */
  public Settings settingsOf(RunKind kind) throws IOException {
    return StoredRun.read(this).settings(kind);
  }

  /**
   * Makes the folder ready for a new run.
   *
   * @param overwrite whether it takes the place of a run or model that is there: once it has begun, so that a mistake
   *     in its settings or rows destroys nothing
   * @throws UserError when there is one and it must not be
   */
  public void prepareForRun(boolean overwrite) throws IOException {
    for (Path folder = path; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new UserError(folder + " is a file, not a directory to write a model to");
      }
    }
    // A process was killed before its run began.
    if (Files.isDirectory(moving())) {
      moveBack();
    } else if (Files.isDirectory(replaced())) {
      discardRun();
    }
    if (holdsRun() || holdsModel()) {
      if (!overwrite) {
        throw new UserError(path + " already holds a "
            + (holdsModel() ? "model; choose another --output, or start over with --overwrite"
                : "run; continue it with --resume, or start over with --overwrite"));
      }
      move(names(), path, moving());
      Files.move(moving(), replaced());
    }
    Files.createDirectories(path);
  }

  /** What a run does first; there is nothing to resume before it has succeeded. */
  @FunctionalInterface
  public interface Beginning<T> {
    /** Begins the run. */
    T run() throws IOException;
  }

  /**
   * Writes the settings of a run and begins it. If that fails, what was written is deleted again, unless the run is one
   * that is resumed here or has kept a checkpoint.
   *
   * @throws UserError when the settings are not what they must be together, or other ones than those of the run that is
   *     resumed
   */
  public <T> T begin(RunKind kind, Settings settings, Beginning<T> beginning) throws IOException {
    boolean resumes = holdsRun();
    try {
      settings.checked();
      if (!resumes) {
        JsonFile.write(trainingConfig(), StoredSettings.of(kind.key(), settings).json());
      } else if (!holdsRun(kind) || !settingsOf(kind).computesAs(settings)) {
        throw new UserError(path + " holds a run with other settings, in " + trainingConfig()
            + "; continue that with its own, or start over with --overwrite");
      }
      T begun = beginning.run();
      FileTree.delete(replaced());
      return begun;
    } catch (StoppedException e) {
      // It goes on when it is resumed.
      throw e;
    } catch (IOException | RuntimeException e) {
      if (!resumes && !Files.exists(checkpoints())) {
        discardRun();
      }
      throw e;
    }
  }

  /** Deletes what was written for a run that ended before it {@linkplain #begin began}; a run that began stays. */
  public void discardUnlessBegun() throws IOException {
    if (!holdsRun() && !holdsModel() && Files.isDirectory(path)) {
      discardRun();
    }
  }

  /** Deletes a run that could not begin, brings back what it was to replace, and deletes the folder if it is empty. */
  private void discardRun() throws IOException {
    if (!Files.isDirectory(path)) {
      return;
    }
    for (String name : names()) {
      FileTree.delete(file(name));
    }
    if (Files.isDirectory(replaced())) {
      Files.move(replaced(), moving());
      moveBack();
      return;
    }
    try (Stream<Path> rest = Files.list(path)) {
      if (rest.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(path);
  }

  /**
   * All that a run writes, {@code config.json} first, since a folder with it is a whole model. What is there may be of
   * another family than what takes its place.
   */
  private List<String> names() {
    var names = new ArrayList<String>();
    for (Path file : List.of(config(), labels(), target(), provenance(), trainingConfig(), resolvedConfig(), metrics(),
        testOutcomes(), report(), log(), thresholdLog(), tests(), adapter(), pretrained(), checkpoints(), state(),
        cache())) {
      names.add(file.getFileName().toString());
    }
    ModelFamily.installed().forEach(family -> {
      names.addAll(family.files());
      names.addAll(family.optionalFiles());
    });
    names.addAll(PretrainedFolder.FILES);
    return names;
  }

  private void moveBack() throws IOException {
    move(names().reversed(), moving(), path);
    FileTree.delete(moving());
  }

  private static void move(List<String> names, Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name : names) {
      if (Files.exists(from.resolve(name))) {
        Files.move(from.resolve(name), to.resolve(name));
      }
    }
  }

  /** Deletes what only an unfinished run needs. */
  public void deleteRunFiles() throws IOException {
    FileTree.delete(checkpoints());
    FileTree.delete(cache());
  }
}
