package crema.cli.fuzz;

import crema.base.ByteSource;
import crema.base.FileTree;
import crema.base.Keyed;
import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.cli.CommandRun;
import crema.corpus.BuildListener;
import crema.corpus.CorpusBuilder;
import crema.corpus.CorpusOptions;
import crema.corpus.Discovery;
import crema.data.Columns;
import crema.data.Corrections;
import crema.data.DataFile;
import crema.data.LabelFormat;
import crema.data.ProblemLog;
import crema.data.RowSource;
import crema.data.image.Picture;
import crema.data.image.PictureLimits;
import crema.data.image.PicturePreparation;
import crema.data.image.PictureReader;
import crema.data.image.PictureRejected;
import crema.embed.EmbedOptions;
import crema.embed.Embedder;
import crema.fasttext.FastText;
import crema.fasttext.Task;
import crema.fasttext.VectorFile;
import crema.langid.LanguageModel;
import crema.nn.io.StoredWeights;
import crema.nn.train.StopSignal;
import crema.run.LabelMapping;
import crema.run.StartSettings;
import crema.settings.Settings;
import crema.task.Target;
import crema.task.TargetFile;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tokenizer.PieceOrder;
import crema.tokenizer.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The formats that come from outside, each with what reads it: the catalog of what is fuzzed. The first reader of a file
 * and all that it asks of it afterwards is the target of a format; its corpus is in the folder of its {@link #key}.
 */
enum Format implements Keyed {
  /** Tables with fields between commas, semicolons or tabs, compressed or not. */
  CSV("csv", input -> Rows.read(input.file(), input.bytes())),
  /** Tables with fields between tabs. */
  TSV("tsv", input -> Rows.read(input.file(), input.bytes())),
  /** An object a line. */
  JSONL("jsonl", input -> Rows.read(input.file(), input.bytes())),
  /** An array of objects. */
  JSON_ARRAY("json", input -> Rows.read(input.file(), input.bytes())),
  /** Lines with labels among the words. */
  FASTTEXT_TEXT("txt", input -> Rows.read(input.file(), input.bytes())),
  /** Tables of columns. */
  PARQUET("parquet", input -> Rows.read(input.file(), input.bytes())),
  /** Workbooks, as files. */
  EXCEL("xlsx", input -> Rows.read(input.file(), input.bytes())),
  /** The parts of workbooks: damage to a file seldom leaves anything to unpack. */
  EXCEL_PARTS((_, folder) -> {
    Path file = ZipOf.folder(folder, "xlsx");
    Rows.read(file, Files.readAllBytes(file));
  }),
  /** Archives of files of rows. */
  ZIP("zip", Format::zip),
  /** The files of an archive of offers, from which a corpus is built. */
  OFFERS((_, folder) -> offers(ZipOf.folder(folder, "zip"))),
  /** Labels that were put right. */
  CORRECTIONS("csv", Format::corrections),
  /** What became of the labels of a model. */
  LABEL_MAP("csv", Format::labelMap),
  /** Settings of a run, or ranges to tune in. */
  CONFIG("yaml", Format::config),
  /** The tokenizers of Hugging Face. */
  TOKENIZER("json", input -> tokenize(Tokenizer.load(input.file()))),
  /** The vocabulary of BERT. */
  VOCABULARY("txt", input -> tokenize(Tokenizer.load(input.file()))),
  /** A model of SentencePiece. */
  SENTENCEPIECE("model", Format::sentencePiece),
  /** Weights in one file. */
  SAFETENSORS("safetensors", input -> weights(input.file())),
  /** Weights that PyTorch wrote. */
  PYTORCH("bin", input -> weights(input.file())),
  /** A model that was exported to ONNX. */
  ONNX("onnx", input -> weights(input.file())),
  /** Weights in several files, and the index of them; a checkpoint of TensorFlow. */
  WEIGHT_FOLDERS((_, folder) -> weights(indexIn(folder))),
  /** A model of fastText. */
  FASTTEXT_BIN("bin", Format::fastText),
  /** A quantized model of fastText. */
  FASTTEXT_FTZ("ftz", Format::fastText),
  /** Vectors of words as text. */
  FASTTEXT_VEC("vec", Format::vectors),
  /** A model that tells languages. */
  LANGUAGES("bin", Format::languages),
  /** Pictures, whatever their format. */
  PICTURE("img", Format::picture),
  /** A model in one file. */
  ARCHIVE("zip", input -> classify(
      Classifier.load(new ByteArrayInputStream(input.bytes()), ComputeOptions.threads(1)))),
  /** Every file of a model's folder, of every family. */
  MODEL(Format::model),
  /** Every file of a pretrained encoder's folder, and of an adapter. */
  PRETRAINED(Format::pretrained),
  /** Every file of a run that was interrupted. */
  CHECKPOINT((_, folder) -> resume(folder));

  private static final ComputeOptions ONE_THREAD = ComputeOptions.threads(1);
  /** Small, so that the memory of pixels stays in proportion to that of a file. */
  private static final PictureReader PICTURES =
      new PictureReader(new PictureLimits(1 << 20, 1 << 20, Duration.ofSeconds(1)));
  private static final int LENGTH_OF_VECTORS = 4;
  private static final List<String> TEXTS = List.of("apple 1 washing machine", "", "Ünï\u0000 漢字");

  private final String extension;
  private final Judge.Reader reader;
  private final Folders.@Nullable Reader folderReader;
  private @Nullable Folders folders;

  Format(String extension, Judge.Reader reader) {
    this.extension = extension;
    this.reader = reader;
    folderReader = null;
  }

  Format(Folders.Reader folderReader) {
    extension = "input";
    reader = input -> folders().read(input.bytes(), input.place(), folderReader);
    this.folderReader = folderReader;
  }

  /** The name of the folder of its corpus, and of its target. */
  @Override
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads an input. */
  Judge.Reader reader() {
    return reader;
  }

  /** Whether an input is a file of a folder, and begins with its name. */
  boolean isFolder() {
    return folderReader != null;
  }

  /** What a target is given, under a name with the extension of the format. */
  Input input(byte[] bytes, Path scratch) {
    return new Input(bytes, scratch.resolve(isFolder() ? key() : key() + "." + extension));
  }

  /** The inputs of the corpus by their names: sound ones, then those that were found. */
  Map<String, byte[]> corpus() {
    var corpus = new LinkedHashMap<String, byte[]>();
    if (isFolder()) {
      corpus.putAll(folders().seeds());
    } else {
      Corpus.files(Corpus.folder(key())).forEach((name, bytes) -> {
        if (!isFound(name)) {
          corpus.put(name, bytes);
        }
      });
    }
    Corpus.files(Corpus.folder(key()).resolve(Corpus.FOUND))
        .forEach((name, bytes) -> corpus.put(Corpus.FOUND + "/" + name, bytes));
    return corpus;
  }

  /** Whether an input of the corpus broke a promise once, and need not be sound. */
  static boolean isFound(String name) {
    return name.startsWith(Corpus.FOUND + "/");
  }

  private synchronized Folders folders() {
    if (folders == null) {
      folders = new Folders(Corpus.folder(key()));
    }
    return folders;
  }

  private static void corrections(Input input) throws IOException {
    Path file = input.file();
    int variant = Math.floorMod(Arrays.hashCode(input.bytes()), 3);
    Columns columns = Columns.text("title").withLabels(
        List.of(LabelFormat.SINGLE, LabelFormat.many(","), LabelFormat.path(">")).get(variant), "label");
    var corrections = new Corrections();
    corrections.read(file, columns, fields -> String.join(" ", fields), new ProblemLog());
    RowSource none = RowSource.of(List.of());
    corrections.outcome(none).describe();
    corrections.applied(none).fingerprint();
  }

  private static Target target() throws IOException {
    Path model = Corpus.folder(MODEL.key()).resolve("linear");
    return TargetFile.read(ByteSource.of(model.resolve("target.json")), ByteSource.of(model.resolve("labels.json")));
  }

  private static void labelMap(Input input) throws IOException {
    Target target = target();
    LabelMapping.of(ModelFamily.named("linear").settings()
        .with(StartSettings.FROM.name(), Corpus.folder(MODEL.key()).resolve("linear").toString())
        .with(StartSettings.LABEL_MAP.name(), input.file().toString()), target, target).describe();
  }

  /** The rows that a config of the corpus names are not there, so that nothing is trained. */
  private static void config(Input input) throws IOException {
    String file = input.file().toString();
    String out = input.place().resolveSibling("config-model").toString();
    boolean hasRanges = new String(input.bytes(), StandardCharsets.UTF_8).contains(": {");
    CommandRun run = hasRanges ? Judge.command("tune", file, "--output", out, "--trials", "1", "--quiet")
        : Judge.command("train", "--config", file, "--output", out, "--overwrite", "--quiet");
    if (!run.err().contains("none.csv does not exist")) {
      requireAnswer(run);
    }
  }

  private static void requireAnswer(CommandRun run) {
    if (run.code() != 0) {
      throw new UserError(run.lastError());
    }
  }

  private static void sentencePiece(Input input) throws IOException {
    Path file = input.file();
    PieceOrder[] orders = PieceOrder.values();
    tokenize(
        Tokenizer.loadSentencePiece(file, orders[Math.floorMod(Arrays.hashCode(input.bytes()), orders.length)]));
  }

  private static void tokenize(Tokenizer tokenizer) {
    for (String text : TEXTS) {
      tokenizer.decode(tokenizer.encode(text));
      tokenizer.encodeWithOffsets(text, TEXTS.getFirst());
    }
    tokenizer.decode(IntStream.range(0, tokenizer.vocabularySize()).filter(tokenizer::hasToken).toArray(), true);
  }

  private static Path indexIn(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".index.json") || file.toString().endsWith(".index"))
          .findFirst().orElseThrow();
    }
  }

  private static void weights(Path file) throws IOException {
    try (StoredWeights weights = StoredWeights.open(file);
        Backend backend = ONE_THREAD.openBackend();
        var scope = new Scope(backend)) {
      weights.config();
      long held = 0;
      for (Path each : siblings(file)) {
        held += Files.size(each);
      }
      for (var tensor : weights.shapes().entrySet()) {
        if (tensor.getValue().elements() > 64 * held) {
          throw new AssertionError(tensor.getKey() + " has " + tensor.getValue().elements()
              + " elements, which the file cannot hold");
        }
        weights.read(tensor.getKey(), scope.empty(DType.F32, tensor.getValue()));
      }
    }
  }

  private static List<Path> siblings(Path file) throws IOException {
    try (var files = Files.list(file.resolveSibling(""))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static void fastText(Input input) throws IOException {
    FastText model = FastText.read(input.bytes(), "model.bin");
    boolean hasLabels = model.config().task() == Task.SUPERVISED;
    for (String text : TEXTS) {
      if (hasLabels) {
        model.predict(text, 2, 0);
      }
      model.sentenceVector(text);
    }
    model.wordVector("apple");
  }

  /** What training does with vectors. */
  private static void vectors(Input input) throws IOException {
    var file = new VectorFile(input.file());
    var words = new HashSet<String>();
    file.forEachWord(LENGTH_OF_VECTORS, words::add);
    file.forEach(LENGTH_OF_VECTORS, words::contains, (_, vector) -> {
      if (vector.length != LENGTH_OF_VECTORS) {
        throw new AssertionError("a vector of another length");
      }
    });
  }

  private static void zip(Input input) throws IOException {
    Path file = input.file();
    Discovery.of(file, new Discovery.Options(null, 0, 0), (_, _) -> {});
    for (String name : DataFile.matching(file + "!/**")) {
      Rows.read(Path.of(name), input.bytes());
    }
  }

  private static void offers(Path archive) throws IOException {
    Path output = archive.resolveSibling("offers-corpus");
    FileTree.delete(output);
    CorpusOptions options = CorpusOptions.of(archive).withSplits(0.1, 0.1, 1, "full");
    CorpusBuilder.build(archive.toFile().length() % 2 == 0 ? options : options.skippingDamaged(), output, true,
        BuildListener.NONE);
    Discovery.of(archive, new Discovery.Options(null, 0, 0), (_, _) -> {});
  }

  /** Goes on with a run, which is stopped before it computes: what is wrong with its files is known by then. */
  private static void resume(Path folder) throws IOException {
    var directory = new ModelDirectory(folder);
    if (!directory.holdsRun()) {
      throw new UserError("there is no run to continue");
    }
    Settings settings = ModelFamily.settingsOf(directory);
    var stop = new StopSignal();
    var listener = new TrainingListener() {
      @Override
      public void stage(String description) {
        if (description.equals("Training")) {
          stop.request();
        }
      }
    };
    ModelFamily.ofRun(directory).newRun(settings, RunContext.in(directory).withCompute(ONE_THREAD)
        .withListener(listener).withStop(stop).withCheckpoints(new CheckpointSettings(settings))).run();
  }

  private static void languages(Input input) throws IOException {
    LanguageModel model = LanguageModel.read(input.bytes(), "languages.bin");
    for (String text : TEXTS) {
      model.best(text, 2, Set.copyOf(model.languages()));
    }
  }

  private static void picture(Input input) {
    try {
      Picture picture = PICTURES.read(input.bytes()).picture();
      PicturePreparation.ofSize(8).apply(picture);
    } catch (PictureRejected e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private static void classify(Classifier loaded) {
    try (Classifier classifier = loaded) {
      classifier.answer(TEXTS);
    }
  }

  private static void model(String name, Path folder) throws IOException {
    if (Files.isDirectory(folder.resolve("tasks"))) {
      for (String task : List.of("kind", "kinds")) {
        classify(Classifier.load(folder, task, ONE_THREAD));
      }
    } else {
      classify(Classifier.load(folder, ONE_THREAD));
    }
    requireAnswer(Judge.command("info", folder.toString()));
  }

  private static void pretrained(String name, Path folder) throws IOException {
    Path adapter = folder.resolve("adapter");
    try (Embedder embedder = Files.isDirectory(adapter)
        ? Embedder.loadMerged(folder, adapter, EmbedOptions.DEFAULT, ONE_THREAD)
        : Embedder.load(folder, EmbedOptions.DEFAULT, ONE_THREAD)) {
      embedder.embed(TEXTS);
    }
  }
}
