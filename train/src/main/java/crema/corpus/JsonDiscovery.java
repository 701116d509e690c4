package crema.corpus;

import crema.base.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Explores rows that are JSON: the values under each path of names, down to some depth.
 *
 * @param schema counts fields
 * @param tally counts rows
 */
record JsonDiscovery(Discovery.Options options, SchemaCounts schema, RowTally tally) {
  private static final int MOST_DEPTH = 6;
  private static final int MOST_ELEMENTS = 20;

  /** Reads an object a line. */
  void lines(InputStream in) throws IOException {
    long rows = 0;
    var form = new ObjectScanner(List.of());
    // Not closed, as it is the caller's.
    var blocks = new LineBlocks(in);
    var block = new LineBlocks.Block();
    while (blocks.next(block)) {
      for (int i = 0; i < block.longLines(); i++) {
        schema.addBad();
      }
      for (int from = 0; from < block.length();) {
        int to = ByteWords.lineFeed(block.bytes(), from, block.length());
        if (to > from + 1) {
          if (options.isEnough(rows++)) {
            return;
          }
          line(form, block.bytes(), from, to);
        }
        from = to + 1;
      }
    }
  }

  private void line(ObjectScanner form, byte[] bytes, int from, int to) {
    if (form.scan(bytes, from, to, () -> true) != null) {
      // Looked at first, as what is counted of a line that breaks off cannot be taken back.
      schema.addBad();
      return;
    }
    try (JsonParser parser = Json.parser(new ByteArrayInputStream(bytes, from, to - from))) {
      var row = new DiscoveredRow(options.label());
      parser.nextToken();
      value(parser, "", 0, row);
      schema.addRow();
      tally.add(row);
    } catch (JacksonException e) {
      schema.addBad();
    }
  }

  /** Reads an array of objects. */
  void array(InputStream in) {
    long rows = 0;
    try (JsonParser parser = Json.parser(in)) {
      parser.nextToken();
      while (parser.nextToken() != null && parser.currentToken() != JsonToken.END_ARRAY && !options.isEnough(rows++)) {
        var row = new DiscoveredRow(options.label());
        value(parser, "", 0, row);
        schema.addRow();
        tally.add(row);
      }
    } catch (JacksonException e) {
      schema.addBad();
    }
  }

  /** Counts the value at a parser's token, and leaves the parser at its last. */
  private void value(JsonParser parser, String path, int depth, DiscoveredRow row) {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        if (depth > 0) {
          schema.field(path).add(FieldCounts.Type.OBJECT);
        }
        if (depth == MOST_DEPTH) {
          parser.skipChildren();
          return;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          value(parser, path.isEmpty() ? name : path + "." + name, depth + 1, row);
        }
      }
      case START_ARRAY -> {
        schema.field(path).add(FieldCounts.Type.ARRAY);
        if (depth == MOST_DEPTH) {
          parser.skipChildren();
          return;
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
          if (i < MOST_ELEMENTS) {
            value(parser, path + "[]", depth + 1, row);
          } else {
            parser.skipChildren();
          }
        }
      }
      case VALUE_STRING -> row.add(schema, path, FieldCounts.Type.TEXT, parser.getString());
      case VALUE_NUMBER_INT -> row.add(schema, path, FieldCounts.Type.WHOLE_NUMBER, parser.getString());
      case VALUE_NUMBER_FLOAT -> row.add(schema, path, FieldCounts.Type.NUMBER, parser.getString());
      case VALUE_TRUE, VALUE_FALSE -> row.add(schema, path, FieldCounts.Type.BOOLEAN, parser.getString());
      case null, default -> schema.field(path).add(FieldCounts.Type.NULL, "");
    }
  }
}
