package crema.family.linear;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.base.json.ArrayNode;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.data.Row;
import crema.data.TextColumn;
import crema.linear.SparseMatrix;
import crema.linear.TfIdf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a linear model knows of a text: its terms, in one space or several beside each other, and after them the vectors
 * of pretrained encoders.
 *
 * <p>In a model directory: {@code terms.json} where there is one space of terms, of all columns joined, with vectors of
 * length 1. Otherwise {@code spaces.json} names the columns and the spaces, and each space has its terms in
 * {@code terms/}. One encoder is described by {@code encoder.json}; of several, {@code encoders/1} and so on are like the
 * directory of a model with one.
 */
public final class FeatureSpaces implements AutoCloseable {
  static final String TERMS = "terms.json";
  static final String DESCRIPTION = "spaces.json";
  static final String FOLDER = "terms";
  static final String ENCODERS = "encoders";

  private static final int VERSION = 1;

  /** The names of what there may be of it in a model directory. */
  public static final List<String> FILES =
      List.of(TERMS, DESCRIPTION, FOLDER, FrozenEncoder.DESCRIPTION, FrozenEncoder.FOLDER, ENCODERS);

  private final TextViews views;
  private final List<TermSpace> terms;
  private final List<FrozenEncoder> encoders;

  /**
   * Spaces beside each other.
   *
   * @param views the texts that spaces read
   * @param terms the spaces of terms, in the order of their features
   * @param encoders make the vectors, in the order of their features
   */
  FeatureSpaces(TextViews views, List<TermSpace> terms, List<FrozenEncoder> encoders) {
    this.views = views;
    this.terms = List.copyOf(terms);
    this.encoders = List.copyOf(encoders);
  }

  /** The texts that spaces read. */
  TextViews views() {
    return views;
  }

  /** The spaces of terms, in the order of their features. */
  List<TermSpace> terms() {
    return terms;
  }

  /** Make the vectors, in the order of their features. */
  List<FrozenEncoder> encoders() {
    return encoders;
  }

  /** Whether an encoder makes some of the features. */
  public boolean hasEncoder() {
    return !encoders.isEmpty();
  }

  /** The names of the text columns that are told apart in a text; none where a text is all that there is to read. */
  public List<String> columns() {
    return TextColumn.names(views.columns());
  }

  /** The text of a row as the spaces read it. */
  public String text(Row row) {
    return views.text(row);
  }

  /** How many additions and multiplications the encoders take for a text, about. */
  public double operations(String text) {
    return encoders.stream().mapToDouble(encoder -> encoder.operations(text)).sum();
  }

  /** The number of features of a text. */
  public int size() {
    int size = width();
    for (TermSpace space : terms) {
      size = Math.addExact(size, space.terms().vocabulary().size());
    }
    return size;
  }

  /** The number of features that are terms, which come first. */
  public int termCount() {
    return size() - width();
  }

  /** The number of features that are vectors. */
  private int width() {
    return encoders.stream().mapToInt(FrozenEncoder::size).sum();
  }

  /** The features of texts: {@code [texts, size]}. */
  public SparseMatrix of(List<String> texts) {
    return of(texts, 1);
  }

  /**
   * The same, of many texts: terms are found by several threads.
   *
   * @param threads at least 1; the features do not depend on it
   */
  public SparseMatrix of(List<String> texts, int threads) {
    SparseMatrix sparse = sparse(texts, threads);
    if (encoders.isEmpty()) {
      return sparse;
    }
    int width = width();
    var block = new float[Math.multiplyExact(texts.size(), width)];
    int first = 0;
    for (FrozenEncoder encoder : encoders) {
      encoder.write(views, texts, block, width, first);
      first += encoder.size();
    }
    return sparse.withDense(width, block);
  }

  private SparseMatrix sparse(List<String> texts, int threads) {
    if (terms.isEmpty()) {
      return new SparseMatrix(0, new int[texts.size() + 1], new int[0], new float[0]);
    }
    var parts = new ArrayList<SparseMatrix>();
    var weights = new float[terms.size()];
    for (TermSpace space : terms) {
      weights[parts.size()] = space.weight();
      parts.add(space.terms().transform(views.of(texts, space.column()), threads));
    }
    return isPlain() ? parts.getFirst() : SparseMatrix.beside(parts, weights);
  }

  /** Whether the terms are those of the joined text, without more ado. */
  private boolean isPlain() {
    return views.columns().isEmpty() && terms.size() == 1 && terms.getFirst().weight() == 1;
  }

  /**
   * Writes all that there is.
   *
   * @param references where the encoders are found again; none to carry them along
   */
  void save(ModelDirectory directory, List<String> references) throws IOException {
    for (int i = 0; i < encoders.size(); i++) {
      ModelDirectory own = encoders.size() == 1 ? directory : directory.folder(ENCODERS).folder(String.valueOf(i + 1));
      Files.createDirectories(own.path());
      encoders.get(i).save(own, references.isEmpty() ? null : references.get(i));
    }
    if (isPlain()) {
      terms.getFirst().terms().save(directory.file(TERMS));
    } else if (!terms.isEmpty() || !views.columns().isEmpty()) {
      saveSpaces(directory);
    }
  }

