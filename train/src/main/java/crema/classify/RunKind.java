package crema.classify;

import crema.settings.Settings;

/** What a training run makes: a model of a family, or something else that has settings and a folder. */
public interface RunKind {
  /** The name in flags and files: lower case letters, digits and dashes, such as {@code fasttext}. */
  String key();

  /** The settings of a run, all with their defaults. */
  Settings settings();
}
