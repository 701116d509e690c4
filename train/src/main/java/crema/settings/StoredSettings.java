package crema.settings;

import crema.base.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings as they are kept with a model: JSON with the keys {@code model}, the model family's name; {@code settings},
 * each recorded setting's value by its name; and {@code given}, the names of those that did not have their default by
 * being left out.
 *
 * @param model the name of the model family
 * @param values the values by the names of the settings: numbers, booleans, texts and lists of these
 * @param given which of them somebody chose
 * @param isFormer whether a version before 0.2 wrote them, which also kept settings that had no effect
 */
public record StoredSettings(String model, Map<String, Object> values, List<String> given,
    boolean isFormer) {
  /** A file in which versions before 0.2 kept how a classifier was cut into stages. */
  public static final String FORMER_STAGES = "stages.json";

  private static final String MODEL = "model";
  private static final String SETTINGS = "settings";
  private static final String GIVEN = "given";

  /** Copies the collections. */
  public StoredSettings {
    values = new LinkedHashMap<>(values);
    given = List.copyOf(given);
  }

  /** What to keep of settings. */
  public static StoredSettings of(String model, Settings settings) {
    Map<String, Object> values = settings.plain();
    return new StoredSettings(model, values, settings.given().stream().filter(values::containsKey).sorted().toList(),
        false);
  }

  /** The JSON object. */
  public Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put(MODEL, model);
    json.put(SETTINGS, values);
    json.put(GIVEN, given);
    return json;
  }

  /**
   * Reads the JSON object, as this version writes it or as one before did.
   *
   * @param stages what {@link #FORMER_STAGES} holds; empty if there is none
   * @throws UserError if it is none
   */
  public static StoredSettings of(Map<?, ?> json, Map<?, ?> stages) {
    if (!(json.get(SETTINGS) instanceof Map<?, ?> settings)) {
      return FormerSettings.of(json, stages);
    }
    if (!(json.get(MODEL) instanceof String model) || !(json.get(GIVEN) instanceof List<?> given)) {
      throw new UserError("it needs the keys " + MODEL + ", " + SETTINGS + " and " + GIVEN);
    }
    var values = new LinkedHashMap<String, Object>();
    settings.forEach((name, value) -> values.put(String.valueOf(name), value));
    return new StoredSettings(model, values, given.stream().map(String::valueOf).toList(), false);
  }

  /**
   * The settings.
   *
   * @param defaults the settings of the model family
   * @throws UserError if the family has no such setting, or a value is not allowed
   */
  public Settings over(Settings defaults) {
    Settings settings = defaults;
    for (var entry : values.entrySet()) {
      String name = entry.getKey();
      if (defaults.find(name).isEmpty()) {
        if (isFormer) {
          continue;
        }
        throw new UserError("this version of Crema does not know the key '" + name + "'");
      }
      boolean isList = entry.getValue() instanceof List<?>;
      List<?> items = entry.getValue() instanceof List<?> list ? list : List.of(entry.getValue());
      var value = new Assignment(name, items.stream().map(String::valueOf).toList(), isList, Origin.CODE);
      settings = items.isEmpty() ? settings : settings.with(value);
    }
    return settings.givenOnly(given);
  }
}
