package crema.nn.io;

import crema.nn.InvalidWeightsException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Interprets the pickle of a state dict. A pickle is a program that may call any function; here only four names mean
 * anything, and what they would do is done by {@link Value}s: nothing is ever executed. Any other name, and any
 * instruction that such a pickle does not need, is an error that names it. The number of instructions bounds the memory.
 */
final class Pickle {
  /** More than any state dict needs: some 30 a tensor. */
  private static final int MOST_INSTRUCTIONS = 1 << 21;
  private static final int LONGEST_TEXT = 1 << 16;
  private static final int NEWEST_PROTOCOL = 5;

  private static final Pattern STORAGE = Pattern.compile("torch\\.(\\w+)Storage");
  private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
  private static final String PARAMETER = "torch._utils._rebuild_parameter";
  private static final String ORDERED_DICT = "collections.OrderedDict";
  private static final Set<String> FUNCTIONS = Set.of(TENSOR, PARAMETER, ORDERED_DICT);

  /** What the program works with. */
  sealed interface Value {}

  /** None, a truth value, or a floating-point number: nothing that a tensor is described by. */
  record Other() implements Value {}

  /** A whole number. */
  record Number(long value) implements Value {}

  /** A text. */
  record Text(String value) implements Value {}

  /** The name of a class or function. */
  record Global(String name) implements Value {}

  /** Values in order. */
  record Tuple(List<Value> items) implements Value {}

  /** A list: it may contain itself, so it is never walked. */
  static final class Sequence implements Value {}

  /** A dictionary. Keys that are no texts are left out: no tensor has one. */
  static final class Dictionary implements Value {
    private final Map<String, Value> entries = new LinkedHashMap<>();

    Map<String, Value> entries() {
      return entries;
    }
  }

  /**
   * A run of numbers in another entry of the archive.
   *
   * @param type the class in PyTorch without {@code Storage}: {@code Float}
   */
  record Storage(String type, String key, long elements) implements Value {}

  /** A view of a storage. */
  record Tensor(Storage storage, long offset, long[] extents, long[] strides) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** Separates the values of a group from those before it. */
  private record Mark() implements Value {}

  private static final Other OTHER = new Other();
  private static final Mark MARK = new Mark();

  private final ByteBuffer program;
  private final List<Value> stack = new ArrayList<>();
  private final List<@Nullable Value> memo = new ArrayList<>();
  private int instructions;

