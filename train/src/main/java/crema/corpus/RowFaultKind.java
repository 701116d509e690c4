package crema.corpus;

import crema.base.Keyed;

/** Why a line of an archive becomes no row. */
public enum RowFaultKind implements Keyed {
  /** The line is longer than is held in memory. */
  TOO_LONG("longer than 16 MB"),
  /** It is no JSON object, or one that is cut off. */
  BAD_JSON("no JSON object"),
  /** Arrays and objects in one another, deeper than anything sound. */
  TOO_DEEP("nested deeper than 512 levels"),
  /** A field that is needed stands in the object twice. */
  DUPLICATE_KEY("a field twice"),
  /** A text that is no UTF-8. */
  INVALID_UTF8("not UTF-8"),
  /** No number of a cluster. */
  NO_CLUSTER("no cluster"),
  /** Neither title nor description. */
  NO_TEXT("no text"),
  /** A title or description that is an array or object. */
  NOT_A_TEXT("a title or description that is no text");

  private final String description;

  RowFaultKind(String description) {
    this.description = description;
  }

  /** What is wrong, for messages. */
  public String description() {
    return description;
  }
}
