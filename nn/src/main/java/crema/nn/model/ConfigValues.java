package crema.nn.model;

import crema.base.Keyed;
import crema.tensor.Activation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of a JSON object that describes a model, with messages that name the key. */
public record ConfigValues(Map<String, ?> json) {
  /** A whole number that must be there. */
  public int integer(String key) {
    if (json.get(key) == null) {
      throw new IllegalArgumentException("the model's config lacks " + key);
    }
    return integer(key, 0);
  }

  /** A whole number. */
  public int integer(String key, int otherwise) {
    Object value = json.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number && number.doubleValue() == number.intValue()) {
      return number.intValue();
    }
    throw new IllegalArgumentException(key + " must be a whole number, not " + value);
  }

  /** A list of whole numbers. */
  public List<Integer> integers(String key, List<Integer> otherwise) {
    Object value = json.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof List<?> list
        && list.stream().allMatch(part -> part instanceof Number number && number.doubleValue() == number.intValue())) {
      return list.stream().map(part -> ((Number) part).intValue()).toList();
    }
    throw new IllegalArgumentException(key + " must be a list of whole numbers, not " + value);
  }

  /** A number. */
  public double number(String key, double otherwise) {
    Object value = json.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException(key + " must be a number, not " + value);
  }

  /** Yes or no. */
  public boolean flag(String key, boolean otherwise) {
    Object value = json.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new IllegalArgumentException(key + " must be true or false, not " + value);
  }

  /** A text, or null. */
  public @Nullable String text(String key) {
    Object value = json.get(key);
    return value == null ? null : value.toString();
  }

  /** The activation that Hugging Face's name means; complains of one that there is not. */
  public Activation activation(String key, String otherwise) {
    Object value = json.get(key);
    String name = value == null ? otherwise : value.toString();
    return switch (name) {
      case "gelu", "gelu_python" -> Activation.GELU;
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      case "relu" -> Activation.RELU;
      case "silu", "swish" -> Activation.SILU;
      case "tanh" -> Activation.TANH;
      case "linear" -> Activation.IDENTITY;
      default -> throw new IllegalArgumentException(key
          + " must be one of gelu, gelu_new, gelu_pytorch_tanh, relu, silu, tanh, linear, not '" + name + "'");
    };
  }

  /**
   * The base of rotary angles: {@code rope_theta}, or {@code rope_parameters.rope_theta} as Transformers 5 writes it;
   * complains of scaled ones.
   */
  public double ropeTheta(double otherwise) {
    Object scaling = json.get("rope_scaling");
    if (scaling != null) {
      throw new IllegalArgumentException("rope_scaling must be null, not " + scaling);
    }
    if (json.get("rope_parameters") instanceof Map<?, ?> parameters) {
      Object type = parameters.get("rope_type");
      if (type != null && !type.equals("default")) {
        throw new IllegalArgumentException("rope_parameters.rope_type must be default, not " + type);
      }
      if (parameters.get("rope_theta") instanceof Number theta) {
        return theta.doubleValue();
      }
    }
    return number("rope_theta", otherwise);
  }

  /** Hugging Face's name of an activation that {@link #activation} gives. */
  public static String name(Activation activation) {
    return switch (activation) {
      case GELU -> "gelu";
      case GELU_TANH -> "gelu_new";
      case RELU -> "relu";
      case SILU -> "silu";
      case TANH -> "tanh";
      case IDENTITY -> "linear";
      case SIGMOID, EXP, LOG, SQUARE, SQRT ->
          throw new IllegalArgumentException(activation + " is no activation of an encoder");
    };
  }

  /**
   * Complains of a key whose value is not the only one that is computed here.
   *
   * @param only what an absent key means, too
   */
  public void requireOnly(String key, Object only) {
    Object value = json.get(key);
    if (value != null && !value.equals(only)) {
      throw new IllegalArgumentException(key + " must be " + only + ", not " + value);
    }
  }

  /** Complains of a value that is not above 0. */
  public static void requirePositive(String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(key + " must be positive, not " + display(value));
    }
  }

  /** Complains of a value outside [0, 1). */
  public static void requireProbability(String key, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(key + " must be in [0, 1), not " + display(value));
    }
  }

  /** Complains of a number that does not divide another. */
  public static void requireDivisor(String key, int value, String wholeKey, int whole) {
    if (whole % value != 0) {
      throw new IllegalArgumentException(key + " " + value + " does not divide " + wholeKey + " " + whole);
    }
  }

  /** Complains of a number of heads that does not cut features into parts of an even size, which rotary positions need. */
  public static void requireEvenHeads(String key, int heads, String featuresKey, int features) {
    if (features % heads != 0 || features / heads % 2 != 0) {
      throw new IllegalArgumentException(
          featuresKey + " " + features + " does not give " + key + " " + heads
              + " heads an even number of features each");
    }
  }

  /** Complains of a value that is no finite number. */
  public static void requireFinite(String key, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(key + " must be a finite number, not " + display(value));
    }
  }

  /** The first of some keys that the object has; the first one if it has none. */
  public String firstKey(String... keys) {
    return Arrays.stream(keys).filter(json::containsKey).findFirst().orElse(keys[0]);
  }

  /** The choice of a name, such as an enum's constant; complains if there is none. */
  public static <T extends Keyed> T choice(String key, String name, List<T> choices) {
    return Keyed.find(choices, name).orElseThrow(() -> new IllegalArgumentException(
        key + " must be one of " + String.join(", ", Keyed.keys(choices)) + ", not '" + name + "'"));
  }

  private static String display(double value) {
    return value == (long) value ? Long.toString((long) value) : Double.toString(value);
  }
}
