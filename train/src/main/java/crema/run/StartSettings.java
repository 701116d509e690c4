package crema.run;

import crema.base.UserError;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.TargetKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The model that a run starts from, and what became of its labels. */
public final class StartSettings {
  /** The model that a run starts from. */
  public static final Section SECTION = Section.of("Start");

  public static final Setting<String> FROM = SECTION.optionalFile("from").label("MODEL")
      .shownDefault("a model that knows nothing")
      .help("A trained model of the same family to start from, on rows that it need not have seen");
  public static final Setting<String> LABEL_MAP = SECTION.optionalFile("label-map").label("FILE")
      .shownDefault("labels of the same name are the same")
      .details(
          "columns old and new; a label that was split has several rows, one that was merged with others their new "
              + "name, one that is gone an empty one")
      .help("What became of the labels of the model to start from");

  static {
    SECTION.rule(settings -> settings.find(LABEL_MAP).isPresent() && settings.find(FROM).isEmpty()
        ? "--label-map says what became of the labels of a model: give that with --from" : null, LABEL_MAP, FROM);
    SECTION.rule(settings -> settings.find(FROM).isPresent() && settings.get(TrainingFolds.FOLDS) > 0
        ? "the model to start from may have seen the held-out rows of folds: leave out --folds, or --from" : null,
        FROM, TrainingFolds.FOLDS);
  }

  private StartSettings() {}

  /** The model that a run starts from, if there is one. */
  public static Optional<Path> from(Settings settings) {
    return settings.has(FROM) ? settings.find(FROM).map(Path::of) : Optional.empty();
  }

  /**
   * The settings of a run with those of the model that it starts from, where these make up what its parameters mean.
   *
   * @param family of the run
   * @param fixed the sections and rows that are the model's
   * @throws UserError if the model is of another family, or a setting is given that differs from the model's
   */
  public static Settings inherited(Settings settings, ModelFamily family, List<Setting<?>> fixed) {
    Optional<Path> from = from(settings);
    if (from.isEmpty()) {
      return settings;
    }
    try {
      Settings model = ModelSource.read(from.get(), source -> {
        if (!source.holdsModel()) {
          throw new UserError(from.get() + " holds no model to start from");
        }
        ModelFamily other = ModelFamily.of(source);
        if (!other.key().equals(family.key())) {
          throw new UserError(from.get() + " is of the family " + other.key() + ": start from it with --model "
              + other.key() + ", or train anew");
        }
        if (!source.holds(ModelSource.TRAINING)) {
          throw new UserError(from.get() + " does not say how it was trained: it has no " + ModelSource.TRAINING);
        }
        return ModelFamily.settingsOf(source);
      });
      Settings all = settings;
      for (Setting<?> row : fixed) {
        all = inherited(all, model, row, from.get());
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> Settings inherited(Settings settings, Settings model, Setting<T> row, Path from) {
    Optional<T> own = model.has(row) ? model.find(row) : Optional.empty();
    if (settings.isGiven(row) && !Objects.equals(settings.find(row), own)) {
      throw settings.error(row,
          " is another one in " + from + ": a run that starts from it takes it over, leave it out");
    }
    return own.isPresent() ? settings.with(row, own.get()) : settings;
  }

  /**
   * Refuses the setting where stages are trained, of which a model has several.
   *
   * @throws UserError if it was given
   */
  public static void requireNone(Settings settings) {
    if (from(settings).isPresent()) {
      throw settings.error(FROM, " has no effect on models that decide in stages: leave it out");
    }
  }

  /** The error for a target of another kind. */
  public static UserError otherTarget(Path from, TargetKind ofModel, TargetKind wanted) {
    return new UserError(from + " has the target " + ofModel.key() + ", and the run " + wanted.key()
        + ": start from a model of the same, or train anew");
  }
}
