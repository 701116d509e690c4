package crema.family.neighbours;

import crema.base.ByteSource;
import crema.base.json.ArrayNode;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.embed.Vectors;
import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.nn.io.StoredWeights;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a model's vectors, which are untrusted. {@code items.safetensors} has the training texts, and
 * {@code index.safetensors} an index of them where there are many; they stay as they are. {@code categories.safetensors} has the categories, and the items of those that were added since: a category is
 * added by replacing that one file.
 */
final class NeighbourFiles {
  static final String ITEMS = "items.safetensors";
  static final String INDEX = "index.safetensors";
  static final String CATEGORIES = "categories.safetensors";
  static final String TERMS = "category-terms.safetensors";

  private static final String VERSION_KEY = "neighbours_version";
  private static final String VERSION = "1";
  private static final String NAMES_KEY = "names";
  private static final String TRAINED_KEY = "trained";
  private static final String VECTORS = "vectors";
  private static final String STARTS = "label_starts";
  private static final String LABELS = "labels";
  private static final String NAME_VECTORS = "name_vectors";
  private static final String MEANS = "means";
  private static final String COUNTS = "counts";
  private static final String ADDED = "added";
  private static final String TERM_STARTS = "term_starts";
  private static final String TERM_NUMBERS = "terms";
  private static final String TERM_SUMS = "term_sums";

  private NeighbourFiles() {}

  /**
   * What is known of categories.
   *
   * @param categories all of them
   * @param added the items of categories that were added after the training
   * @param addedTerms what these items have of each term, of the categories after those of the training
   * @param trained how many of the categories were in the training; those that were added come after them
   */
  record Known(Categories categories, Items added, TermSums addedTerms, int trained) {}

