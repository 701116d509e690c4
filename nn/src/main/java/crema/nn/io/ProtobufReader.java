package crema.nn.io;

import crema.nn.InvalidWeightsException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of a protobuf message (https://protobuf.dev/programming-guides/encoding) in untrusted bytes. A field
 * that is a message is read by a reader of its own, so nesting is what the caller makes it.
 */
final class ProtobufReader {
  /** How many bytes a varint of 64 bits has at most. */
  private static final int MAX_VARINT = 10;

  /** How a field is encoded; the names are the format's. */
  private static final int VARINT = 0;
  private static final int I64 = 1;
  private static final int LEN = 2;
  private static final int I32 = 5;

  private final MemorySegment bytes;
  private long position;
  private int number;
  private int wireType;
  private long scalar;
  private MemorySegment content = MemorySegment.NULL;

  ProtobufReader(MemorySegment bytes) {
    this.bytes = bytes;
  }

  /** Moves to the next field; false at the end of the message. */
  boolean next() {
    if (position == bytes.byteSize()) {
      return false;
    }
    long tag = varint();
    number = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (tag >>> 3 == 0 || tag >>> 3 > Integer.MAX_VALUE) {
      throw new InvalidWeightsException("it has a field with the number " + (tag >>> 3));
    }
    switch (wireType) {
      case VARINT -> scalar = varint();
      case I64 -> {
        require(Long.BYTES);
        scalar = bytes.get(StoredType.LONG, position);
        position += Long.BYTES;
      }
      case LEN -> {
        long length = varint();
        require(length);
        content = bytes.asSlice(position, length);
        position += length;
      }
      case I32 -> {
        require(Integer.BYTES);
        scalar = bytes.get(StoredType.INT, position);
        position += Integer.BYTES;
      }
      default -> throw new InvalidWeightsException("it has a field of the wire type " + wireType);
    }
    return true;
  }

  private void require(long length) {
    if (length < 0 || length > bytes.byteSize() - position) {
      throw new InvalidWeightsException("it has a field of " + Long.toUnsignedString(length) + " bytes where "
          + (bytes.byteSize() - position) + " are left");
    }
  }

  private long varint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT; i++) {
      require(1);
      byte next = bytes.get(ValueLayout.JAVA_BYTE, position++);
      value |= (long) (next & 0x7f) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new InvalidWeightsException("it has a number of more than " + MAX_VARINT + " bytes");
  }

  /** The number of the field. */
  int field() {
    return number;
  }

  /** The field's number: a varint, or the bits of a fixed-width one. */
  long number() {
    if (wireType == LEN) {
      throw new InvalidWeightsException("field " + number + " should be a number");
    }
    return scalar;
  }

  /** The field's 32 bits as a float. */
  float floatValue() {
    return Float.intBitsToFloat((int) number());
  }

  /** The field's bytes, a view. */
  MemorySegment bytes() {
    if (wireType != LEN) {
      throw new InvalidWeightsException("field " + number + " should be a string or a message");
    }
    return content;
  }

  /** The field's bytes as a text of at most so many bytes. */
  String text(int most) {
    MemorySegment text = bytes();
    if (text.byteSize() > most) {
      throw new InvalidWeightsException("it has a name of " + text.byteSize() + " bytes");
    }
    return new String(text.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** The field as a message. */
  ProtobufReader message() {
    return new ProtobufReader(bytes());
  }

  /** Whether the field holds many numbers, one after the other, and not one. */
  boolean isPacked() {
    return wireType == LEN;
  }

  /** A reader of the field's packed varints, by {@link #nextVarint}. */
  ProtobufReader packed() {
    return new ProtobufReader(bytes());
  }

  /** Whether packed numbers are left. */
  boolean hasVarint() {
    return position < bytes.byteSize();
  }

  /** The next of packed varints. */
  long nextVarint() {
    return varint();
  }
}
