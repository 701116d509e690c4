package crema.ptx.syntax;

import crema.ptx.Dim3;
import crema.ptx.PtxSyntaxException;
import crema.ptx.SourcePosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a kernel: parameters, registers, variables, instructions. */
final class KernelParser {
  private static final int MOST_REGISTERS = 1 << 17;
  private static final int MOST_NESTING = 200;

  private final String file;
  private final TokenStream in;
  private final Map<Integer, String> files;
  private final String name;
  private final List<Variable> parameters = new ArrayList<>();
  private final List<Draft> drafts = new ArrayList<>();
  private Scope scope;
  private int depth;
  private int registers;
  private int parameterBytes;
  /** The offset of shared memory that a module declares for its kernels. */
  static final int MODULE_SHARED = -1;

  private final Map<String, Operand.Symbol> moduleShared = new HashMap<>();
  private int sharedBytes;
  private int localBytes;
  private @Nullable Dim3 maxThreads;
  private @Nullable Dim3 requiredThreads;
  private SourcePosition position = SourcePosition.ofPtx(0);

  /** An instruction whose labels may come later. */
  private record Draft(Instruction instruction, Scope scope) {}

  /** A name that stood for nothing where it was used, and so must be a label further down. */
  private record Unresolved(String name, int line) {}

  /** Names used before they are known, one an operand; kept beside the operand until the kernel is read. */
  private final IdentityHashMap<Operand, Unresolved> unresolved = new IdentityHashMap<>();

  KernelParser(String file, TokenStream in, Scope scope, Map<Integer, String> files, String name) {
    this.file = file;
    this.in = in;
    this.scope = scope;
    this.files = files;
    this.name = name;
  }

  ParsedKernel parse() {
    if (in.takeIf("(")) {
      parameters();
    }
    directives();
    body();
    var instructions = new ArrayList<Instruction>();
    for (Draft draft : drafts) {
      instructions.add(resolve(draft));
    }
    return new ParsedKernel(
        name,
        List.copyOf(parameters),
        parameterBytes,
        registers,
        sharedBytes,
        localBytes,
        maxThreads,
        requiredThreads,
        List.copyOf(instructions));
  }

  private void parameters() {
    if (in.takeIf(")")) {
      return;
    }
    do {
      Token at = in.expect(".param");
      VariableParser.Declaration d = VariableParser.parse(in);
      if (d.bytes() == 0 || d.initial() != null) {
        throw in.error(at, "the parameter " + d.name() + " has no size");
      }
      int offset = align(parameterBytes, d.alignment());
      parameterBytes = offset + d.bytes();
      if (parameterBytes > 32764) {
        throw in.error(at, "parameters of more than 32764 bytes");
      }
      var variable = new Variable(d.name(), StateSpace.PARAM, d.type(), offset, d.bytes(), d.alignment(), null, false);
      parameters.add(variable);
      declare(at, d.name(), new Operand.Symbol(variable, 0));
    } while (in.takeIf(","));
    in.expect(")");
  }

  private void directives() {
    while (!in.peek().is("{")) {
      Token word = in.take();
      switch (word.text()) {
        case ".maxntid" -> maxThreads = dimensions();
        case ".reqntid" -> requiredThreads = dimensions();
        case ".minnctapersm", ".maxnreg" -> in.integer("a number", 0, Integer.MAX_VALUE);
        case ".pragma" -> pragma();
        default -> throw in.error(word, "unknown directive " + word.shown() + " of kernel " + name);
      }
    }
  }

  private Dim3 dimensions() {
    int[] n = {1, 1, 1};
    int i = 0;
    do {
      if (i == 3) {
        throw in.error("more than three dimensions");
      }
      n[i++] = in.integer("a number of threads", 1, 1024);
    } while (in.takeIf(","));
    return new Dim3(n[0], n[1], n[2]);
  }

  private void pragma() {
    do {
      in.expect(Token.Kind.STRING, "a string");
    } while (in.takeIf(","));
    in.takeIf(";");
  }

