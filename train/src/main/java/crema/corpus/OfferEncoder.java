package crema.corpus;

import crema.base.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows of offers: of a line of the corpus that is an offer of a wanted class, the line of the row without its end, and
 * the hash by which equal texts are found. For one thread.
 */
final class OfferEncoder {
  private static final int CLUSTER = 0;
  private static final int TITLE = 1;
  private static final int NAME = 2;
  private static final int DESCRIPTION = 3;
  private static final int LANGUAGE = 4;

  private static final byte[] BEGIN = ascii("{\"title\":\"");
  private static final byte[] THEN_DESCRIPTION = ascii("\",\"description\":\"");
  private static final byte[] THEN_LABEL = ascii("\",\"label\":");
  private static final byte[] THEN_CLUSTER = ascii(",\"cluster\":");
  private static final byte[] THEN_LANGUAGE = ascii(",\"language\":\"");
  private static final byte[] QUOTE = ascii("\"");

  private final ClusterClasses classes;
  private final boolean addsLanguage;
  private final byte[][] labels;
  private final ObjectScanner scanner =
      new ObjectScanner(List.of("cluster_id", "title", "name", "description", "language"));
  private final JsonText line = new JsonText();
  private final TextDigest digest = new TextDigest();
  private byte[] bytes = new byte[0];
  private long cluster;
  private int place;

  /**
   * An encoder.
   *
   * @param addsLanguage whether rows keep the language that an offer says
   */
  OfferEncoder(ClusterClasses classes, boolean addsLanguage) {
    this.classes = classes;
    this.addsLanguage = addsLanguage;
    labels = classes.classes().stream().map(name -> Json.quote(name).getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads a line.
   *
   * @return null if it is an offer; otherwise why not. An offer without a wanted class has no {@link #place()}
   */
  @Nullable
  RowFaultKind encode(byte[] source, int from, int to) {
    bytes = source;
    place = -1;
    cluster = ClusterNumber.NONE;
    RowFaultKind fault = scanner.scan(source, from, to, this::isWanted);
    if (fault != null) {
      return fault;
    }
    if (cluster == ClusterNumber.NONE) {
      return RowFaultKind.NO_CLUSTER;
    }
    return place < 0 ? null : write();
  }

  private boolean isWanted() {
    cluster = switch (scanner.kind(CLUSTER)) {
      case PLAIN, SCALAR -> ClusterNumber.of(bytes, scanner.from(CLUSTER), scanner.to(CLUSTER));
      case MISSING, ESCAPED, CONTAINER -> ClusterNumber.NONE;
    };
    place = cluster == ClusterNumber.NONE ? -1 : classes.place(cluster);
    return place >= 0;
  }

  private @Nullable RowFaultKind write() {
    line.truncate(0);
    line.append(BEGIN);
    int titleFrom = line.length();
    RowFaultKind fault = append(isBlank(TITLE) ? NAME : TITLE);
    int titleTo = line.length();
    if (fault != null) {
      return fault;
    }
    line.append(THEN_DESCRIPTION);
    int descriptionFrom = line.length();
    fault = append(DESCRIPTION);
    if (fault != null) {
      return fault;
    }
    if (!digest.of(line.bytes(), titleFrom, titleTo, descriptionFrom, line.length())) {
      return RowFaultKind.NO_TEXT;
    }
    line.append(THEN_LABEL);
    line.append(labels[classes.label(place)]);
    line.append(THEN_CLUSTER);
    line.append(ascii(Long.toString(cluster)));
    if (addsLanguage && !isBlank(LANGUAGE)) {
      line.append(THEN_LANGUAGE);
      fault = append(LANGUAGE);
      line.append(QUOTE);
    }
    return fault;
  }

  /** Whether a key has no value, or an empty one. */
  private boolean isBlank(int key) {
    return scanner.kind(key) == ObjectScanner.Kind.MISSING || scanner.from(key) == scanner.to(key);
  }

  private @Nullable RowFaultKind append(int key) {
    int from = scanner.from(key);
    int to = scanner.to(key);
    return switch (scanner.kind(key)) {
      case MISSING -> null;
      case CONTAINER -> RowFaultKind.NOT_A_TEXT;
      case PLAIN, SCALAR -> {
        if (!JsonText.isUtf8(bytes, from, to)) {
          yield RowFaultKind.INVALID_UTF8;
        }
        line.append(bytes, from, to);
        yield null;
      }
      case ESCAPED -> !JsonText.isUtf8(bytes, from, to) ? RowFaultKind.INVALID_UTF8
          : line.appendUnescaped(bytes, from, to) ? null : RowFaultKind.BAD_JSON;
    };
  }

  /** The place of the cluster of the offer that was read last, or -1 if it has no wanted class. */
  int place() {
    return place;
  }

  /** The hash of the text that was read last. */
  TextDigest digest() {
    return digest;
  }

  /** The row that was read last: a JSON object that lacks its closing bracket. */
  JsonText line() {
    return line;
  }
}
