package crema.report;

import crema.base.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * A page that needs nothing else: style and script are inside, and a content security policy lets it load nothing and
 * run only its own script. It follows the reader's light or dark scheme.
 */
public final class HtmlPage {
  private HtmlPage() {}

  /**
   * The page.
   *
   * @param title plain text
   * @param content markup in which every text is escaped
   */
  public static String of(String title, String content) {
    return page(title, "<main>\n", content);
  }

  /** The same, as wide as the window: for a table of many columns. */
  static String wide(String title, String content) {
    return page(title, "<main class=\"wide\">\n", content);
  }

  private static String page(String title, String main, String content) {
    var script = resource("report.js");
    return String.format(Locale.ROOT,
        """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
            script-src '%s'">
            <title>%s</title>
            <style>
            %s</style>
            </head>
            <body>
            """,
        sourceHash(script), Html.escape(title), resource("report.css"))
        + main + content + "</main>\n<script>" + script + "</script>\n</body>\n</html>\n";
  }

  private static String resource(String name) {
    try (var in = HtmlPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing from the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sourceHash(String script) {
    return "sha256-" + Base64.getEncoder().encodeToString(new Sha256().add(script).bytes());
  }
}