  /** Writes the training texts. */
  static void write(ModelDirectory directory, Items items) throws IOException {
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      var tensors = new LinkedHashMap<String, Tensor>();
      put(tensors, VECTORS, items, scope);
      SafetensorsWriter.write(directory.file(ITEMS), tensors, Map.of(VERSION_KEY, VERSION));
    }
  }

  private static void put(Map<String, Tensor> tensors, String name, Items items, Scope scope) {
    tensors.put(name, floats(items.vectors(), scope));
    tensors.put(STARTS, scope.ints(items.labels().starts(), items.labels().starts().length));
    tensors.put(LABELS, scope.ints(items.labels().categories(), items.labels().categories().length));
  }

  private static Tensor floats(Vectors vectors, Scope scope) {
    var rows = new int[vectors.count()];
    Arrays.setAll(rows, row -> row);
    return scope.floats(vectors.rows(rows), vectors.count(), vectors.size());
  }

  /** Writes what the texts of the categories of the training have of each term. */
  static void write(ModelDirectory directory, TermSums terms) throws IOException {
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      var tensors = new LinkedHashMap<String, Tensor>();
      put(tensors, terms, scope);
      SafetensorsWriter.write(directory.file(TERMS), tensors, Map.of(VERSION_KEY, VERSION));
    }
  }

  private static void put(Map<String, Tensor> tensors, TermSums terms, Scope scope) {
    tensors.put(TERM_STARTS, scope.ints(terms.starts(), terms.starts().length));
    // Where no text has a known term, there is nothing more.
    if (terms.terms().length > 0) {
      tensors.put(TERM_NUMBERS, scope.ints(terms.terms(), terms.terms().length));
      tensors.put(TERM_SUMS, scope.floats(terms.sums(), terms.sums().length));
    }
  }

  /**
   * Reads what {@link #write(ModelDirectory, TermSums)} wrote.
   *
   * @throws InvalidWeightsException when the file is malformed; the message names it
   */
  static TermSums readTerms(ModelSource model) throws IOException {
    ByteSource file = model.bytes(TERMS);
    try (var reader = SafetensorsReader.open(file); var backend = Backend.open(Device.REFERENCE)) {
      requireVersion(reader);
      return terms(reader, backend);
    } catch (InvalidWeightsException e) {
      throw named(file, e);
    }
  }

  private static TermSums terms(StoredWeights reader, Backend backend) {
    int[] starts = ints(reader, TERM_STARTS, backend);
    if (!reader.shapes().containsKey(TERM_NUMBERS)) {
      return TermSums.none(starts.length - 1);
    }
    var sums = new float[Math.toIntExact(shape(reader, TERM_SUMS, 1).elements())];
    reader.read(TERM_SUMS, sums);
    return new TermSums(starts, ints(reader, TERM_NUMBERS, backend), sums);
  }

  /** Writes the categories, atomically. */
  static void write(ModelDirectory directory, Known known) throws IOException {
    var names = new ArrayNode();
    known.categories.names().forEach(names::add);
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      var tensors = new LinkedHashMap<String, Tensor>();
      tensors.put(NAME_VECTORS, floats(known.categories.ofNames(), scope));
      tensors.put(MEANS, floats(known.categories.means(), scope));
      tensors.put(COUNTS, scope.ints(known.categories.counts(), known.categories.count()));
      if (known.added.count() > 0) {
        put(tensors, ADDED, known.added, scope);
      }
      if (known.addedTerms.categories() > 0) {
        put(tensors, known.addedTerms, scope);
      }
      SafetensorsWriter.write(directory.file(CATEGORIES), tensors,
          Map.of(VERSION_KEY, VERSION, NAMES_KEY, Json.write(names), TRAINED_KEY, Integer.toString(known.trained)));
    }
  }

  /**
   * Reads the categories.
   *
   * @throws InvalidWeightsException when the file is malformed; the message names it
   */
  static Known readCategories(ModelSource model) throws IOException {
    ByteSource file = model.bytes(CATEGORIES);
    try (var reader = SafetensorsReader.open(file); var backend = Backend.open(Device.REFERENCE)) {
      requireVersion(reader);
      List<String> names = names(reader.metadata().getOrDefault(NAMES_KEY, ""));
      Vectors ofNames = vectors(reader, NAME_VECTORS, backend);
      Vectors means = vectors(reader, MEANS, backend);
      int[] counts = ints(reader, COUNTS, backend);
      if (ofNames.count() != names.size() || means.count() != names.size() || ofNames.size() != means.size()
          || counts.length != names.size() || Arrays.stream(counts).anyMatch(count -> count < 0)) {
        throw new InvalidWeightsException("its vectors and counts are not of its " + names.size() + " names");
      }
      Items added = reader.shapes().containsKey(ADDED) ? items(reader, ADDED, backend, names.size())
          : Items.none(means.size());
      if (added.vectors().size() != means.size()) {
        throw new InvalidWeightsException("its items have vectors of another size than its categories");
      }
      int trained = trained(reader.metadata().getOrDefault(TRAINED_KEY, ""), names.size());
      TermSums terms = reader.shapes().containsKey(TERM_STARTS) ? terms(reader, backend)
          : TermSums.none(names.size() - trained);
      if (terms.categories() != names.size() - trained || !terms.isValid(Integer.MAX_VALUE)) {
        throw new InvalidWeightsException("its terms are not those of its added categories");
      }
      return new Known(new Categories(names, ofNames, means, counts), added, terms, trained);
    } catch (InvalidWeightsException e) {
      throw named(file, e);
    }
  }

  /**
   * Reads the training texts.
   *
   * @param known the categories of the same model
   * @throws InvalidWeightsException when the file is malformed or of another model; the message names it
   */
  static Items readItems(ModelSource model, Categories known) throws IOException {
    ByteSource file = model.bytes(ITEMS);
    try (var reader = SafetensorsReader.open(file); var backend = Backend.open(Device.REFERENCE)) {
      requireVersion(reader);
      Items items = items(reader, VECTORS, backend, known.count());
      if (items.vectors().size() != known.means().size()) {
        throw new InvalidWeightsException("it has vectors of " + items.vectors().size() + " features, and "
            + CATEGORIES + " of " + known.means().size() + ": the files are of different models");
      }
      return items;
    } catch (InvalidWeightsException e) {
      throw named(file, e);
    }
  }

  private static InvalidWeightsException named(ByteSource file, InvalidWeightsException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith(file.name()) ? e : new InvalidWeightsException(file + " is damaged: " + message, e);
  }

  private static void requireVersion(StoredWeights reader) {
    if (!VERSION.equals(reader.metadata().get(VERSION_KEY))) {
      throw new InvalidWeightsException("it is of another version; use a newer program");
    }
  }

  private static List<String> names(String json) {
    var names = new ArrayList<String>();
    try {
      for (JsonNode name : Json.parse(json)) {
        names.add(name.stringValue());
      }
    } catch (JsonException e) {
      throw new InvalidWeightsException("its names are no list: " + e.getMessage(), e);
    }
    if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
      throw new InvalidWeightsException("it has no names, or one twice");
    }
    return names;
  }

  private static int trained(String text, int categories) {
    try {
      int trained = Integer.parseInt(text);
      if (trained >= 0 && trained <= categories) {
        return trained;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new InvalidWeightsException("it does not say how many of its categories were trained");
  }

  private static Items items(StoredWeights reader, String name, Backend backend, int categories) {
    Vectors vectors = vectors(reader, name, backend);
    var labels = new ItemLabels(ints(reader, STARTS, backend), ints(reader, LABELS, backend));
    if (!labels.isValid(categories) || labels.items() != vectors.count()) {
      throw new InvalidWeightsException("its labels are not those of " + vectors.count() + " texts of " + categories
          + " categories");
    }
    return new Items(vectors, labels);
  }

  private static Vectors vectors(StoredWeights reader, String name, Backend backend) {
    Shape shape = shape(reader, name, 2);
    try (var scope = new Scope(backend)) {
      Tensor tensor = scope.empty(DType.F32, shape);
      reader.read(name, tensor);
      float[] values = tensor.toFloats();
      for (float value : values) {
        if (!Float.isFinite(value)) {
          throw new InvalidWeightsException("its " + name + " have a number that is not finite");
        }
      }
      return new Vectors((int) shape.extent(1), values);
    }
  }

  private static int[] ints(StoredWeights reader, String name, Backend backend) {
    Shape shape = shape(reader, name, 1);
    try (var scope = new Scope(backend)) {
      Tensor tensor = scope.empty(DType.I32, shape);
      reader.read(name, tensor);
      return tensor.toInts();
    }
  }

  private static Shape shape(StoredWeights reader, String name, int rank) {
    Shape shape = reader.shapes().get(name);
    if (shape == null || shape.rank() != rank || shape.elements() == 0 || shape.elements() > Integer.MAX_VALUE - 8) {
      throw new InvalidWeightsException("it needs a tensor " + name + " with " + rank + " dimensions");
    }
    return shape;
  }
}
