package crema.data.image;

import crema.base.Keyed;

/** Why a picture cannot be used. */
public enum PictureFault implements Keyed {
  /** There is no such file, or the server has none. */
  MISSING("not there", true),
  /** The file or address cannot be read. */
  UNREADABLE("cannot be read", true),
  /** The server did not send it in time. */
  TIMED_OUT("not sent in time", true),
  /** The file has no bytes. */
  EMPTY("empty", false),
  /** A web page, a text, anything but a picture. */
  NOT_A_PICTURE("no picture", false),
  /** A picture in a format that is not read. */
  UNSUPPORTED("in a format that is not read", false),
  /** More bytes or pixels than are read. */
  TOO_LARGE("too large", false),
  /** The end is missing. */
  TRUNCATED("cut off", false),
  /** Its bytes are not what its format demands. */
  DAMAGED("damaged", false);

  private final String words;
  private final boolean passing;

  PictureFault(String words, boolean passing) {
    this.words = words;
    this.passing = passing;
  }

  /** What is wrong, as it follows a number of pictures: {@code 3 not there}. */
  public String words() {
    return words;
  }

  /** Whether the same location may have a picture later; otherwise it is the bytes that are at fault. */
  boolean isPassing() {
    return passing;
  }
}
