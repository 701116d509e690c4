package crema.family.linear;

import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.embed.CachedEmbedder;
import crema.linear.TfIdf;
import crema.run.DataSettings;
import crema.run.Findings;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes the spaces of features that settings ask for, from the training rows of a run: the terms of
 * {@link LinearSettings#TERMS}, and the vectors of the encoders of {@link FrozenSettings}, which it closes in the end.
 */
public final class FeatureFit implements AutoCloseable {
  private final Settings settings;
  private final RunContext context;
  private final TrainingListener listener;
  private final List<TermSpace.Wanted> terms;
  private final List<FrozenSettings.Wanted> encoders;
  private final List<Optional<String>> embedded;
  private final TextViews views;
  private final List<CachedEmbedder> embedders = new ArrayList<>();

  /**
   * Reads what is wanted.
   *
   * @param settings with those of terms and frozen encoders
   * @throws UserError when they name a column that is none of the text columns, or a space twice; then nothing is left
   *     of a run that has not begun
   */
  public static FeatureFit of(Settings settings, RunContext context) throws IOException {
    try {
      return new FeatureFit(settings, context);
    } catch (UserError e) {
      context.directory().discardUnlessBegun();
      throw e;
    }
  }

  private FeatureFit(Settings settings, RunContext context) {
    this.settings = settings;
    this.context = context;
    listener = context.listener();
    terms = FrozenSettings.usesTerms(settings) ? LinearSettings.spaces(settings) : List.of();
    encoders = FrozenSettings.encoders(settings);
    embedded = encoders.isEmpty() ? List.of() : FrozenSettings.columns(settings);
    views = TextViews.of(settings.get(DataSettings.TEXT),
        Stream.concat(terms.stream().map(TermSpace.Wanted::column), embedded.stream()));
  }

  /** The texts of rows as the spaces read them. */
  public List<String> texts(RowSource rows) {
    var texts = new ArrayList<String>();
    rows.forEach(ProblemListener.SILENT, row -> texts.add(views.text(row)));
    return texts;
  }

  /** The spaces, of the training rows of a run; the encoders among them are open until this is closed. */
  public FeatureSpaces fit(SplitRows rows) throws IOException {
    return fit(rows.train(), List.of(rows.validation(), rows.test()));
  }

  /**
   * The spaces of some rows; the encoders among them are open until this is closed.
   *
   * @param train the rows to learn from
   * @param others whose vectors are wanted soon
   */
  public FeatureSpaces fit(RowSource train, List<RowSource> others) throws IOException {
    List<String> texts = texts(train);
    List<List<String>> more = encoders.isEmpty() ? List.of() : others.stream().map(this::texts).toList();
    open();
    var frozen = new ArrayList<FrozenEncoder>();
    for (CachedEmbedder embedder : embedders) {
      frozen.add(new FrozenEncoder(embedder, encoders.get(frozen.size()).options(), vectors(embedder, texts, more)));
    }
    return new FeatureSpaces(views, terms(texts), frozen);
  }

  private void open() throws IOException {
    Path cache = settings.find(FrozenSettings.VECTOR_CACHE).map(Path::of).orElseGet(CachedEmbedder::defaultCache);
    while (embedders.size() < encoders.size()) {
      FrozenSettings.Wanted encoder = encoders.get(embedders.size());
      embedders.add(new CachedEmbedder(context.locate(encoder.model()), encoder.options(), context.compute(),
          Optional.of(cache)));
    }
  }

  /**
   * What is learned of the vectors of the texts that an encoder reads.
   *
   * @param texts of the training rows
   * @param others those of the validation and the test rows
   */
  private List<VectorSpace> vectors(CachedEmbedder embedder, List<String> texts, List<List<String>> others)
      throws IOException {
    listener.stage("Embedding texts");
    var spaces = new ArrayList<VectorSpace>();
    for (Optional<String> column : embedded) {
      List<String> read = views.of(texts, column);
      spaces.add(VectorSpace.fit(column, read, embedder.embed(read, listener::progress),
          settings.get(FrozenSettings.WEIGHT)));
      // Validation and test rows too, while there is a bar.
      for (List<String> more : others) {
        embedder.embed(views.of(more, column), listener::progress);
      }
    }
    if (embedder.cut() > 0) {
      listener.warning(String.format(Locale.ROOT,
          "%,d texts are longer than the encoder takes and were cut", embedder.cut()));
    }
    return spaces;
  }

  private List<TermSpace> terms(List<String> texts) {
    var spaces = new ArrayList<TermSpace>();
    for (TermSpace.Wanted each : terms) {
      listener.stage("Counting terms");
      TfIdf fit = TfIdf.fit(views.of(texts, each.column()), LinearSettings.terms(settings, each.analyzer()),
          context.compute().threads());
      spaces.add(new TermSpace(each.column(), fit, (float) each.weight()));
    }
    if (encoders.isEmpty()) {
      Findings.tell(Findings.unsharedTerms(spaces.stream().map(TermSpace::terms).toList()), context.directory(),
          listener);
    }
    return spaces;
  }

  /** Writes spaces to the directory of the model, with the encoders unless they are to be found where they were. */
  public void save(FeatureSpaces spaces, ModelDirectory directory) throws IOException {
    spaces.save(directory, settings.get(FrozenSettings.REFERENCE)
        ? settings.get(FrozenSettings.ENCODER).stream().map(FeatureFit::reference).toList() : List.of());
  }

  /** Where the encoder is found again, from wherever the model is used. */
  private static String reference(String encoder) {
    Path path = Path.of(encoder);
    return Files.exists(path) ? path.toAbsolutePath().normalize().toString() : encoder;
  }

  /** What texts are told apart by, for people; empty where it is their terms alone. */
  public Optional<String> describe() {
    return encoders.isEmpty() ? Optional.empty() : Optional.of((terms.isEmpty() ? "" : "terms and ") + "vectors of "
        + String.join(", ", settings.get(FrozenSettings.ENCODER)));
  }

  /** Ends the encoders. */
  @Override
  public void close() {
    embedders.forEach(CachedEmbedder::close);
    embedders.clear();
  }
}
