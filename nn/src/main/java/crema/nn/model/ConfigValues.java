package crema.nn.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of a JSON object that describes a model, with messages that name the key. */
record ConfigValues(Map<String, ?> json) {
  int integer(String key) {
    if (json.get(key) == null) {
      throw new IllegalArgumentException("the model's config lacks " + key);
    }
    return integer(key, 0);
  }

  int integer(String key, int otherwise) {
    Object value = json.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number && number.doubleValue() == number.intValue()) {
      return number.intValue();
    }
    throw new IllegalArgumentException(key + " must be a whole number, not " + value);
  }

  double number(String key, double otherwise) {
    Object value = json.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException(key + " must be a number, not " + value);
  }

  boolean flag(String key, boolean otherwise) {
    Object value = json.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new IllegalArgumentException(key + " must be true or false, not " + value);
  }

  @Nullable String text(String key) {
    Object value = json.get(key);
    return value == null ? null : value.toString();
  }

  static void requirePositive(String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(key + " must be positive, not " + display(value));
    }
  }

  static void requireProbability(String key, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(key + " must be in [0, 1), not " + display(value));
    }
  }

  static void requireFinite(String key, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(key + " must be a finite number, not " + display(value));
    }
  }

  private static String display(double value) {
    return value == (long) value ? Long.toString((long) value) : Double.toString(value);
  }
}
