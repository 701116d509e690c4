package crema.linear;

import crema.base.AtomicFile;
import crema.base.ByteSource;
import crema.base.IntList;
import crema.base.Keyed;
import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * The file of a {@link TfIdf}: one JSON object with the parameters under scikit-learn's names (bounds of document
 * frequency are whole numbers for counts and have a decimal point for shares), the number of documents, and the
 * vocabulary with each term's document frequency. It is untrusted: everything is checked as it is read, and no more is
 * allocated than was read.
 */
final class TfIdfFile {
  /** Earlier programs know words alone, and write this version. */
  private static final int WORDS_VERSION = 1;
  private static final int VERSION = 2;
  private static final String ANALYZER_KEY = "analyzer";
  private static final String VERSION_KEY = "tfidf_version";

  private static final JsonFactory JSON = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
      .build();

  private Analyzer analyzer = Analyzer.WORD;
  private final Map<String, Number> numbers = new HashMap<>();
  private final Map<String, Boolean> flags = new HashMap<>();
  private @Nullable List<String> vocabulary;
  private int @Nullable [] frequencies;

  private TfIdfFile() {}

  static void write(Path file, TfIdf tfIdf) throws IOException {
    AtomicFile.write(file, channel -> write(channel, tfIdf));
  }

  private static void write(FileChannel channel, TfIdf tfIdf) throws IOException {
    TfIdfConfig config = tfIdf.config();
    var bytes = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      boolean hasWords = config.analyzer() == Analyzer.WORD;
      json.writeNumberProperty(VERSION_KEY, hasWords ? WORDS_VERSION : VERSION);
      if (!hasWords) {
        json.writeStringProperty(ANALYZER_KEY, config.analyzer().key());
      }
      json.writeNumberProperty("min_ngram", config.minNgram());
      json.writeNumberProperty("max_ngram", config.maxNgram());
      writeBound(json, "min_df", config.minDocuments());
      writeBound(json, "max_df", config.maxDocuments());
      json.writeNumberProperty("max_features", config.maxFeatures());
      json.writeBooleanProperty("lowercase", config.lowercase());
      json.writeBooleanProperty("sublinear_tf", config.sublinearTf());
      json.writeBooleanProperty("smooth_idf", config.smoothIdf());
      json.writeNumberProperty("documents", tfIdf.documents());
      json.writeArrayPropertyStart("vocabulary");
      tfIdf.vocabulary().forEach(json::writeString);
      json.writeEndArray();
      json.writeArrayPropertyStart("document_frequencies");
      for (int column = 0; column < tfIdf.vocabulary().size(); column++) {
        json.writeNumber(tfIdf.documentFrequency(column));
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
    bytes.flush();
  }

  private static void writeBound(JsonGenerator json, String key, DocumentFrequency bound) {
    switch (bound) {
      case DocumentFrequency.Count(int documents) -> json.writeNumberProperty(key, documents);
      case DocumentFrequency.Share(double share) -> json.writeNumberProperty(key, share);
    }
  }

  static TfIdf read(ByteSource file) throws IOException {
    try (var bytes = file.open();
        JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      var content = new TfIdfFile();
      content.parse(parser);
      return content.toTfIdf();
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      throw invalid(file, e.getOriginalMessage(), e);
    } catch (IllegalArgumentException | UserError e) {
      throw invalid(file, e.getMessage(), e);
    }
  }

  private static InvalidWeightsException invalid(ByteSource file, @Nullable String what, Exception cause) {
    return new InvalidWeightsException(file + " is not a valid TF-IDF file: " + what, cause);
  }

  private void parse(JsonParser parser) {
    expect(parser.nextToken(), JsonToken.START_OBJECT, "the file");
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (key) {
        case ANALYZER_KEY -> {
          expect(token, JsonToken.VALUE_STRING, ANALYZER_KEY);
          analyzer = Keyed.find(Analyzer.class, parser.getString(), ANALYZER_KEY);
        }
        case "vocabulary" -> vocabulary = parseVocabulary(parser);
        case "document_frequencies" -> frequencies = parseFrequencies(parser);
        default -> {
          switch (token) {
            case VALUE_NUMBER_INT -> numbers.put(key, parser.getIntValue());
            case VALUE_NUMBER_FLOAT -> numbers.put(key, parser.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE -> flags.put(key, parser.getBooleanValue());
            default -> throw new InvalidWeightsException(key + " holds " + token);
          }
          if (key.equals(VERSION_KEY) && number(key).intValue() > VERSION) {
            throw new InvalidWeightsException("it has version " + number(key) + ", and this program knows versions up "
                + "to " + VERSION + "; use a newer program");
          }
        }
      }
    }
    if (parser.nextToken() != null) {
      throw new InvalidWeightsException("there is text after the last brace");
    }
  }

  private static List<String> parseVocabulary(JsonParser parser) {
    expect(parser.currentToken(), JsonToken.START_ARRAY, "vocabulary");
    var terms = new ArrayList<String>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser.currentToken(), JsonToken.VALUE_STRING, "vocabulary");
      String term = parser.getString();
      if (!terms.isEmpty() && TfIdf.CODE_POINT_ORDER.compare(terms.getLast(), term) >= 0) {
        throw new InvalidWeightsException("the vocabulary is not sorted at term " + terms.size());
      }
      terms.add(term);
    }
    return terms;
  }

  private static int[] parseFrequencies(JsonParser parser) {
    expect(parser.currentToken(), JsonToken.START_ARRAY, "document_frequencies");
    var found = new IntList();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, "document_frequencies");
      found.add(parser.getIntValue());
    }
    return found.toArray();
  }

  private static void expect(@Nullable JsonToken token, JsonToken wanted, String where) {
    if (token != wanted) {
      throw new InvalidWeightsException(where + " holds " + token + " where " + wanted + " should be");
    }
  }

  private TfIdf toTfIdf() {
    number(VERSION_KEY);
    var config = new TfIdfConfig(analyzer, integer("min_ngram"), integer("max_ngram"), bound("min_df"),
        bound("max_df"), integer("max_features"), flag("lowercase"), flag("sublinear_tf"), flag("smooth_idf"));
    int documents = integer("documents");
    if (vocabulary == null || frequencies == null || vocabulary.size() != frequencies.length) {
      throw new InvalidWeightsException("it needs a vocabulary and as many document_frequencies");
    }
    for (int frequency : frequencies) {
      if (frequency < 1 || frequency > documents) {
        throw new InvalidWeightsException("a document frequency of " + frequency + " among " + documents
            + " documents");
      }
    }
    return new TfIdf(config, documents, vocabulary, frequencies);
  }

  private DocumentFrequency bound(String key) {
    Number value = number(key);
    return value instanceof Integer count
        ? new DocumentFrequency.Count(count)
        : new DocumentFrequency.Share(value.doubleValue());
  }

  private int integer(String key) {
    if (number(key) instanceof Integer value) {
      return value;
    }
    throw new InvalidWeightsException(key + " is " + number(key) + ", not a whole number");
  }

  private Number number(String key) {
    Number value = numbers.get(key);
    if (value == null) {
      throw new InvalidWeightsException("it lacks the number " + key);
    }
    return value;
  }

  private boolean flag(String key) {
    Boolean value = flags.get(key);
    if (value == null) {
      throw new InvalidWeightsException("it lacks " + key + ", which is true or false");
    }
    return value;
  }
}
