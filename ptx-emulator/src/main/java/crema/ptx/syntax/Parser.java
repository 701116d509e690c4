package crema.ptx.syntax;

import crema.ptx.PtxSyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a module: its directives and variables; kernels are read by {@link KernelParser}. */
public final class Parser {
  private final String file;
  private final TokenStream in;
  private final Scope scope = new Scope(null);
  private final List<Variable> variables = new ArrayList<>();
  private final List<ParsedKernel> kernels = new ArrayList<>();
  private final Map<Integer, String> files = new HashMap<>();
  private String version = "";
  private String target = "";

  private Parser(String file, String text) {
    this.file = file;
    this.in = new TokenStream(file, text);
  }

  /**
   * Reads a module.
   *
   * @param file what the text is called in messages
   * @throws PtxSyntaxException if it is malformed
   */
  public static ParsedModule parse(String file, String text) {
    return new Parser(file, text).module();
  }

  private ParsedModule module() {
    listFiles();
    while (in.peek().kind() != Token.Kind.END) {
      statement();
    }
    if (version.isEmpty() || target.isEmpty()) {
      throw in.error("a module begins with .version and .target");
    }
    return new ParsedModule(file, version, target, List.copyOf(variables), List.copyOf(kernels));
  }

  /** {@code .file} stands at the end, where {@code .loc} has used its numbers already. */
  private void listFiles() {
    List<Token> tokens = in.all();
    for (int i = 0; i + 2 < tokens.size(); i++) {
      if (tokens.get(i).is(".file")
          && Numbers.parse(tokens.get(i + 1).text(), false) instanceof Operand.IntegerLiteral number
          && tokens.get(i + 2).kind() == Token.Kind.STRING) {
        String path = tokens.get(i + 2).text();
        files.put((int) number.value(), path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
      }
    }
  }

  private void statement() {
    Token first = in.take();
    switch (first.text()) {
      case ".version" -> version = in.expect(Token.Kind.NUMBER, "a version").text();
      case ".target" -> {
        target = in.expect(Token.Kind.WORD, "a target").text();
        while (in.takeIf(",")) {
          in.expect(Token.Kind.WORD, "a target");
        }
      }
      case ".address_size" -> {
        if (in.integer("an address size", 32, 64) != 64) {
          throw in.error(first, "addresses of 32 bits are not supported");
        }
      }
      case ".file" -> {
        in.integer("a file's number", 0, Integer.MAX_VALUE);
        in.expect(Token.Kind.STRING, "a file's name");
        while (in.takeIf(",")) {
          in.expect(Token.Kind.NUMBER, "a number");
        }
      }
      case ".section" -> {
        in.expect(Token.Kind.WORD, "a section's name");
        in.skipBraces();
      }
      case ".visible", ".weak", ".common", ".extern" -> {
        if (in.peek().kind() != Token.Kind.WORD || !in.peek().text().startsWith(".")) {
          throw in.error("a declaration expected, found " + in.peek().shown());
        }
      }
      case ".entry" -> kernels.add(kernel());
      case ".func" -> function();
      case ".global", ".const", ".shared" -> variable(first);
      default -> throw in.error(first, "unknown directive " + first.shown());
    }
  }

  private ParsedKernel kernel() {
    Token name = in.expect(Token.Kind.WORD, "a kernel's name");
    if (kernels.stream().anyMatch(k -> k.name().equals(name.text()))) {
      throw in.error(name, "a second kernel " + name.shown());
    }
    return new KernelParser(file, in, new Scope(scope), files, name.text()).parse();
  }

  /** Functions are skipped: a kernel that calls one stops at the call, whose opcode is unknown. */
  private void function() {
    while (!in.peek().is("{") && !in.peek().is(";")) {
      if (in.take().kind() == Token.Kind.END) {
        throw in.error("a function's body expected, found the end of the text");
      }
    }
    if (in.peek().is("{")) {
      in.skipBraces();
    } else {
      in.take();
    }
  }

  private void variable(Token spaceToken) {
    StateSpace space = StateSpace.of(spaceToken.text());
    if (space == null) {
      throw in.error(spaceToken, "unknown state space " + spaceToken.shown());
    }
    VariableParser.Declaration declared = VariableParser.parse(in);
    boolean dynamic = space == StateSpace.SHARED && declared.bytes() == 0;
    if (space == StateSpace.SHARED && declared.initial() != null) {
      throw in.error(spaceToken, "shared memory has no initial value");
    }
    if (!dynamic && declared.bytes() == 0) {
      throw in.error(spaceToken, "the variable " + declared.name() + " has no size");
    }
    var variable =
        new Variable(
            declared.name(), space, declared.type(),
            space == StateSpace.SHARED && !dynamic ? KernelParser.MODULE_SHARED : 0, declared.bytes(),
            declared.alignment(), declared.initial(),
            dynamic);
    if (!scope.declare(declared.name(), new Operand.Symbol(variable, 0))) {
      throw in.error(spaceToken, "a second " + declared.name());
    }
    if (space != StateSpace.SHARED || dynamic) {
      // Shared memory of a fixed size is each kernel's that names it.
      variables.add(variable);
    }
    in.expect(";");
  }
}
