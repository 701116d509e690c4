package crema.classify;

import crema.base.ByteSource;
import crema.base.NearestName;
import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import crema.task.Target;
import crema.task.TargetFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of a model, wherever they are: in a directory, or in an archive. */
public sealed interface ModelSource permits ModelDirectory, ModelArchive.Folder {
  /** {@code config.json}: the family and the format of the model, and what the family adds. Written last. */
  String CONFIG = "config.json";

  /** {@code labels.json}: the labels. */
  String LABELS = "labels.json";

  /** {@code target.json}: how scores become labels. */
  String TARGET = "target.json";

  /** {@code provenance.json}: where the model comes from. */
  String PROVENANCE = "provenance.json";

  /** {@code training.json}: the settings of the training run. */
  String TRAINING = "training.json";

  /** {@code metrics.json}: the metrics on the test rows. */
  String METRICS = "metrics.json";

  /** Where the model is, for messages. */
  String name();

  /** Whether there is a file or a folder of that name. */
  boolean holds(String file);

  /**
   * The bytes of a file.
   *
   * @throws UserError when there is no such file, or it is damaged
   */
  ByteSource bytes(String file) throws IOException;

  /** A folder of further files. */
  ModelSource folder(String name);

  /** What to tell of weights that are not those of the model. */
  default UserError damaged(InvalidWeightsException e) {
    return new UserError(name() + ": " + e.getMessage() + "; copy the whole model again", e);
  }

  /** The names of all files in it, those in folders with the folders and slashes in front, sorted. */
  List<String> files() throws IOException;

  /** What this is a {@linkplain #folder folder} of. */
  ModelSource outer();

  /** The model itself where no task is named, or else that {@linkplain #task task}. */
  default ModelSource taskOrSelf(@Nullable String name) throws IOException {
    return name == null ? this : task(name);
  }

  /**
   * A task of a model that has several.
   *
   * @throws UserError when there is none of the name; the message lists those there are
   */
  default ModelSource task(String name) throws IOException {
    List<String> tasks = ModelFamily.of(this).tasks(this);
    if (!tasks.contains(name)) {
      throw new UserError(tasks.isEmpty() ? name() + " has one task only: leave out --task " + name
          : name() + " has no task '" + name + "'" + NearestName.suggestion(name, tasks) + "; it has "
              + String.join(", ", tasks));
    }
    return folder("tasks").folder(name);
  }

  /**
   * What the model predicts.
   *
   * @throws UserError when its files are missing, damaged, of a newer version, or of different models
   */
  default Target readTarget() throws IOException {
    return TargetFile.read(bytes(TARGET), bytes(LABELS));
  }

  /**
   * Something that is read of a model.
   *
   * @param <T> what
   */
  @FunctionalInterface
  interface Reader<T> {
    /** Reads it; the model's files can be read until this returns. */
    T read(ModelSource model) throws IOException;
  }

  /**
   * Reads something of a model.
   *
   * @param path a model directory or an archive
   */
  static <T> T read(Path path, Reader<T> reader) throws IOException {
    if (!Files.isRegularFile(path)) {
      return reader.read(new ModelDirectory(path));
    }
    try (ModelArchive archive = ModelArchive.open(path)) {
      return reader.read(archive.root());
    }
  }

  /** Whether there is a whole model. */
  default boolean holdsModel() {
    return holds(CONFIG);
  }

  /** The error that a file is not there. */
  static UserError missing(String file) {
    return new UserError(file + " is missing: a model needs all of its files, copy it again");
  }
}