  private Pickle(byte[] program) {
    this.program = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Runs a program.
   *
   * @return what it leaves
   * @throws InvalidWeightsException when it is damaged, or needs anything else than tensors
   */
  static Value read(byte[] program) {
    return new Pickle(program).run();
  }

  private Value run() {
    while (true) {
      if (++instructions > MOST_INSTRUCTIONS) {
        throw new InvalidWeightsException("its pickle has more than " + MOST_INSTRUCTIONS + " instructions");
      }
      int code = Byte.toUnsignedInt(octet());
      if (code == '.') {
        return pop();
      }
      step(code);
    }
  }

  private void step(int code) {
    switch (code) {
      case 0x80 -> {
        int protocol = Byte.toUnsignedInt(octet());
        if (protocol > NEWEST_PROTOCOL) {
          throw new InvalidWeightsException("its pickle has the protocol " + protocol);
        }
      }
      case 0x95 -> take(Long.BYTES);
      case '(' -> stack.add(MARK);
      case '}' -> stack.add(new Dictionary());
      case ']' -> stack.add(new Sequence());
      case ')' -> stack.add(new Tuple(List.of()));
      case 't' -> {
        var items = new Tuple(group());
        stack.add(items);
      }
      case 0x85 -> stack.add(new Tuple(last(1)));
      case 0x86 -> stack.add(new Tuple(last(2)));
      case 0x87 -> stack.add(new Tuple(last(3)));
      case 'N', 0x88, 0x89 -> stack.add(OTHER);
      case 'G' -> {
        take(Double.BYTES);
        stack.add(OTHER);
      }
      case 'J' -> stack.add(new Number(take(Integer.BYTES).getInt()));
      case 'K' -> stack.add(new Number(Byte.toUnsignedInt(octet())));
      case 'M' -> stack.add(new Number(Short.toUnsignedInt(take(Short.BYTES).getShort())));
      case 0x8a -> stack.add(new Number(longNumber(Byte.toUnsignedInt(octet()))));
      case 'X' -> stack.add(text(Integer.toUnsignedLong(take(Integer.BYTES).getInt())));
      case 0x8c -> stack.add(text(Byte.toUnsignedInt(octet())));
      case 0x8d -> stack.add(text(take(Long.BYTES).getLong()));
      case 'q' -> memoize(Byte.toUnsignedInt(octet()));
      case 'r' -> memoize(Integer.toUnsignedLong(take(Integer.BYTES).getInt()));
      case 0x94 -> memoize(memo.size());
      case 'h' -> recall(Byte.toUnsignedInt(octet()));
      case 'j' -> recall(Integer.toUnsignedLong(take(Integer.BYTES).getInt()));
      case 's' -> setItems(last(2));
      case 'u' -> setItems(group());
      case 'a' -> append(last(1));
      case 'e' -> append(group());
      case 'Q' -> stack.add(storage(pop()));
      case 'c' -> stack.add(global(line() + "." + line()));
      case 0x93 -> {
        List<Value> names = last(2);
        stack.add(global(textOf(names.get(0)) + "." + textOf(names.get(1))));
      }
      case 'R' -> {
        List<Value> call = last(2);
        stack.add(call(call.get(0), call.get(1)));
      }
      case 'b' -> {
        pop();
        if (!(peek() instanceof Dictionary)) {
          throw new InvalidWeightsException("its pickle sets the state of something other than a dictionary");
        }
      }
      default -> throw new InvalidWeightsException(
          "its pickle has the instruction 0x" + Integer.toHexString(code) + ", which no state dict needs");
    }
  }

  private byte octet() {
    return take(1).get();
  }

  /** The program, at an operand of so many bytes that are there. */
  private ByteBuffer take(int bytes) {
    if (program.remaining() < bytes) {
      throw new InvalidWeightsException("its pickle ends early");
    }
    ByteBuffer operand = program.slice(program.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
    program.position(program.position() + bytes);
    return operand;
  }

  private Text text(long length) {
    if (length < 0 || length > LONGEST_TEXT) {
      throw new InvalidWeightsException("its pickle has a text of " + Long.toUnsignedString(length) + " bytes");
    }
    var bytes = new byte[(int) length];
    take((int) length).get(bytes);
    return new Text(new String(bytes, StandardCharsets.UTF_8));
  }

  private String line() {
    var text = new StringBuilder();
    for (byte next = octet(); next != '\n'; next = octet()) {
      if (text.length() == LONGEST_TEXT) {
        throw new InvalidWeightsException("its pickle has a name of more than " + LONGEST_TEXT + " bytes");
      }
      text.append((char) Byte.toUnsignedInt(next));
    }
    return text.toString();
  }

  private long longNumber(int bytes) {
    if (bytes > Long.BYTES) {
      throw new InvalidWeightsException("its pickle has a number of " + bytes + " bytes");
    }
    ByteBuffer digits = take(bytes);
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) Byte.toUnsignedInt(digits.get(i)) << (8 * i);
    }
    int unused = Long.SIZE - 8 * bytes;
    return bytes == 0 ? 0 : value << unused >> unused;
  }

  private Value pop() {
    if (stack.isEmpty()) {
      throw new InvalidWeightsException("its pickle takes a value where there is none");
    }
    return stack.removeLast();
  }

  private Value peek() {
    if (stack.isEmpty()) {
      throw new InvalidWeightsException("its pickle takes a value where there is none");
    }
    return stack.getLast();
  }

  private List<Value> last(int count) {
    if (stack.size() < count) {
      throw new InvalidWeightsException("its pickle takes a value where there is none");
    }
    List<Value> tail = stack.subList(stack.size() - count, stack.size());
    List<Value> values = List.copyOf(tail);
    tail.clear();
    return values;
  }

