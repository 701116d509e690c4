package crema.ptx.syntax;

import crema.ptx.PtxSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts PTX into tokens; comments and white space fall away. */
final class Lexer {
  private final String file;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  private Lexer(String file, String text) {
    this.file = file;
    this.text = text;
  }

  static List<Token> tokens(String file, String text) {
    var lexer = new Lexer(file, text);
    while (lexer.skipSpace()) {
      lexer.next();
    }
    lexer.tokens.add(new Token(Token.Kind.END, "", lexer.line, text.length()));
    return lexer.tokens;
  }

  private void next() {
    int start = at;
    char c = text.charAt(at);
    if (isDigit(c)) {
      number();
      tokens.add(new Token(Token.Kind.NUMBER, text.substring(start, at), line, start));
    } else if (isWordStart(c)) {
      word();
      tokens.add(new Token(Token.Kind.WORD, text.substring(start, at), line, start));
    } else if (c == '"') {
      int end = text.indexOf('"', at + 1);
      int newline = text.indexOf('\n', at);
      if (end < 0 || newline >= 0 && newline < end) {
        throw new PtxSyntaxException(file, line, "a string without its end");
      }
      at = end + 1;
      tokens.add(new Token(Token.Kind.STRING, text.substring(start + 1, end), line, start));
    } else if ("@!{}[]()<>,;:=+-|~*&^".indexOf(c) >= 0) {
      at++;
      tokens.add(new Token(Token.Kind.MARK, String.valueOf(c), line, start));
    } else {
      throw new PtxSyntaxException(file, line,
          "unexpected character '" + (c < 32 || c > 126 ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c) + "'");
    }
  }

  /** Digits and letters, as of {@code 0f3F800000} or {@code 0x1FU}; then a decimal fraction, if one follows. */
  private void number() {
    boolean decimal = true;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      decimal &= isDigit(text.charAt(at));
      at++;
    }
    if (decimal && at + 1 < text.length() && text.charAt(at) == '.' && isDigit(text.charAt(at + 1))) {
      at++;
      while (at < text.length() && isWordPart(text.charAt(at))) {
        at++;
      }
    }
  }

  private void word() {
    at++;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (isWordPart(c) || c == '.') {
        at++;
      } else if (c == ':' && at + 2 < text.length() && text.charAt(at + 1) == ':' && isWordPart(text.charAt(at + 2))) {
        at += 2;
      } else {
        return;
      }
    }
  }

  /** Whether anything is left. */
  private boolean skipSpace() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        line++;
        at++;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        at++;
      } else if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw new PtxSyntaxException(file, line, "a comment without its end");
        }
        for (; at < end + 2; at++) {
          line += text.charAt(at) == '\n' ? 1 : 0;
        }
      } else {
        return true;
      }
    }
    return false;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordStart(char c) {
    return isWordPart(c) || c == '%' || c == '.';
  }

  private static boolean isWordPart(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c == '$';
  }
}
