package crema.task;

import crema.base.Keyed;
import crema.base.UserError;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.nn.loss.LossSetting;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of all losses of the {@link LossCatalog} as rows: a loss brings its own, and its flags and keys follow.
 */
public final class LossRows {
  /** Which loss, and its settings. */
  public static final Section SECTION = Section.of("Loss");

  public static final Setting<String> LOSS =
      SECTION.optionalName("loss", () -> Keyed.keys(LossCatalog.of(LossDefinition.Input.LOGITS)))
          .shownDefault("by the target").basic()
          .details(byTarget()).help("What is minimized");

  private static final Map<String, Setting<?>> ROWS = rows();

  static {
    SECTION.rule(
        settings -> problem(
            () -> of(settings, settings.get(LabelSettings.TARGET)).requireFor(settings.get(LabelSettings.TARGET))),
        LOSS, LabelSettings.TARGET);
  }

  private LossRows() {}

  /** Which losses there are for each target. */
  private static String byTarget() {
    return Arrays.stream(TargetKind.values())
        .map(target -> "for the target " + target.key() + " "
            + String.join(", ", Keyed.keys(LossCatalog.fitting(target.forms()))))
        .collect(Collectors.joining("; "));
  }

  private static Map<String, Setting<?>> rows() {
    var rows = new LinkedHashMap<String, Setting<?>>();
    List<LossSetting<?>> all = new ArrayList<>(LossCatalog.settings());
    all.addAll(AuxiliaryLoss.SETTINGS);
    all.forEach(setting -> rows.put(setting.name(), newRow(setting)));
    return rows;
  }

  private static Setting<?> newRow(LossSetting<?> setting) {
    String name = setting.name().replace('_', '-');
    String help = setting.help().replaceFirst("\\.$", "");
    return switch (setting) {
      case LossSetting.Decimal number -> in(isSameInAllLosses(number)
          ? SECTION.number(name, number.value()) : SECTION.optionalNumber(name), number.least(), number.most())
          .shownDefault(isSameInAllLosses(number) ? "" : "depends on the loss").help(help);
      case LossSetting.Decimals numbers ->
          in(SECTION.numbers(name, List.of()), numbers.least(), numbers.most()).help(help);
      case LossSetting.Flag _ -> SECTION.flag(name).help(help);
      case LossSetting.Choice<?> choice -> choice(name, choice, help);
      case LossSetting.DecimalOrWord either -> in(SECTION.wordOrNumber(name,
          either.words().stream().map(LossSetting.DecimalOrWord.Word::name).toList(), either.defaultValue()),
          either.least(), either.most()).help(help);
    };
  }

  private static <E extends Enum<E> & Keyed> Setting<E> choice(String name, LossSetting.Choice<E> choice, String help) {
    return SECTION.choice(name, choice.defaultValue()).help(help);
  }

  private static <T> Setting.NumberDraft<T> in(Setting.NumberDraft<T> row, double least, double most) {
    Setting.NumberDraft<T> from = least == Double.MIN_NORMAL ? row.above(0) : row.atLeast(least);
    return most == Math.nextDown(1.0) ? from.below(1) : from.atMost(most);
  }

  private static boolean isSameInAllLosses(LossSetting.Decimal number) {
    return LossCatalog.losses().stream().flatMap(loss -> loss.settings().stream())
        .filter(other -> other.name().equals(number.name()))
        .allMatch(other -> other.defaultValue().equals(number.defaultValue()));
  }

  /** What a check finds wrong; null if nothing. */
  public static @Nullable String problem(Runnable check) {
    try {
      check.run();
      return null;
    } catch (UserError e) {
      return e.getMessage();
    }
  }

  /** The row of a setting of a loss. */
  @SuppressWarnings("unchecked") // a row has the values of the setting that it was made of
  public static <T> Setting<T> row(LossSetting<T> setting) {
    return (Setting<T>) Optional.<Setting<?>>ofNullable(ROWS.get(setting.name()))
        .orElseThrow(() -> new IllegalArgumentException("no loss of the catalog has a setting " + setting.name()));
  }

  /** The choice of a loss and the settings of the losses of single rows, for models that train without a tape. */
  public static Section ofRows() {
    var rows = new ArrayList<Setting<?>>(List.of(LOSS));
    LossCatalog.ofRows().stream().map(LossDefinition::settings).flatMap(Collection::stream)
        .map(setting -> (Setting<?>) row(setting)).distinct().forEach(rows::add);
    return SECTION.only(rows.toArray(Setting<?>[]::new));
  }

  /** The loss that settings choose; empty if they leave it open. */
  public static Optional<LossConfig> chosen(Settings settings) {
    return settings.find(LOSS).map(name -> of(name, settings));
  }

  /** The loss that settings choose for a target. */
  public static LossConfig of(Settings settings, TargetKind target) {
    return chosen(settings).orElseGet(() -> of(LossConfig.defaultOf(target).name(), settings));
  }

  private static LossConfig of(String name, Settings settings) {
    LossDefinition loss = Keyed.find(LossCatalog.of(LossDefinition.Input.LOGITS), name, LOSS.name());
    var values = new LinkedHashMap<String, String>();
    List<LossSetting<?>> own = new ArrayList<>(loss.settings());
    own.addAll(AuxiliaryLoss.SETTINGS);
    for (LossSetting<?> setting : own) {
      Setting<?> row = row(setting);
      if (settings.has(row)) {
        settings.text(row).ifPresent(text -> values.put(setting.name(), text));
      }
    }
    return new LossConfig(name, values);
  }
}
