package crema.data;

import crema.base.Keyed;
import java.util.Locale;

/** The ways in which a row can be unusable. */
public enum RowFault implements Keyed {
  /** The row has more or fewer fields than the header. */
  FIELD_COUNT("wrong number of fields"),
  /** Quotes that do not follow the rules of CSV. */
  BAD_QUOTING("bad quoting"),
  /** Not a JSON object, or a value of a type that cannot be used. */
  BAD_JSON("bad JSON"),
  /** Bytes that are not UTF-8. */
  INVALID_UTF8("invalid UTF-8"),
  /** A row longer than a reader holds in memory. */
  TOO_LONG("row too long"),
  /** No value in the label column. */
  MISSING_LABEL("missing label"),
  /** A label that cannot be read, such as a path with an empty segment. */
  BAD_LABEL("bad label"),
  /** No label of the row is one that the model was trained on. */
  UNKNOWN_LABEL("unknown label"),
  /** A label that the model was not trained on, of a row that has others: the row is used without it. */
  DROPPED_LABEL("unknown label beside known ones, which alone count"),
  /** All text columns are missing or blank. */
  EMPTY_TEXT("empty text"),
  /** A text in which the tokenizer finds no token. */
  NO_TOKENS("text without tokens"),
  /** A picture that is not there or is none, of a row that has nothing else. */
  BAD_PICTURE("picture that cannot be read"),
  /** Such a picture of a row that has a text too: the row is used without it. */
  DROPPED_PICTURE("picture that cannot be read, of a row with a text"),
  /** No picture of a row for a model that reads nothing else. */
  NO_PICTURE("no picture"),
  /** A weight that is no number, or below 0. */
  BAD_WEIGHT("bad weight"),
  /** Left out because a file says so: no mistake. */
  LEFT_OUT("left out");

  private final String words;

  RowFault(String words) {
    this.words = words;
  }

  /** The fault in files for programs. */
  @Override
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a row with this fault is left out. */
  public boolean leavesRowOut() {
    return this != DROPPED_LABEL && this != DROPPED_PICTURE;
  }

  /** The fault in plain words, for messages. */
  @Override
  public String toString() {
    return words;
  }
}
