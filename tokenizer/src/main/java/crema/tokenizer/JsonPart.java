package crema.tokenizer;

import crema.base.json.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A value in a {@code tokenizer.json} with the way to it, so that whatever is wrong with it can say where it is.
 *
 * @param source the file's name, for messages
 * @param path the keys and indices to the value, as {@code pre_tokenizer.pretokenizers[0].type}
 */
record JsonPart(String source, String path, JsonNode node) {
  /** The longest text of a file that a message quotes. */
  private static final int MAX_QUOTED = 60;

  /** Whether the value is absent or null. */
  boolean isNull() {
    return node.isNull() || node.isMissingNode();
  }

  /** Returns the value of a key of this object; absent keys give an absent value. */
  JsonPart get(String key) {
    if (!node.isObject()) {
      throw expected("an object");
    }
    return new JsonPart(source, path + "." + key, node.path(key));
  }

  List<JsonPart> elements() {
    if (!node.isArray()) {
      throw expected("an array");
    }
    var elements = new ArrayList<JsonPart>(node.size());
    for (JsonNode element : node) {
      elements.add(new JsonPart(source, path + "[" + elements.size() + "]", element));
    }
    return elements;
  }

  String string() {
    if (!node.isString()) {
      throw expected("a string");
    }
    return node.stringValue();
  }

  boolean bool() {
    if (!node.isBoolean()) {
      throw expected("true or false");
    }
    return node.booleanValue();
  }

  boolean boolOr(boolean absent) {
    return isNull() ? absent : bool();
  }

  /** Returns a number from 0 to 2<sup>31</sup> - 1. */
  int id() {
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw expected("a token id, a whole number from 0");
    }
    return node.intValue();
  }

  String stringOr(String absent) {
    return isNull() ? absent : string();
  }

  /** Returns a non-empty string. */
  String nonEmptyString() {
    if (string().isEmpty()) {
      throw wrong("must not be empty");
    }
    return string();
  }

  /** Returns the code point that a string of one consists of. */
  int character() {
    var text = string();
    if (text.isEmpty() || text.codePointCount(0, text.length()) != 1 || !Utf8.isWellFormed(text)) {
      throw wrong("is " + quote(text) + "; it must be one character");
    }
    return text.codePointAt(0);
  }

  /** Returns a whole number from {@code least} to 2<sup>31</sup> - 1. */
  int intFrom(int least) {
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < least) {
      throw expected("a whole number from " + least);
    }
    return node.intValue();
  }

  /** Returns a finite number. */
  double number() {
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw expected("a number");
    }
    return node.doubleValue();
  }

  /** Returns an exception for a {@code type} that is not known. */
  TokenizerFormatException unsupportedType(String supported) {
    var type = get("type");
    return type.wrong(quote(type.string()) + " is not supported; supported: " + supported);
  }

  /** Returns an exception that says what is wrong with this value. */
  TokenizerFormatException wrong(String problem) {
    return new TokenizerFormatException(source + ": " + path + ": " + problem);
  }

  private TokenizerFormatException expected(String what) {
    return wrong(isNull() ? "is missing; it must be " + what : "must be " + what);
  }

  /** Quotes a text of the file for a message: on one line, and not too long. */
  static String quote(String text) {
    var quoted = new StringBuilder("'");
    text.codePoints().limit(MAX_QUOTED).forEach(c -> {
      var printable = switch (Character.getType(c)) {
        case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR -> false;
        default -> true;
      };
      if (!printable) {
        quoted.append(String.format(Locale.ROOT, "\\u%04X", c));
      } else {
        quoted.appendCodePoint(c);
      }
    });
    return quoted.append(text.codePointCount(0, text.length()) > MAX_QUOTED ? "...'" : "'").toString();
  }
}
