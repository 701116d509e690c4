package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.tokenizer.Truncation.Direction;
import crema.tokenizer.Truncation.Strategy;
import java.util.Optional;

/** Reads the keys {@code truncation} and {@code padding} of a {@code tokenizer.json}. */
final class TruncationReader {
  private TruncationReader() {}

  static Optional<Truncation> truncation(JsonPart part) {
    if (part.isNull()) {
      return Optional.empty();
    }
    return Optional.of(new Truncation(part.get("max_length").intFrom(0), direction(part.get("direction")),
        strategy(part.get("strategy")), part.get("stride").isNull() ? 0 : part.get("stride").intFrom(0)));
  }

  static Optional<Padding> padding(JsonPart part) {
    if (part.isNull()) {
      return Optional.empty();
    }
    var strategy = part.get("strategy");
    var fixed = !strategy.node().isString();
    if (!fixed && !strategy.string().equals("BatchLongest")) {
      throw strategy.wrong(quote(strategy.string()) + " is not supported; supported: BatchLongest, Fixed");
    }
    var multiple = part.get("pad_to_multiple_of");
    return Optional.of(new Padding(fixed ? strategy.get("Fixed").intFrom(0) : null, direction(part.get("direction")),
        multiple.isNull() ? 0 : multiple.intFrom(0), part.get("pad_id").intFrom(0),
        part.get("pad_type_id").intFrom(0), part.get("pad_token").string()));
  }

  private static Direction direction(JsonPart part) {
    if (part.isNull()) {
      return Direction.RIGHT;
    }
    for (var direction : Direction.values()) {
      if (direction.jsonName.equals(part.string())) {
        return direction;
      }
    }
    throw part.wrong(quote(part.string()) + " is not supported; supported: Left, Right");
  }

  private static Strategy strategy(JsonPart part) {
    for (var strategy : Strategy.values()) {
      if (strategy.jsonName.equals(part.string())) {
        return strategy;
      }
    }
    throw part.wrong(quote(part.string()) + " is not supported; supported: LongestFirst, OnlyFirst, OnlySecond");
  }
}