  private void body() {
    Token open = in.expect("{");
    depth = 1;
    while (depth > 0) {
      Token next = in.peek();
      if (next.kind() == Token.Kind.END) {
        throw in.error("'}' expected, found the end of the text; kernel " + name + " begins in line " + open.line());
      } else if (in.takeIf("{")) {
        if (++depth > MOST_NESTING) {
          throw in.error("braces nested more than " + MOST_NESTING + " deep");
        }
        scope = new Scope(scope);
      } else if (in.takeIf("}")) {
        depth--;
        if (depth > 0 && scope.outer() != null) {
          scope = scope.outer();
        } else if (depth == 0) {
          drafts.add(new Draft(end(next), scope));
        }
      } else {
        statement();
      }
    }
  }

  /** What stands at the closing brace: the end of a thread. */
  private static Instruction end(Token brace) {
    return new Instruction(null, false, "exit", List.of(), SourcePosition.ofPtx(brace.line()), "}");
  }

  private void statement() {
    Token first = in.peek();
    if (in.takeIf(";")) {
      return;
    }
    switch (first.text()) {
      case ".reg" -> registers();
      case ".shared", ".local" -> variable();
      case ".param", ".callprototype" ->
          throw in.error(first,
              "calls of functions are not supported, and " + first.shown() + " in a kernel serves them");
      case ".loc" -> location();
      case ".pragma" -> {
        in.take();
        pragma();
      }
      default -> {
        if (first.kind() == Token.Kind.WORD && in.second().is(":")) {
          label();
        } else {
          instruction();
        }
      }
    }
  }

  private void registers() {
    in.take();
    Token typeToken = in.expect(Token.Kind.WORD, "a type");
    PtxType type = PtxType.of(typeToken.text());
    if (type == null || type.bits() == 8) {
      throw in.error(typeToken, "unknown type of registers " + typeToken.shown());
    }
    do {
      Token register = in.expect(Token.Kind.WORD, "a register");
      if (in.takeIf("<")) {
        int count = in.integer("a number of registers", 0, MOST_REGISTERS);
        in.expect(">");
        for (int i = 0; i < count; i++) {
          register(register, register.text() + i, type);
        }
      } else {
        register(register, register.text(), type);
      }
    } while (in.takeIf(","));
    in.expect(";");
  }

  private void register(Token at, String registerName, PtxType type) {
    if (registers == MOST_REGISTERS) {
      throw in.error(at, "more than " + MOST_REGISTERS + " registers");
    }
    declare(at, registerName, new Operand.Register(registerName, type, registers++));
  }

  private void variable() {
    Token at = in.take();
    VariableParser.Declaration d = VariableParser.parse(in);
    if (d.bytes() == 0 || d.initial() != null) {
      throw in.error(at, "the variable " + d.name() + " must have a size and no initial value");
    }
    declare(at, d.name(), place(at, d.name(), at.is(".shared") ? StateSpace.SHARED : StateSpace.LOCAL, d.type(),
        d.bytes(), d.alignment()));
    in.expect(";");
  }

  /** Gives a variable its place in the kernel's shared or local memory. */
  private Operand.Symbol place(Token at, String name, StateSpace space, PtxType type, int bytes, int alignment) {
    boolean shared = space == StateSpace.SHARED;
    int offset = align(shared ? sharedBytes : localBytes, alignment);
    int end = offset + bytes;
    if (end > 1 << 24) {
      throw in.error(at, "more than 16 MiB of " + (shared ? "shared" : "local") + " memory");
    }
    if (shared) {
      sharedBytes = end;
    } else {
      localBytes = end;
    }
    return new Operand.Symbol(new Variable(name, space, type, offset, bytes, alignment, null, false), 0);
  }

  /** What a name means in this kernel: shared memory that the module declares gets a place here when it is first named. */
  private @Nullable Operand own(Token at, @Nullable Operand found) {
    if (found instanceof Operand.Symbol symbol && symbol.variable().space() == StateSpace.SHARED
        && !symbol.variable().dynamic() && symbol.variable().offset() == MODULE_SHARED) {
      Variable of = symbol.variable();
      return moduleShared.computeIfAbsent(of.name(),
          name -> place(at, name, StateSpace.SHARED, of.type(), of.bytes(), of.alignment()));
    }
    return found;
  }

