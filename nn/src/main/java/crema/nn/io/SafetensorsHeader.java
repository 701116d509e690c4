package crema.nn.io;

import crema.nn.InvalidWeightsException;
import crema.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON at the start of a safetensors file, checked: nothing is said twice, every tensor's bytes are as many as its
 * type and shape need, and tensors fill the data without gaps or overlaps.
 *
 * @param tensors by name, in the header's order
 * @param metadata free texts by name
 */
record SafetensorsHeader(Map<String, Extent> tensors, Map<String, String> metadata) {
  /**
   * Where a tensor is.
   *
   * @param dtype the type of its elements
   * @param shape its extents
   * @param begin its first byte, counted from the end of the header
   * @param end the byte after its last
   */
  record Extent(StoredType dtype, Shape shape, long begin, long end) {}

  /** The key that holds texts rather than a tensor. */
  static final String METADATA = "__metadata__";

  /** What Hugging Face's library accepts at most. */
  static final int MAX_BYTES = 100_000_000;

  /** More dimensions than any model has. */
  private static final int MAX_RANK = 32;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Parses and checks a header.
   *
   * @param dataBytes how many bytes follow it
   * @throws InvalidWeightsException when it is malformed; the message does not name the file
   */
  static SafetensorsHeader parse(byte[] json, long dataBytes) {
    var tensors = new LinkedHashMap<String, Extent>();
    var metadata = new LinkedHashMap<String, String>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      expect(parser.nextToken(), JsonToken.START_OBJECT, "the header");
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        if (name.equals(METADATA)) {
          parseMetadata(parser, metadata);
        } else {
          tensors.put(name, parseTensor(parser, name));
        }
      }
      if (parser.nextToken() != null) {
        throw new InvalidWeightsException("there is text after the header's last brace");
      }
    } catch (JacksonException e) {
      throw new InvalidWeightsException("the header is not valid JSON: " + e.getOriginalMessage(), e);
    }
    checkCoverage(tensors, dataBytes);
    return new SafetensorsHeader(tensors, metadata);
  }

  private static void parseMetadata(JsonParser parser, Map<String, String> metadata) {
    expect(parser.nextToken(), JsonToken.START_OBJECT, METADATA);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      expect(parser.nextToken(), JsonToken.VALUE_STRING, METADATA + "." + key);
      metadata.put(key, parser.getString());
    }
  }

  private static Extent parseTensor(JsonParser parser, String name) {
    StoredType dtype = null;
    Shape shape = null;
    long[] offsets = null;
    expect(parser.nextToken(), JsonToken.START_OBJECT, name);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = parser.currentName();
      switch (field) {
        case "dtype" -> dtype = parseType(parser, name);
        case "shape" -> shape = parseShape(parser, name);
        case "data_offsets" -> offsets = parseNumbers(parser, name, 2);
        default -> throw new InvalidWeightsException("tensor " + name + " has an unknown field '" + field + "'");
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw new InvalidWeightsException("tensor " + name + " needs a dtype, a shape and two data_offsets");
    }
    long length = offsets[1] - offsets[0];
    if (offsets[0] < 0 || length < 0 || length % dtype.bytes() != 0 || length / dtype.bytes() != shape.elements()) {
      throw new InvalidWeightsException("tensor " + name + " has data_offsets [" + offsets[0] + ", " + offsets[1]
          + "], which do not fit " + dtype + " " + shape);
    }
    return new Extent(dtype, shape, offsets[0], offsets[1]);
  }

  private static StoredType parseType(JsonParser parser, String name) {
    expect(parser.nextToken(), JsonToken.VALUE_STRING, name + ".dtype");
    String text = parser.getString();
    for (StoredType type : StoredType.values()) {
      if (type.name().equals(text)) {
        return type;
      }
    }
    throw new InvalidWeightsException("tensor " + name + " has the dtype '" + text + "', which is not supported");
  }

  private static Shape parseShape(JsonParser parser, String name) {
    try {
      return Shape.of(parseNumbers(parser, name, MAX_RANK));
    } catch (IllegalArgumentException e) {
      throw new InvalidWeightsException("tensor " + name + ": " + e.getMessage(), e);
    }
  }

  private static long[] parseNumbers(JsonParser parser, String name, int most) {
    expect(parser.nextToken(), JsonToken.START_ARRAY, name);
    var numbers = new long[most];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, name);
      if (count == most) {
        throw new InvalidWeightsException("tensor " + name + " has a list of more than " + most + " numbers");
      }
      numbers[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private static void expect(@Nullable JsonToken token, JsonToken wanted, String where) {
    if (token != wanted) {
      throw new InvalidWeightsException(where + " holds " + token + " where " + wanted + " should be");
    }
  }

  private static void checkCoverage(Map<String, Extent> tensors, long dataBytes) {
    List<Map.Entry<String, Extent>> byOffset = new ArrayList<>(tensors.entrySet());
    byOffset.sort(Comparator.comparingLong((Map.Entry<String, Extent> entry) -> entry.getValue().begin())
        .thenComparingLong(entry -> entry.getValue().end()));
    long covered = 0;
    for (Map.Entry<String, Extent> entry : byOffset) {
      if (entry.getValue().begin() != covered) {
        throw new InvalidWeightsException("tensor " + entry.getKey() + " starts at byte " + entry.getValue().begin()
            + " of the data, where byte " + covered + " is next");
      }
      covered = entry.getValue().end();
    }
    if (covered != dataBytes) {
      throw new InvalidWeightsException("the tensors need " + covered + " bytes, but " + dataBytes
          + " bytes follow the header");
    }
  }
}