  private void saveSpaces(ModelDirectory directory) throws IOException {
    var json = new ObjectNode().put("spaces_version", VERSION);
    ArrayNode columns = json.putArray("columns");
    views.columns().forEach(column -> columns.add(
        new ObjectNode().put("name", column.name()).put("weight", column.weight()).put("prefix", column.prefix())));
    ArrayNode spaces = json.putArray("terms");
    Files.createDirectories(directory.file(FOLDER));
    for (int i = 0; i < terms.size(); i++) {
      TermSpace space = terms.get(i);
      spaces.add(new ObjectNode().put("analyzer", space.terms().config().analyzer().key())
          .put("column", space.column().orElse(null)).put("weight", space.weight()).put("file", file(i)));
      space.terms().save(directory.file(FOLDER).resolve(file(i)));
    }
    AtomicFile.writeText(directory.file(DESCRIPTION), Json.write(json) + "\n");
  }

  private static String file(int space) {
    return space + 1 + ".json";
  }

  /**
   * Opens what {@link #save} wrote.
   *
   * @throws UserError when a file is missing or damaged, or the encoder is not the one that was trained with
   */
  public static FeatureSpaces load(ModelSource source, ComputeOptions compute) throws IOException {
    List<ModelSource> described = encoders(source);
    FeatureSpaces terms = source.holds(DESCRIPTION) ? loadSpaces(source)
        : new FeatureSpaces(TextViews.WHOLE, !described.isEmpty() && !source.holds(TERMS) ? List.of()
            : List.of(new TermSpace(Optional.empty(), TfIdf.load(source.bytes(TERMS)), 1)), List.of());
    var encoders = new ArrayList<FrozenEncoder>();
    try {
      for (ModelSource each : described) {
        encoders.add(FrozenEncoder.load(each, compute));
        if (!encoders.getLast().spaces().stream().allMatch(space -> terms.views.has(space.column()))) {
          throw new UserError(
              each.name() + ": " + FrozenEncoder.DESCRIPTION + " is damaged: its encoder reads a column "
                  + "that the model does not have");
        }
      }
    } catch (IOException | RuntimeException e) {
      closeAll(encoders);
      throw e;
    }
    return new FeatureSpaces(terms.views, terms.terms, encoders);
  }

  /** The folders in which encoders are described. */
  private static List<ModelSource> encoders(ModelSource source) {
    if (source.holds(FrozenEncoder.DESCRIPTION)) {
      return List.of(source);
    }
    var described = new ArrayList<ModelSource>();
    if (source.holds(ENCODERS)) {
      ModelSource all = source.folder(ENCODERS);
      while (all.holds(String.valueOf(described.size() + 1))) {
        described.add(all.folder(String.valueOf(described.size() + 1)));
      }
    }
    return described;
  }

  /** How many encoders a model has. */
  public static int encoderCount(ModelSource source) {
    return encoders(source).size();
  }

  private static FeatureSpaces loadSpaces(ModelSource source) throws IOException {
    try (InputStream in = source.bytes(DESCRIPTION).open()) {
      JsonNode json = Json.parse(in);
      if (json.path("spaces_version").intValue() != VERSION) {
        throw new UserError(source.name() + ": " + DESCRIPTION + " is of another version; use a newer program");
      }
      var columns = new ArrayList<TextColumn>();
      json.path("columns").forEach(column -> columns.add(new TextColumn(column.path("name").stringValue(),
          column.path("weight").intValue(), column.path("prefix").stringValue())));
      var views = new TextViews(columns);
      var terms = new ArrayList<TermSpace>();
      for (JsonNode space : json.path("terms")) {
        Optional<String> column =
            Optional.of(space.path("column")).filter(JsonNode::isString).map(JsonNode::stringValue);
        String file = file(terms.size());
        if (!views.has(column) || !space.path("file").stringValue().equals(file)) {
          throw new JsonException("space " + (terms.size() + 1) + " is of no column, or of another file");
        }
        terms.add(new TermSpace(column, TfIdf.load(source.folder(FOLDER).bytes(file)),
            (float) space.path("weight").doubleValue()));
      }
      return new FeatureSpaces(views, terms, List.of());
    } catch (JsonException e) {
      throw new UserError(source.name() + ": " + DESCRIPTION + " is damaged: " + e.getMessage(), e);
    }
  }

  /** The names of the text columns that a model tells apart in a text; none where a text is all that there is to read. */
  public static List<String> columns(ModelSource source) throws IOException {
    if (!source.holds(DESCRIPTION)) {
      return List.of();
    }
    try (InputStream in = source.bytes(DESCRIPTION).open()) {
      var names = new ArrayList<String>();
      Json.parse(in).path("columns").forEach(column -> names.add(column.path("name").stringValue()));
      return names;
    } catch (JsonException e) {
      throw new UserError(source.name() + ": " + DESCRIPTION + " is damaged: " + e.getMessage(), e);
    }
  }

  /** The spaces of terms of a model, for people; empty if it has not several. */
  public static Optional<String> describe(ModelSource source) throws IOException {
    if (!source.holds(DESCRIPTION)) {
      return Optional.empty();
    }
    try (InputStream in = source.bytes(DESCRIPTION).open()) {
      var spaces = new ArrayList<String>();
      for (JsonNode space : Json.parse(in).path("terms")) {
        spaces.add(space.path("analyzer").stringValue() + ":" + space.path("column").asString(TermSpace.JOINED));
      }
      return Optional.of(String.join(", ", spaces));
    } catch (JsonException e) {
      throw new UserError(source.name() + ": " + DESCRIPTION + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Releases the encoders, the others too if one fails. */
  @Override
  public void close() {
    closeAll(encoders);
  }

  private static void closeAll(List<FrozenEncoder> encoders) {
    if (!encoders.isEmpty()) {
      try (FrozenEncoder _ = encoders.getFirst()) {
        closeAll(encoders.subList(1, encoders.size()));
      }
    }
  }
}
