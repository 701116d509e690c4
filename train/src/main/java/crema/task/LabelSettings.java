package crema.task;

import crema.data.LabelFormat;
import crema.metrics.FrequencyBands;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;
import java.util.Locale;

/**
 * Where the labels of a row are, and how they are read.
 *
 * @param settings with those of the {@link #SECTION}
 */
public record LabelSettings(Settings settings) {
  /** Where the labels of a row are, and how they are read. */
  public static final Section SECTION = Section.of("Labels");

  public static final Setting<List<String>> LABEL = SECTION.texts("label").label("COLUMN").basic()
      .help("The label column; several make up a path, or each add labels");
  public static final Setting<TargetKind> TARGET = SECTION.choice("target", TargetKind.SINGLE).basic()
      .details("single, one label; multi, any number of labels; taxonomy, a path")
      .help("What a text has: single, multi or taxonomy");
  public static final Setting<String> LABEL_SEPARATOR = SECTION.text("label-separator", ",")
      .help("Separates several labels in a cell; one that begins with [ is a JSON array");
  public static final Setting<String> PATH_SEPARATOR = SECTION.text("path-separator", " > ")
      .help("Separates the segments of a path");
  public static final Setting<Boolean> ONE_HOT = SECTION.flag("one-hot").shownDefault("cells hold labels")
      .help("The names of the label columns are the labels; their cells hold 1 or 0");
  public static final Setting<Integer> HEAD_FROM = SECTION.integer("head-from", FrequencyBands.DEFAULT.headFrom())
      .atLeast(1).help("Report labels of at least N training rows as head");
  public static final Setting<Integer> TAIL_TO = SECTION.integer("tail-to", FrequencyBands.DEFAULT.tailTo())
      .atLeast(0).help("Report labels of at most N training rows as tail, and those between as medium");

  static {
    SECTION.rule(settings -> settings.get(TARGET) == TargetKind.SINGLE && settings.get(LABEL).size() > 1
        && !settings.get(ONE_HOT)
            ? "several label columns " + String.join(", ", settings.get(LABEL)) + " need a target with several labels "
                + "(multi) or with paths (taxonomy), or --one-hot where their names are the labels"
            : null,
        LABEL, TARGET, ONE_HOT);
    SECTION.rule(settings -> settings.get(TARGET) == TargetKind.TAXONOMY && settings.get(ONE_HOT)
        ? "--one-hot: the segments of a path cannot be told by 1 and 0" : null, ONE_HOT, TARGET);
    SECTION.rule(settings -> settings.get(TAIL_TO) >= settings.get(HEAD_FROM)
        ? String.format(Locale.ROOT,
            "--head-from and --tail-to: the tail ends at %d but the head starts at %d: the tail must end below",
            settings.get(TAIL_TO), settings.get(HEAD_FROM))
        : null, HEAD_FROM, TAIL_TO);
  }

  /**
   * Refuses separators of what rows do not have.
   *
   * @throws crema.base.UserError which names the first one and the target that it is for
   */
  public static void requireEffect(Settings settings) {
    requireEffect(settings, LABEL_SEPARATOR, TargetKind.MULTI);
    requireEffect(settings, PATH_SEPARATOR, TargetKind.TAXONOMY);
  }

  private static void requireEffect(Settings settings, Setting<String> separator, TargetKind kind) {
    if (settings.has(separator) && settings.isChanged(separator) && settings.get(TARGET) != kind) {
      throw settings.error(separator, " has no effect with --target " + settings.get(TARGET).key()
          + ": leave it out, or take --target " + kind.key());
    }
  }

  /** The label columns. */
  public List<String> columns() {
    return settings.get(LABEL);
  }

  /** What there is to predict. */
  public TargetKind kind() {
    return settings.get(TARGET);
  }

  /** What separates the segments of a path. */
  public String pathSeparator() {
    return settings.get(PATH_SEPARATOR);
  }

  /** Which labels a report calls head, medium and tail. */
  public FrequencyBands bands() {
    return new FrequencyBands(settings.get(HEAD_FROM), settings.get(TAIL_TO));
  }

  /** How the columns are read. */
  public LabelFormat format() {
    LabelFormat cells = switch (kind()) {
      case SINGLE -> LabelFormat.SINGLE;
      case MULTI -> LabelFormat.many(settings.get(LABEL_SEPARATOR));
      case TAXONOMY -> LabelFormat.path(pathSeparator());
    };
    return settings.get(ONE_HOT) ? cells.withOneHot() : cells;
  }

  /** The settings for rows that have one label, in the first of the columns. */
  public static Settings onlyLabel(Settings settings) {
    return settings.with(TARGET, TargetKind.SINGLE).with(LABEL, settings.get(LABEL).getFirst());
  }
}
