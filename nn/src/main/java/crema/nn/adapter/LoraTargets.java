package crema.nn.adapter;

import crema.base.UserError;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which layers of a model an adapter changes, by the names that the layers have in the model. */
public sealed interface LoraTargets {
  /** Every linear layer but those of the head. */
  String ALL_LINEAR = "all-linear";

  /** What PEFT adapts where nothing is said, by {@code model_type}. */
  Map<String, List<String>> DEFAULTS = Map.of("bert", List.of("query", "value"), "roberta", List.of("query", "value"),
      "xlm-roberta", List.of("query", "value"), "electra", List.of("query", "value"), "deberta-v2",
      List.of("query_proj", "value_proj"), "qwen3", List.of("q_proj", "v_proj"));

  /** Whether a layer is meant; that it is linear, and not of the head, is for the caller to know. */
  boolean matches(String name);

  /** Layers with one of some names, or whose names end with a dot and one of them. */
  record Names(List<String> names) implements LoraTargets {
    /** Copies the names. */
    public Names {
      names = List.copyOf(names);
    }

    @Override
    public boolean matches(String name) {
      return names.stream().anyMatch(target -> name.equals(target) || name.endsWith("." + target));
    }
  }

  /** Layers whose whole names match a regular expression. */
  record Regex(Pattern pattern) implements LoraTargets {
    @Override
    public boolean matches(String name) {
      return PatternBudget.matches(pattern, name);
    }
  }

  /** All of them. */
  record AllLinear() implements LoraTargets {
    @Override
    public boolean matches(String name) {
      return true;
    }
  }

  /**
   * What a text names: {@link #ALL_LINEAR}, or a regular expression.
   *
   * @throws UserError when it is not a regular expression
   */
  static LoraTargets of(String text) {
    return text.equalsIgnoreCase(ALL_LINEAR) ? new AllLinear() : new Regex(compile(text, "target_modules"));
  }

  /**
   * The layers that PEFT adapts where nothing is said.
   *
   * @throws UserError when there are none for the architecture
   */
  static LoraTargets defaults(String modelType) {
    List<String> names = DEFAULTS.get(modelType);
    if (names == null) {
      throw new UserError("there are no layers that adapters of " + modelType + " have by default: name some, or take "
          + ALL_LINEAR);
    }
    return new Names(names);
  }

  /** Compiles a regular expression of a file or a user. */
  static Pattern compile(String text, String key) {
    if (text.length() > PatternBudget.LONGEST) {
      throw new UserError(key + " has a regular expression of " + text.length() + " characters, more than "
          + PatternBudget.LONGEST);
    }
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException | StackOverflowError e) {
      throw new UserError(key + " has '" + text + "', which is not a regular expression", e);
    }
  }
}
