package crema.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/** Values of settings for things that have names: see {@link Section#members}. */
public final class Member {
  private Member() {}

  /**
   * What each name sets.
   *
   * @param texts values of a setting that {@linkplain Section#members has members}
   * @return by name, in order, the values of each setting by its name
   */
  public static Map<String, Map<String, List<String>>> byName(List<String> texts) {
    var all = new LinkedHashMap<String, Map<String, List<String>>>();
    for (String text : texts) {
      Matcher parts = SettingType.Member.parts(text);
      all.computeIfAbsent(parts.group("name"), _ -> new LinkedHashMap<>())
          .computeIfAbsent(parts.group("setting"), _ -> new ArrayList<>()).add(parts.group("value"));
    }
    return all;
  }

  /** One value, as {@link #byName} reads it. */
  public static String text(String name, String setting, String value) {
    return name + "." + setting + "=" + value;
  }
}
