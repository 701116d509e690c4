package crema.nn.loss;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of the settings of a loss; what is not set has the loss's default. Immutable. */
public final class LossSettings {
  private final Map<String, LossSetting<?>> known;
  private final Map<String, Object> values;

  private LossSettings(Map<String, LossSetting<?>> known, Map<String, Object> values) {
    this.known = known;
    this.values = values;
  }

  /** The defaults of some settings, whose names differ. */
  public static LossSettings defaults(List<LossSetting<?>> settings) {
    var known = new LinkedHashMap<String, LossSetting<?>>();
    for (LossSetting<?> setting : settings) {
      if (known.put(setting.name(), setting) != null) {
        throw new IllegalArgumentException("two settings are named " + setting.name());
      }
    }
    return new LossSettings(known, Map.of());
  }

  /** The settings that there are. */
  public List<LossSetting<?>> settings() {
    return List.copyOf(known.values());
  }

  /**
   * The same with another value.
   *
   * @throws IllegalArgumentException if there is no such setting, or its value is out of range
   */
  public <T> LossSettings with(LossSetting<T> setting, T value) {
    require(setting.name());
    setting.check(value);
    return set(setting.name(), value);
  }

  /**
   * The same with another value, as text.
   *
   * @throws IllegalArgumentException if there is no such setting, or its value is out of range
   */
  public LossSettings with(String name, String text) {
    return set(name, require(name).parse(text));
  }

  private LossSettings set(String name, Object value) {
    var changed = new HashMap<>(values);
    changed.put(name, value);
    return new LossSettings(known, Map.copyOf(changed));
  }

  private LossSetting<?> require(String name) {
    LossSetting<?> setting = known.get(name);
    if (setting == null) {
      throw new IllegalArgumentException("there is no setting " + name + " here"
          + (known.isEmpty() ? "" : "; there are " + String.join(", ", known.keySet())));
    }
    return setting;
  }

  /** Whether there is a setting of this name. */
  public boolean has(LossSetting<?> setting) {
    return known.containsKey(setting.name());
  }

  /** The value of a setting; its default if there is no setting of this name. */
  public <T> T getOrDefault(LossSetting<T> setting) {
    return has(setting) ? get(setting) : setting.defaultValue();
  }

  /**
   * The value of a setting.
   *
   * @throws IllegalArgumentException if there is no setting of this name
   */
  @SuppressWarnings("unchecked") // settings of one name have values of one type
  public <T> T get(LossSetting<T> setting) {
    Object value = values.get(setting.name());
    return (T) (value != null ? value : require(setting.name()).defaultValue());
  }

  /** All values, as text, in the order of the settings. */
  public Map<String, String> asText() {
    var text = new LinkedHashMap<String, String>();
    known.values().forEach(setting -> text.put(setting.name(), format(setting)));
    return text;
  }

  private <T> String format(LossSetting<T> setting) {
    return setting.format(get(setting));
  }
}
