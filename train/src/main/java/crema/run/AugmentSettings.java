package crema.run;

import crema.data.Augmentation;
import crema.data.Augmenter;
import crema.data.RowSource;
import crema.data.TextColumn;
import crema.data.TextJoiner;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Training rows whose texts are written anew; validation and test rows never are. */
public final class AugmentSettings {
  /** How the texts of training rows are written anew. */
  public static final Section SECTION = Section.of("Augmentation");

  public static final Setting<List<String>> AUGMENT = SECTION.texts("augment").label("NAME:P").shownDefault("none")
      .check(texts -> texts.forEach(Augmenter.Wanted::parse))
      .details(Arrays.stream(Augmentation.values()).map(kind -> kind.key() + " " + kind.help())
          .collect(Collectors.joining("; ")))
      .help("Write training texts anew, differently in each epoch, for instance drop:0.1,swap:0.05");
  public static final Setting<Integer> COPIES = SECTION.integer("augment-copies", 4).atLeast(1).atMost(100)
      .help("How many copies of each training row are written anew where a model has no epochs");

  static {
    SECTION.rule(settings -> settings.has(COPIES) && settings.isChanged(COPIES) && settings.get(AUGMENT).isEmpty()
        ? "--augment-copies has no effect without --augment: leave it out" : null, COPIES, AUGMENT);
  }

  private AugmentSettings() {}

  /** What writes training texts anew, if anything does. */
  public static Optional<Augmenter> augmenter(Settings settings) {
    if (!settings.has(AUGMENT) || settings.get(AUGMENT).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(augmenter(settings.get(AUGMENT).stream().map(Augmenter.Wanted::parse).toList(), settings));
  }

  /** What does so to rows as settings read them, by their seed. */
  static Augmenter augmenter(List<Augmenter.Wanted> wanted, Settings settings) {
    List<TextColumn> text = TextColumn.parseAll(settings.get(DataSettings.TEXT));
    TextJoiner joiner = new DataSettings(settings).joiner();
    return new Augmenter(wanted, settings.get(TrainingSettings.SEED),
        fields -> TextColumn.compose(text, fields, joiner));
  }

  /** Whether training texts are written anew. */
  public static boolean areAsked(Settings settings) {
    return settings.has(AUGMENT) && !settings.get(AUGMENT).isEmpty();
  }

  /** Rows, and behind them so many copies written anew; the rows alone if nothing is to be written. */
  public static RowSource withCopies(RowSource rows, Settings settings) {
    return augmenter(settings).map(augmenter -> {
      var all = new ArrayList<RowSource>(List.of(rows));
      for (int copy = 0; copy < settings.get(COPIES); copy++) {
        all.add(augmenter.rows(rows, copy));
      }
      return RowSource.concat(all);
    }).orElse(rows);
  }

  /** The rows of all epochs one after the other; the rows alone if nothing is to be written. */
  public static RowSource ofEpochs(RowSource rows, Settings settings) {
    return augmenter(settings).map(augmenter -> {
      var all = new ArrayList<RowSource>();
      for (int epoch = 0; epoch < settings.get(TrainingSettings.EPOCHS); epoch++) {
        all.add(augmenter.rows(rows, epoch));
      }
      return RowSource.concat(all);
    }).orElse(rows);
  }
}
