package crema.data;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The text in HTML: tags and comments left out, entities replaced by their characters, white space folded. Plain text stays
 * as it is but for its white space: a {@code <} that begins no element of HTML is a character like others. Each character is
 * looked at a bounded number of times, whatever the text holds.
 *
 * <p>Text that was escaped once too often, as {@code &lt;p&gt;}, is read as what it was before.
 */
public final class HtmlText {
  /** A tag with more characters outside of quotes is none. */
  private static final int LONGEST_TAG = 1024;
  private static final int LONGEST_NAME = 40;

  /** What stands before and behind a piece of HTML in XML. */
  private static final String CDATA = "<![CDATA[";
  private static final String END_OF_CDATA = "]]>";

  /** Elements within a line: their tags leave no gap. */
  private static final Set<String> INLINE =
      Set.of("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del",
          "dfn", "em", "font", "i", "ins", "kbd", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
          "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr");

  /** Elements that stand apart from the text around them. */
  private static final Set<String> BLOCK = Set.of("address", "applet", "area", "article", "aside", "audio", "base",
      "body",
      "blockquote", "br", "button", "canvas", "caption", "center", "col", "colgroup", "data", "datalist", "dd",
      "details",
      "dialog", "dir", "div", "dl", "dt", "embed", "fieldset", "figcaption", "figure", "footer", "form", "frame",
      "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "iframe", "img",
      "input",
      "label", "legend", "li", "link", "main", "map", "menu", "meta", "meter", "nav", "noframes", "noscript", "object",
      "ol", "optgroup", "option", "output", "p", "param", "picture", "pre", "progress", "script", "section", "select",
      "source", "style", "summary", "svg", "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead",
      "time",
      "title", "tr", "track", "ul", "video");

  /** Elements whose content is no text. */
  private static final Set<String> NO_TEXT = Set.of("script", "style");

  private HtmlText() {}

  /** The text of a piece of HTML, or of plain text. */
  public static String of(String html) {
    String once = HtmlEntities.decoded(withoutTags(html));
    String twice = once.indexOf('<') < 0 && once.indexOf('&') < 0 || once.equals(html) ? once
        : HtmlEntities.decoded(withoutTags(once));
    return folded(twice);
  }

  /** Without control characters and those of no width, and with one space for any white space within. */
  public static String folded(String text) {
    var folded = new StringBuilder(text.length());
    boolean gap = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        gap = !folded.isEmpty();
      } else if (!Character.isISOControl(c) && !isInvisible(c)) {
        if (gap) {
          folded.append(' ');
          gap = false;
        }
        folded.append(c);
      }
    }
    return folded.toString();
  }

  /** The soft hyphen, the space of no width and the byte order mark; joiners belong to the letters of some scripts. */
  private static boolean isInvisible(char c) {
    return c == '\u00AD' || c == '\u200B' || c == '\uFEFF' || c == '\u2060';
  }

  private static String withoutTags(String html) {
    int start = html.indexOf('<');
    if (start < 0) {
      return html;
    }
    var text = new StringBuilder(html.length());
    int copied = 0;
    while (start >= 0) {
      Tag tag = tag(html, start);
      if (tag != null) {
        text.append(html, copied, start).append(tag.leavesGap ? " " : "");
        copied = tag.end;
      }
      start = html.indexOf('<', tag == null ? start + 1 : tag.end);
    }
    text.append(html, copied, html.length());
    return html.contains(CDATA) ? text.toString().replace(END_OF_CDATA, " ") : text.toString();
  }

  /**
   * A tag, a comment, or an element without text.
   *
   * @param end behind it
   * @param leavesGap whether what stands before it does not touch what stands behind it
   */
  private record Tag(int end, boolean leavesGap) {}

  private static @Nullable Tag tag(String html, int start) {
    if (html.startsWith("<!--", start)) {
      int end = html.indexOf("-->", start + 4);
      return new Tag(end < 0 ? html.length() : end + 3, true);
    }
    if (html.startsWith(CDATA, start)) {
      return new Tag(start + CDATA.length(), true);
    }
    if (html.startsWith("<!", start) || html.startsWith("<?", start)) {
      boolean isDeclaration = start + 2 < html.length() && Character.isLetter(html.charAt(start + 2));
      int end = isDeclaration ? end(html, start + 2) : -1;
      return end < 0 ? null : new Tag(end, true);
    }
    boolean isEnd = start + 1 < html.length() && html.charAt(start + 1) == '/';
    int name = start + (isEnd ? 2 : 1);
    int behind = name;
    while (behind < html.length() && behind - name <= LONGEST_NAME && isOfName(html.charAt(behind))) {
      behind++;
    }
    String element = html.substring(name, behind).toLowerCase(Locale.ROOT);
    int end = isElement(element) && isEndOfName(html, behind) ? end(html, behind) : -1;
    if (end < 0) {
      return null;
    }
    if (!isEnd && NO_TEXT.contains(element) && html.charAt(end - 2) != '/') {
      int closing = indexOfEnd(html, element, end);
      int close = closing < 0 ? -1 : html.indexOf('>', closing);
      return new Tag(close < 0 ? html.length() : close + 1, true);
    }
    return new Tag(end, !INLINE.contains(element));
  }

  private static boolean isOfName(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == ':';
  }

  /** Whether a name is that of an element: one of HTML, or one of the kind that others may add, with a hyphen or a colon. */
  private static boolean isElement(String name) {
    return INLINE.contains(name) || BLOCK.contains(name)
        || name.length() > 2 && Character.isLetter(name.charAt(0)) && name.substring(1, name.length() - 1).matches(
            "[a-z0-9]*[-:][a-z0-9-]*");
  }

  /** Whether a tag may go on behind the name of an element. */
  private static boolean isEndOfName(String html, int at) {
    return at < html.length() && "> /\t\n\r\f".indexOf(html.charAt(at)) >= 0;
  }

  /** Behind the {@code >} that ends a tag, which may stand in quotes before that; -1 if there is none. */
  private static int end(String html, int from) {
    char quote = 0;
    int unquoted = 0;
    for (int i = from; i < html.length() && unquoted < LONGEST_TAG; i++) {
      char c = html.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '>' || c == '<') {
        return c == '>' ? i + 1 : -1;
      } else if ((c == '"' || c == '\'') && html.charAt(i - 1) == '=') {
        quote = c;
      } else {
        unquoted++;
      }
    }
    // A quote that is not closed shall not take the rest of the text with it.
    int first = quote == 0 ? -1 : html.indexOf('>', from);
    return first < 0 ? -1 : first + 1;
  }

  private static int indexOfEnd(String html, String element, int from) {
    String end = "</" + element;
    for (int at = html.indexOf("</", from); at >= 0; at = html.indexOf("</", at + 2)) {
      if (html.regionMatches(true, at, end, 0, end.length())) {
        return at;
      }
    }
    return -1;
  }
}
