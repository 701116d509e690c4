package crema.ptx.syntax;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Reads {@code .align 4 .f32 name[2][3] = {1, 2}}: a variable without its state space. */
final class VariableParser {
  private static final int MOST_BYTES = 1 << 28;

  private VariableParser() {}

  /** A variable that has no place yet; {@code bytes} is 0 for an array of unknown length. */
  record Declaration(String name, PtxType type, int bytes, int alignment, byte @Nullable [] initial) {}

  static Declaration parse(TokenStream in) {
    int alignment = 0;
    PtxType type = null;
    while (in.peek().kind() == Token.Kind.WORD && in.peek().text().startsWith(".")) {
      Token word = in.take();
      switch (word.text()) {
        case ".align" -> {
          alignment = in.integer("an alignment", 1, 1 << 20);
          if (Integer.bitCount(alignment) != 1) {
            throw in.error(word, "an alignment is a power of two, not " + alignment);
          }
        }
        case ".ptr", ".attribute", ".managed" -> {}
        case ".global", ".shared", ".const", ".local" -> {}
        default -> {
          if (type != null || PtxType.of(word.text()) == null) {
            throw in.error(word, "unknown attribute " + word.shown());
          }
          type = PtxType.of(word.text());
        }
      }
    }
    Token name = in.expect(Token.Kind.WORD, "a variable's name");
    if (type == null || type == PtxType.PRED) {
      throw in.error(name, "the variable " + name.shown() + " has no type");
    }
    long bytes = type.bytes();
    boolean open = false;
    while (in.takeIf("[")) {
      if (in.peek().is("]")) {
        open = true;
      } else {
        bytes *= in.integer("a length", 0, MOST_BYTES);
        if (bytes > MOST_BYTES) {
          throw in.error(name, "the variable " + name.shown() + " is too large");
        }
      }
      in.expect("]");
    }
    int size = open ? 0 : (int) bytes;
    byte[] initial = in.takeIf("=") ? initial(in, type, name, size) : null;
    return new Declaration(name.text(), type, size, Math.max(alignment, type.bytes()), initial);
  }

  private static byte[] initial(TokenStream in, PtxType type, Token name, int bytes) {
    ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int depth = 0;
    do {
      while (in.takeIf("{")) {
        depth++;
      }
      boolean negative = in.takeIf("-");
      Token token = in.expect(Token.Kind.NUMBER, "a number");
      Operand value = Numbers.parse(token.text(), negative);
      if (value == null) {
        throw in.error(token, token.shown() + " is no number");
      }
      if (out.remaining() < type.bytes()) {
        throw in.error(token, "more values than " + name.shown() + " has room for");
      }
      put(out, type, value);
      while (depth > 0 && in.takeIf("}")) {
        depth--;
      }
    } while (in.takeIf(","));
    if (depth != 0) {
      throw in.error("'}' expected, found " + in.peek().shown());
    }
    return out.array();
  }

  private static void put(ByteBuffer out, PtxType type, Operand value) {
    long bits =
        switch (value) {
          case Operand.FloatLiteral f when type == PtxType.F32 && !f.single() ->
              Float.floatToRawIntBits((float) Double.longBitsToDouble(f.bits()));
          case Operand.FloatLiteral f -> f.bits();
          case Operand.IntegerLiteral i when type == PtxType.F32 -> Float.floatToRawIntBits(i.value());
          case Operand.IntegerLiteral i when type == PtxType.F64 -> Double.doubleToRawLongBits(i.value());
          case Operand.IntegerLiteral i -> i.value();
          default -> throw new IllegalArgumentException("a literal has no other form");
        };
    switch (type.bytes()) {
      case 1 -> out.put((byte) bits);
      case 2 -> out.putShort((short) bits);
      case 4 -> out.putInt((int) bits);
      default -> out.putLong(bits);
    }
  }
}