  /** {@code .loc file line column [, function_name label [+ n], inlined_at file line column]}. */
  private void location() {
    in.take();
    String at = fileName(in.integer("a file's number", 0, Integer.MAX_VALUE));
    int line = in.integer("a line", 0, Integer.MAX_VALUE);
    in.integer("a column", 0, Integer.MAX_VALUE);
    String inlined = "";
    while (in.takeIf(",")) {
      Token word = in.expect(Token.Kind.WORD, "an attribute of .loc");
      switch (word.text()) {
        case "function_name" -> {
          in.expect(Token.Kind.WORD, "a label");
          if (in.takeIf("+")) {
            in.integer("an offset", 0, Integer.MAX_VALUE);
          }
        }
        case "inlined_at" -> {
          inlined = fileName(in.integer("a file's number", 0, Integer.MAX_VALUE)) + ":"
              + in.integer("a line", 0, Integer.MAX_VALUE);
          in.integer("a column", 0, Integer.MAX_VALUE);
        }
        default -> throw in.error(word, "unknown attribute " + word.shown() + " of .loc");
      }
    }
    position = new SourcePosition(0, at, line, inlined);
  }

  private String fileName(int number) {
    return files.getOrDefault(number, "file " + number);
  }

  private void label() {
    Token label = in.take();
    in.expect(":");
    if (in.takeIf(".branchtargets")) {
      var names = new ArrayList<Operand>();
      do {
        names.add(later(in.expect(Token.Kind.WORD, "a label")));
      } while (in.takeIf(","));
      in.expect(";");
      declare(label, label.text(), new Operand.Vector(names));
      return;
    }
    declare(label, label.text(), new Operand.Label(label.text(), drafts.size()));
  }

  private void declare(Token at, String what, Operand operand) {
    if (!scope.declare(what, operand)) {
      throw in.error(at, "a second " + at.shown() + " in the same scope");
    }
  }

  private void instruction() {
    Token first = in.peek();
    int start = in.position();
    Operand.Register guard = null;
    boolean negated = false;
    if (in.takeIf("@")) {
      negated = in.takeIf("!");
      Token predicate = in.expect(Token.Kind.WORD, "a predicate");
      if (!(scope.find(predicate.text()) instanceof Operand.Register r && r.type() == PtxType.PRED)) {
        throw in.error(predicate, predicate.shown() + " is no predicate");
      }
      guard = r;
    }
    Token opcode = in.expect(Token.Kind.WORD, "an instruction");
    if (opcode.text().startsWith(".") || opcode.text().startsWith("%")) {
      throw in.error(opcode, "an instruction expected, found " + opcode.shown());
    }
    if (opcode.text().split("\\.")[0].equals("call")) {
      throw in.error(opcode, "opcode call is not supported, in " + opcode.text());
    }
    var operands = new ArrayList<Operand>();
    if (!in.peek().is(";")) {
      do {
        operands.add(operand(0));
      } while (in.takeIf(","));
    }
    if (!in.peek().is(";")) {
      throw in.error("';' expected, found " + in.peek().shown());
    }
    String text = in.textFrom(start);
    in.take();
    var where = new SourcePosition(first.line(), position.file(), position.line(), position.inlinedAt());
    drafts.add(new Draft(new Instruction(guard, negated, opcode.text(), List.copyOf(operands), where, text), scope));
  }

  private Operand operand(int nesting) {
    if (nesting > 4) {
      throw in.error("an operand nested too deep");
    }
    Token token = in.peek();
    if (in.takeIf("[")) {
      return address(nesting);
    }
    if (in.takeIf("{")) {
      return vector(nesting);
    }
    if (in.takeIf("!")) {
      return new Operand.Negated(name(in.expect(Token.Kind.WORD, "a predicate")));
    }
    if (token.is("-") || token.kind() == Token.Kind.NUMBER) {
      return literal();
    }
    Operand value = name(in.expect(Token.Kind.WORD, "an operand"));
    if (in.takeIf("|")) {
      return new Operand.Pair(value, name(in.expect(Token.Kind.WORD, "a predicate")));
    }
    if (value instanceof Operand.Symbol symbol && (in.peek().is("+") || in.peek().is("-"))) {
      return new Operand.Symbol(symbol.variable(), symbol.offset() + offset());
    }
    return value;
  }

