package crema.ptx.syntax;

import crema.ptx.PtxSyntaxException;
import java.util.List;

/** Tokens, read from first to last. */
final class TokenStream {
  private static final int MOST_TEXT = 120;

  private final String file;
  private final List<Token> tokens;
  private int at;

  TokenStream(String file, String text) {
    this.file = file;
    this.tokens = Lexer.tokens(file, text);
  }

  List<Token> all() {
    return tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  /** The token after the next. */
  Token second() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token take() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  /** Takes the next token if it is {@code mark}. */
  boolean takeIf(String mark) {
    if (peek().is(mark)) {
      at++;
      return true;
    }
    return false;
  }

  Token expect(String mark) {
    if (!peek().is(mark)) {
      throw error("'" + mark + "' expected, found " + peek().shown());
    }
    return take();
  }

  Token expect(Token.Kind kind, String what) {
    if (peek().kind() != kind) {
      throw error(what + " expected, found " + peek().shown());
    }
    return take();
  }

  /** A whole number of {@code min} to {@code max}. */
  int integer(String what, int min, int max) {
    Token token = expect(Token.Kind.NUMBER, what);
    if (Numbers.parse(token.text(), false) instanceof Operand.IntegerLiteral literal
        && literal.value() >= min
        && literal.value() <= max) {
      return (int) literal.value();
    }
    throw error(token, what + " of " + min + " to " + max + " expected, found " + token.shown());
  }

  /** Skips what stands between braces, the next of which opens. */
  void skipBraces() {
    expect("{");
    for (int depth = 1; depth > 0;) {
      Token token = take();
      if (token.kind() == Token.Kind.END) {
        throw error(token, "'}' expected, found the end of the text");
      }
      depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
    }
  }

  /** The number of the next token. */
  int position() {
    return at;
  }

  /** The tokens from number {@code first} up to the next one, in one line of at most 120 characters. */
  String textFrom(int first) {
    var line = new StringBuilder();
    int last = tokens.get(first).start();
    for (int i = first; i < at && line.length() <= MOST_TEXT; i++) {
      Token token = tokens.get(i);
      if (token.start() > last) {
        line.append(' ');
      }
      line.append(token.text());
      last = token.start() + token.text().length();
    }
    return line.length() > MOST_TEXT ? line.substring(0, MOST_TEXT - 1) + "…" : line.toString();
  }

  PtxSyntaxException error(String what) {
    return error(peek(), what);
  }

  PtxSyntaxException error(Token where, String what) {
    return new PtxSyntaxException(file, where.line(), what);
  }
}
