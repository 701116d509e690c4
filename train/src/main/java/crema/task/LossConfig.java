package crema.task;

import crema.base.Keyed;
import crema.base.UserError;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.loss.Link;
import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.nn.loss.LossSetting;
import crema.nn.loss.LossSettings;
import crema.nn.loss.Targets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The loss that a model is trained with: a row of the {@link LossCatalog} and its settings, with those of
 * {@linkplain AuxiliaryLoss auxiliary losses}.
 *
 * @param name the name of the loss
 * @param settings the settings, as text; all of them, also those that were not given
 */
public record LossConfig(String name, Map<String, String> settings) {
  /**
   * Checks the names and ranges, and adds the defaults.
   *
   * @throws UserError if there is no such loss or setting, or a value is out of range
   */
  public LossConfig {
    LossDefinition loss = Keyed.find(LossCatalog.of(LossDefinition.Input.LOGITS), name, "loss");
    LossSettings own = loss.defaults();
    LossSettings auxiliary = LossSettings.defaults(AuxiliaryLoss.SETTINGS);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      boolean isAuxiliary = AuxiliaryLoss.SETTINGS.stream().anyMatch(each -> each.name().equals(setting.getKey()));
      try {
        if (isAuxiliary) {
          auxiliary = auxiliary.with(setting.getKey(), setting.getValue());
        } else {
          own = own.with(setting.getKey(), setting.getValue());
        }
      } catch (IllegalArgumentException e) {
        throw new UserError(String.valueOf(e.getMessage()), e);
      }
    }
    var all = new LinkedHashMap<>(own.asText());
    all.putAll(auxiliary.asText());
    settings = Collections.unmodifiableMap(all);
  }

  /** The loss of a name, with the defaults of its settings. */
  public static LossConfig of(String name) {
    return new LossConfig(name, Map.of());
  }

  /** The loss of a target where none is chosen. */
  public static LossConfig defaultOf(TargetKind target) {
    return of(LossCatalog.defaultFor(target.forms().getFirst()).name());
  }

  /**
   * The same with another value of a setting.
   *
   * @throws UserError if the loss has no such setting, or the value is out of range
   */
  public <T> LossConfig with(LossSetting<T> setting, T value) {
    var changed = new LinkedHashMap<>(settings);
    changed.put(setting.name(), setting.format(value));
    return new LossConfig(name, changed);
  }

  /**
   * Checks that the loss is one for a target.
   *
   * @throws UserError if it is none; the message names those that there are
   */
  public void requireFor(TargetKind target) {
    requireAmong(LossCatalog.fitting(target.forms()), "the target " + target.key());
  }

  /**
   * Checks that the loss is one of single rows, for models that train without a tape.
   *
   * @param model what trains with it
   * @throws UserError if it is none; the message names those that there are
   */
  public void requireOfRows(String model) {
    requireAmong(LossCatalog.ofRows(), model);
  }

  private void requireAmong(List<LossDefinition> losses, String user) {
    if (losses.stream().noneMatch(loss -> loss.name().equals(name))) {
      throw new UserError("loss must be one of " + String.join(", ", Keyed.keys(losses)) + " for " + user + ", not '"
          + name + "'");
    }
  }

  /** The row of the catalog. */
  public LossDefinition definition() {
    return LossCatalog.find(name).orElseThrow();
  }

  /** The form of the targets that the loss takes of a kind. */
  public Targets.Form form(TargetKind target) {
    return definition().formOf(target.forms()).orElseThrow();
  }

  /** How the logits become probabilities that are trained with this loss. */
  public Link link(TargetKind target) {
    return definition().link(form(target), values());
  }

  /** The settings of the loss itself. */
  public LossSettings values() {
    return read(definition().defaults());
  }

  /** The settings of auxiliary losses. */
  public LossSettings auxiliary() {
    return read(LossSettings.defaults(AuxiliaryLoss.SETTINGS));
  }

  private LossSettings read(LossSettings defaults) {
    LossSettings values = defaults;
    for (LossSetting<?> setting : defaults.settings()) {
      values = values.with(setting.name(), Objects.requireNonNull(settings.get(setting.name())));
    }
    return values;
  }
}
