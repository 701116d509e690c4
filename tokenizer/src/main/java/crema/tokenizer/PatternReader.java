package crema.tokenizer;

/** Reads the patterns of a {@code tokenizer.json}: {@code {"String": …}} or {@code {"Regex": …}}. */
final class PatternReader {
  private PatternReader() {}

  static PatternScanner read(JsonPart pattern) {
    var regex = pattern.get("Regex");
    if (regex.isNull()) {
      return new LiteralScanner(pattern.get("String").nonEmptyString());
    }
    try {
      return PatternScanner.ofRegex(regex.nonEmptyString());
    } catch (IllegalArgumentException e) {
      throw regex.wrong(e.getMessage() == null ? "is not a supported pattern" : e.getMessage());
    }
  }
}
