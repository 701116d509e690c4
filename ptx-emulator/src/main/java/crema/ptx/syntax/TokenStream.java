package crema.ptx.syntax;

import crema.ptx.PtxSyntaxException;
import java.util.List;

/** Tokens, read from first to last. */
final class TokenStream {
  private final String file;
  private final String text;
  private final List<Token> tokens;
  private int at;

  TokenStream(String file, String text) {
    this.file = file;
    this.text = text;
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
    for (int depth = 1; depth > 0; ) {
      Token token = take();
      if (token.kind() == Token.Kind.END) {
        throw error(token, "'}' expected, found the end of the text");
      }
      depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
    }
  }

  /** The text from {@code first} up to the next token, in one line of at most 120 characters. */
  String textFrom(Token first) {
    int end = peek().start();
    String whole = text.substring(first.start(), Math.min(end, first.start() + 400)).replaceAll("//[^\n]*", "")
        .replaceAll("\\s+", " ").strip();
    return whole.length() > 120 ? whole.substring(0, 119) + "…" : whole;
  }

  PtxSyntaxException error(String what) {
    return error(peek(), what);
  }

  PtxSyntaxException error(Token where, String what) {
    return new PtxSyntaxException(file, where.line(), what);
  }
}
