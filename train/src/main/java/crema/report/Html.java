package crema.report;

/** Text made safe for HTML and SVG. Everything that did not come from this package's source goes through here. */
public final class Html {

  private Html() {}

  /** {@code text} as element content or as a quoted attribute's value. */
  public static String escape(String text) {
    var safe = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> {
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
      }
    });
    return safe.toString();
  }

  /** {@code text} as content whose own direction of writing stays its own. */
  public static String isolated(String text) {
    return "<bdi>" + escape(text) + "</bdi>";
  }

  private static boolean isAllowed(int c) {
    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    return !surrogate && (!Character.isISOControl(c) || c == '\t' || c == '\n');
  }
}