  private List<Value> group() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw new InvalidWeightsException("its pickle ends a group that it has not begun");
    }
    List<Value> values = last(stack.size() - mark - 1);
    stack.removeLast();
    return values;
  }

  private void memoize(long index) {
    if (index > MOST_INSTRUCTIONS) {
      throw new InvalidWeightsException("its pickle remembers a value as the number " + index);
    }
    while (memo.size() <= index) {
      memo.add(null);
    }
    memo.set((int) index, peek());
  }

  private void recall(long index) {
    Value value = index < memo.size() ? memo.get((int) index) : null;
    if (value == null) {
      throw new InvalidWeightsException("its pickle recalls the value " + index + ", which it has not remembered");
    }
    stack.add(value);
  }

  private void setItems(List<Value> pairs) {
    if (!(peek() instanceof Dictionary dictionary) || pairs.size() % 2 != 0) {
      throw new InvalidWeightsException("its pickle sets an item of something other than a dictionary");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      if (pairs.get(i) instanceof Text key) {
        dictionary.entries.put(key.value, pairs.get(i + 1));
      }
    }
  }

  /** Lists are of no use for tensors: what is appended is dropped. */
  private void append(List<Value> values) {
    if (values.contains(MARK) || !(peek() instanceof Sequence)) {
      throw new InvalidWeightsException("its pickle appends to something other than a list");
    }
  }

  private static Global global(String name) {
    if (!FUNCTIONS.contains(name) && !STORAGE.matcher(name).matches()) {
      throw new InvalidWeightsException("its pickle wants to use " + name
          + ", which is not needed for tensors: it might run code, and is not read");
    }
    return new Global(name);
  }

  private static String textOf(Value value) {
    if (value instanceof Text text) {
      return text.value;
    }
    throw new InvalidWeightsException("its pickle has no text where one should be");
  }

  private static long numberOf(Value value) {
    if (value instanceof Number number) {
      return number.value;
    }
    throw new InvalidWeightsException("its pickle has no number where one should be");
  }

  private static List<Value> itemsOf(Value value, int least) {
    if (value instanceof Tuple tuple && tuple.items.size() >= least) {
      return tuple.items;
    }
    throw new InvalidWeightsException("its pickle has no tuple of " + least + " values where one should be");
  }

  /** {@code ("storage", class, key, device, elements)}. */
  private static Storage storage(Value id) {
    List<Value> parts = itemsOf(id, 5);
    var type = parts.get(1) instanceof Global global ? STORAGE.matcher(global.name) : null;
    if (type == null || !type.matches() || !textOf(parts.get(0)).equals("storage")) {
      throw new InvalidWeightsException("its pickle refers to something other than the numbers of a tensor");
    }
    return new Storage(type.group(1), textOf(parts.get(2)), numberOf(parts.get(4)));
  }

  private static Value call(Value function, Value arguments) {
    String name = function instanceof Global global ? global.name : "";
    return switch (name) {
      case TENSOR -> tensor(itemsOf(arguments, 4));
      case PARAMETER -> {
        if (itemsOf(arguments, 1).getFirst() instanceof Tensor tensor) {
          yield tensor;
        }
        throw new InvalidWeightsException("its pickle makes a parameter of something other than a tensor");
      }
      case ORDERED_DICT -> {
        if (itemsOf(arguments, 0).isEmpty()) {
          yield new Dictionary();
        }
        throw new InvalidWeightsException("its pickle makes an OrderedDict in an unknown way");
      }
      default -> throw new InvalidWeightsException("its pickle calls " + (name.isEmpty() ? "a value" : name));
    };
  }

  /** {@code (storage, offset, size, stride, …)}. */
  private static Tensor tensor(List<Value> arguments) {
    if (!(arguments.getFirst() instanceof Storage storage)) {
      throw new InvalidWeightsException("its pickle makes a tensor of something other than stored numbers");
    }
    return new Tensor(storage, numberOf(arguments.get(1)), numbersOf(arguments.get(2)), numbersOf(arguments.get(3)));
  }

  private static long[] numbersOf(Value value) {
    return itemsOf(value, 0).stream().mapToLong(Pickle::numberOf).toArray();
  }
}