  private Operand vector(int nesting) {
    var elements = new ArrayList<Operand>();
    do {
      elements.add(operand(nesting + 1));
    } while (in.takeIf(","));
    in.expect("}");
    return new Operand.Vector(List.copyOf(elements));
  }

  private Operand address(int nesting) {
    Operand base = operand(nesting + 1);
    if (in.takeIf(",")) {
      Operand coordinates = operand(nesting + 1);
      in.expect("]");
      return new Operand.TensorAddress(
          base, coordinates instanceof Operand.Vector v ? v.elements() : List.of(coordinates));
    }
    long offset = 0;
    if (base instanceof Operand.Symbol symbol) {
      offset = symbol.offset();
      base = new Operand.Symbol(symbol.variable(), 0);
    } else if (in.peek().is("+") || in.peek().is("-")) {
      offset = offset();
    }
    in.expect("]");
    return new Operand.Address(base, offset);
  }

  /** {@code + 4}, {@code +-4} or {@code - 4}. */
  private long offset() {
    boolean negative = in.take().is("-");
    if (literal() instanceof Operand.IntegerLiteral i) {
      return negative ? -i.value() : i.value();
    }
    throw in.error("an offset is a whole number");
  }

  private Operand literal() {
    boolean negative = in.takeIf("-");
    Token token = in.expect(Token.Kind.NUMBER, "a number");
    Operand value = Numbers.parse(token.text(), negative);
    if (value == null) {
      throw in.error(token, token.shown() + " is no number");
    }
    return value;
  }

  private Operand name(Token token) {
    if (token.is("_")) {
      return new Operand.Sink();
    }
    Operand found = own(token, scope.find(token.text()));
    if (found instanceof Operand.Register || found instanceof Operand.Symbol) {
      return found;
    }
    return token.text().startsWith("%") ? new Operand.Special(token.text()) : later(token);
  }

  /** A name that only a label further down can give a meaning. */
  private Operand later(Token token) {
    var placeholder = new Operand.Label(token.text(), -1);
    unresolved.put(placeholder, new Unresolved(token.text(), token.line()));
    return placeholder;
  }

  private Instruction resolve(Draft draft) {
    Instruction i = draft.instruction();
    return new Instruction(
        i.guard(),
        i.negated(),
        i.opcode(),
        i.operands().stream().map(o -> resolve(o, draft.scope())).toList(),
        i.position(),
        i.text());
  }

  private Operand resolve(Operand operand, Scope where) {
    return switch (operand) {
      case Operand.Label label -> {
        Operand found = where.find(label.name());
        if (found instanceof Operand.Vector table) {
          yield new Operand.LabelTable(table.elements().stream().map(o -> target(o, where)).toList());
        }
        yield new Operand.Label(label.name(), target(label, where));
      }
      case Operand.Address a -> new Operand.Address(resolve(a.base(), where), a.offset());
      case Operand.TensorAddress t ->
          new Operand.TensorAddress(resolve(t.map(), where),
              t.coordinates().stream().map(o -> resolve(o, where)).toList());
      case Operand.Vector v -> new Operand.Vector(v.elements().stream().map(o -> resolve(o, where)).toList());
      case Operand.Pair p -> new Operand.Pair(resolve(p.first(), where), resolve(p.second(), where));
      case Operand.Negated n -> new Operand.Negated(resolve(n.predicate(), where));
      case Operand.Register r -> r;
      case Operand.Special s -> s;
      case Operand.IntegerLiteral n -> n;
      case Operand.FloatLiteral f -> f;
      case Operand.Symbol s -> s;
      case Operand.LabelTable t -> t;
      case Operand.Sink s -> s;
    };
  }

  private int target(Operand label, Scope where) {
    Unresolved from = unresolved.get(label);
    if (from != null && where.find(from.name()) instanceof Operand.Label found) {
      return found.target();
    }
    throw new PtxSyntaxException(file, from == null ? 0 : from.line(),
        "unknown name '" + (from == null ? "" : from.name()) + "'");
  }

  private static int align(int offset, int alignment) {
    return (offset + alignment - 1) & -alignment;
  }
}
