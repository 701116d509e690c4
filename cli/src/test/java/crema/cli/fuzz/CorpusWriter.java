package crema.cli.fuzz;

import crema.base.json.JsonValues;
import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.cli.CommandRun;
import crema.corpus.SampleArchive;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.SequenceClassifier;
import crema.nn.model.bert.Bert;
import crema.nn.model.vision.VisionArchitecture;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import crema.testmodels.DrawnPictures;
import crema.tokenizer.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Writes the corpus, but for the formats of weights that Crema does not write, whose writers are in the tests of {@code nn}
 * and {@code tokenizer}. It is run by hand, in the folder of this module, when a format changes or one is added:
 *
 * <pre>{@code java -cp … crema.cli.fuzz.CorpusWriter src/test/resources/crema/cli/fuzz/corpus}</pre>
 */
final class CorpusWriter {
  private static final int ROWS = 40;
  private static final List<String> WORDS =
      List.of("apple", "pear", "hammer", "saw", "doll", "\"kite\"", "ball, red", "Café");
  private static final List<String> KINDS = List.of("Fruit", "Tools", "Toys");

  /** What of a model is for people and other programs. */
  private static final Set<String> NOT_READ = Set.of("report.html", "test.jsonl", "metrics.json", "log.jsonl");

  private final Path corpus;
  private final Path scratch;

  private CorpusWriter(Path corpus, Path scratch) {
    this.corpus = corpus;
    this.scratch = scratch;
  }

  /** Writes the corpus into a folder. */
  public static void main(String[] arguments) throws IOException {
    new CorpusWriter(Path.of(arguments[0]), Files.createTempDirectory("crema-corpus")).write();
  }

  private void write() throws IOException {
    writeRows();
    writeTables();
    writeArchives();
    writeTokenizers();
    writeFastText();
    writePretrained();
    writeModels();
    writeCheckpoints();
  }

  private static String title(int i) {
    return WORDS.get(i % WORDS.size()) + " " + WORDS.get(i / 3 % WORDS.size()) + " "
        + KINDS.get(i % 3).toLowerCase(Locale.ROOT) + i % 7;
  }

  private static String kind(int i) {
    return KINDS.get(i % 3);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  private Path file(Format format, String name) throws IOException {
    Path file = corpus.resolve(format.key()).resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    return file;
  }

  private void text(Format format, String name, String text) throws IOException {
    Files.writeString(file(format, name), text);
  }

  private void rows(Format format, String name, Charset charset, String header, IntFunction<String> row)
      throws IOException {
    var text = new StringBuilder(header);
    for (int i = 0; i < ROWS; i++) {
      text.append(row.apply(i));
    }
    byte[] plain = text.toString().getBytes(charset);
    Files.write(file(format, name), name.endsWith(".gz") ? ZipOf.gzipped(plain) : plain);
  }

  private void writeRows() throws IOException {
    Charset utf8 = StandardCharsets.UTF_8;
    IntFunction<String> commas = i -> quoted(title(i)) + "," + kind(i) + "\n";
    rows(Format.CSV, "plain.csv", utf8, "title,label\n", commas);
    rows(Format.CSV, "latin.csv", StandardCharsets.ISO_8859_1, "title,label\n", commas);
    rows(Format.CSV, "utf16.csv", StandardCharsets.UTF_16LE, "\uFEFFtitle,label\r\n",
        i -> quoted(title(i)) + "," + kind(i) + "\r\n");
    rows(Format.CSV, "semicolons.csv", utf8, "sep=;\ntitle;label;id\n",
        i -> quoted(title(i)) + ";" + kind(i) + ";" + i + "\n");
    rows(Format.CSV, "lists.csv", utf8, "title,label\n", i -> quoted(title(i)) + ",\"['" + kind(i) + "', 'all']\"\n");
    rows(Format.CSV, "indicators.csv", utf8, "title,label,Tools,Toys,weight\n", i -> quoted(title(i)) + ","
        + (i % 3 == 0 ? 1 : 0) + "," + (i % 3 == 1 ? 1 : 0) + "," + (i % 3 == 2 ? 1 : 0) + ",0.5\n");
    rows(Format.CSV, "packed.csv.gz", utf8, "title,label\n", commas);
    rows(Format.TSV, "plain.tsv", utf8, "title\tlabel\n", i -> title(i) + "\t" + kind(i) + "\n");
    rows(Format.TSV, "old-mac.tsv", utf8, "title\tlabel\r", i -> title(i) + "\t" + kind(i) + "\r");
    IntFunction<String> object = i -> "{\"title\": \"" + title(i).replace("\"", "\\\"") + "\", \"label\": \"" + kind(i)
        + "\", \"n\": [1, {\"x\": null}]}";
    rows(Format.JSONL, "plain.jsonl", utf8, "", i -> object.apply(i) + "\n");
    rows(Format.JSON_ARRAY, "plain.json", utf8, "", i -> (i == 0 ? "[\n" : "") + "  " + object.apply(i)
        + (i == ROWS - 1 ? "\n]\n" : ",\n"));
    rows(Format.FASTTEXT_TEXT, "plain.txt", utf8, "", i -> "__label__" + kind(i) + " " + title(i) + "\n");
    text(Format.CORRECTIONS, "plain.csv", "text,label\n\"apple apple fruit0\",Toys\npear apple tools1,\nnew,Fruit\n");
    text(Format.CORRECTIONS, "columns.csv", "title,label\nsaw pear fruit3,\"Fruit, Toys\"\n");
    text(Format.LABEL_MAP, "plain.csv", "old,new\nFruit,Fruit\nFruit,Tools\nTools,Tools\nToys,\n");
    text(Format.CONFIG, "linear.yaml", """
        model: linear
        train: none.csv
        text: title
        label: [label]
        analyzer:
        - char
        C: 0.3
        # comment
        seed: 3
        """);
    text(Format.CONFIG, "encoder.yaml", """
        model: encoder
        train: [none.csv, "none, too.csv"]
        text: 'title'
        label: category
        target: multi
        dropout: 0.1
        epochs: 3
        schedule: linear
        class-weights: balanced
        """);
    text(Format.CONFIG, "ranges.yaml", """
        model: fasttext
        train: none.csv
        text: title
        label: category
        learning-rate: {log: [1e-2, 1]}
        dim: {choice: [4, 8]}
        epochs: {integer: [1, 5]}
        """);
  }

  /** Tables that other programs wrote, from the tests of their modules. */
  private void writeTables() throws IOException {
    for (String name : List.of("plain", "types", "gzip", "int96", "empty")) {
      Files.copy(Path.of("../parquet/src/test/resources/crema/parquet", name + ".parquet"),
          file(Format.PARQUET, name + ".parquet"));
    }
    Path offers = Path.of("../excel/src/test/resources/crema/excel/offers.xlsx");
    Files.copy(offers, file(Format.EXCEL, "offers.xlsx"));
    unpack(offers, Format.EXCEL_PARTS, "offers");
    rows(Format.EXCEL_PARTS, "plain/xl/worksheets/sheet1.xml", StandardCharsets.UTF_8,
        "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>title</t></is></c><c t=\"s\"><v>3</v></c></row>",
        i -> "<row r=\"" + (i + 2) + "\"><c t=\"inlineStr\"><is><r><t>" + KINDS.get(i % 3) + "</t></r><t> " + i
            + "</t></is></c><c r=\"B" + (i + 2) + "\" t=\"s\"><v>" + i % 3 + "</v></c><c s=\"1\"><v>4" + i
            + "</v></c></row>" + (i == ROWS - 1 ? "</sheetData></worksheet>" : ""));
    text(Format.EXCEL_PARTS, "plain/_rels/.rels", "<Relationships><Relationship Id=\"r1\" "
        + "Type=\"http://x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    text(Format.EXCEL_PARTS, "plain/xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" "
        + "Type=\"http://x/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" "
        + "Type=\"http://x/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/><Relationship Id=\"r3\" "
        + "Type=\"http://x/styles\" Target=\"styles.xml\"/></Relationships>");
    text(Format.EXCEL_PARTS, "plain/xl/workbook.xml", "<workbook xmlns:r=\"x\"><workbookPr date1904=\"1\"/><sheets>"
        + "<sheet name=\"One\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>");
    text(Format.EXCEL_PARTS, "plain/xl/sharedStrings.xml", "<sst><si><t>Fruit</t></si><si><t>To_x000D_ols</t></si><si>"
        + "<r><t>Toys</t></r><rPh><t>hint</t></rPh></si><si><t>label</t></si></sst>");
    text(Format.EXCEL_PARTS, "plain/xl/styles.xml", "<styleSheet><numFmts><numFmt numFmtId=\"170\" "
        + "formatCode=\"yyyy\\-mm\\-dd\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs>"
        + "</styleSheet>");
  }

  /** The files of an archive as files of a folder; those that are compressed as what is in them. */
  private void unpack(Path archive, Format format, String folder) throws IOException {
    try (var zip = new ZipInputStream(Files.newInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] stored = zip.readAllBytes();
        Files.write(file(format, folder + "/" + entry.getName()), !entry.getName().endsWith(".gz") ? stored
            : new GZIPInputStream(new ByteArrayInputStream(stored)).readAllBytes());
      }
    }
  }

  /** Archives of rows, one with files as they are, and the smallest archive of offers. */
  private void writeArchives() throws IOException {
    Map<String, byte[]> csv = Corpus.files(corpus.resolve(Format.CSV.key()));
    byte[] plain = Objects.requireNonNull(csv.get("plain.csv"));
    ZipOf.write(file(Format.ZIP, "deflated.zip"), Map.of("2026/may.csv", plain));
    ZipOf.write(file(Format.ZIP, "several.zip"), new TreeMap<>(Map.of("a.csv", plain, "b/c.jsonl.gz",
        Files.readAllBytes(corpus.resolve("jsonl/plain.jsonl")), "b/offers.xlsx",
        Files.readAllBytes(corpus.resolve("excel/offers.xlsx")))));
    try (var zip = new ZipOutputStream(Files.newOutputStream(file(Format.ZIP, "stored.zip")))) {
      zip.setMethod(ZipOutputStream.STORED);
      for (String name : List.of("plain.csv", "semicolons.csv")) {
        byte[] bytes = Objects.requireNonNull(csv.get(name));
        var entry = new ZipEntry(name);
        var checksum = new CRC32();
        checksum.update(bytes);
        entry.setCrc(checksum.getValue());
        entry.setSize(bytes.length);
        zip.putNextEntry(entry);
        zip.write(bytes);
      }
    }
    Path offers = scratch.resolve("offers.zip");
    new SampleArchive(SampleArchive.LEAST_BYTES, 1).write(offers, 1, (_, _) -> {});
    unpack(offers, Format.OFFERS, "sample");
  }

  private static void run(String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    if (run.code() != 0) {
      throw new IllegalStateException(String.join(" ", arguments) + "\n" + run.err());
    }
  }

  private Path trainTokenizer(String kind, int size) {
    Path file = scratch.resolve(kind + ".json");
    run("tokenizer", "train", "--data", corpus.resolve("csv/plain.csv").toString(), "--text", "title", "--kind", kind,
        "--vocabulary-size", Integer.toString(size), "--output", file.toString(), "--quiet");
    return file;
  }

  private void writeTokenizers() throws IOException {
    for (String kind : List.of("bpe", "wordpiece", "unigram")) {
      Files.write(file(Format.TOKENIZER, kind + ".json"),
          Files.readAllBytes(trainTokenizer(kind, kind.equals("bpe") ? 280 : 80)));
    }
    Tokenizer wordPiece = Tokenizer.load(corpus.resolve("tokenizer/wordpiece.json"));
    var tokens = new StringBuilder();
    for (int id = 0; id < wordPiece.vocabularySize(); id++) {
      tokens.append(wordPiece.token(id)).append('\n');
    }
    text(Format.VOCABULARY, "vocab.txt", tokens.toString());
  }

  private void writeFastText() throws IOException {
    String lines = corpus.resolve("fasttext-text/plain.txt").toString();
    String model = scratch.resolve("ft").toString();
    run("fasttext", "supervised", "-input", lines, "-output", model, "-epoch", "1", "-dim", "4", "-bucket", "300",
        "-minn", "2", "-maxn", "3", "-thread", "1", "-verbose", "0");
    run("fasttext", "quantize", "-input", lines, "-output", model, "-verbose", "0");
    Files.copy(Path.of(model + ".bin"), file(Format.FASTTEXT_BIN, "supervised.bin"));
    Files.copy(Path.of(model + ".ftz"), file(Format.FASTTEXT_FTZ, "quantized.ftz"));
    Files.copy(Path.of(model + ".vec"), file(Format.FASTTEXT_VEC, "supervised.vec"));
    String vectors = scratch.resolve("sg").toString();
    run("fasttext", "skipgram", "-input", lines, "-output", vectors, "-epoch", "1", "-dim", "3", "-bucket", "20",
        "-minCount", "1", "-thread", "1", "-verbose", "0");
    Files.copy(Path.of(vectors + ".bin"), file(Format.FASTTEXT_BIN, "skipgram.bin"));
    var sentences = new ArrayList<>(List.of("text,language"));
    for (int i = 0; i < ROWS; i++) {
      sentences.add(i % 2 == 0 ? "der Tag ist " + i + ",deu" : "the day is " + i + ",eng");
    }
    Path data = Files.write(scratch.resolve("sentences.csv"), sentences);
    run("langid-train", "--data", data.toString(), "--output", file(Format.LANGUAGES, "two.bin").toString());
  }

  private void train(Path output, String... settings) {
    var arguments = new ArrayList<>(List.of("train", "--train", corpus.resolve("csv/plain.csv").toString(), "--text",
        "title", "--label", "label", "--output", output.toString(), "--quiet", "--threads", "1"));
    arguments.addAll(List.of(settings));
    run(arguments.toArray(String[]::new));
  }

  private void writeModels() throws IOException {
    Path models = corpus.resolve(Format.MODEL.key());
    train(models.resolve("linear"), "--model", "linear", "--analyzer", "word", "--ngrams", "1");
    train(models.resolve("fasttext"), "--model", "fasttext", "--epochs", "1", "--dim", "4", "--buckets", "50",
        "--two-stage", "Toys");
    train(models.resolve("encoder"), "--model", "encoder", "--epochs", "1", "--layers", "1", "--hidden-size", "8",
        "--heads", "2", "--kv-heads", "1", "--ffn-size", "8", "--vocabulary-size", "270", "--bag-size", "16");
    train(models.resolve("neighbours"), "--model", "neighbours", "--dimensions", "4");
    // Files are named from the folder of a config.
    Path tasks = Files.writeString(Path.of("tasks.yaml"), """
        model: encoder
        encoder: %s
        epochs: 1
        text: title
        train: %s
        tasks:
          kind:
            label: label
          kinds:
            label: label
            target: multi
        """.formatted(corpus.resolve(Format.PRETRAINED.key()).resolve("bert"), corpus.resolve("csv/plain.csv")));
    run("train", "--config", tasks.toString(), "--output", models.resolve("tasks").toString(), "--quiet", "--threads",
        "1");
    Files.delete(tasks);
    run("stack", models.resolve("linear").toString(), models.resolve("neighbours").toString(), "--train",
        corpus.resolve("csv/plain.csv").toString(), "--output",
        models.resolve("stack").toString(), "--quiet");
    writeModelsOfPictures(models);
    String here = Path.of("").toAbsolutePath() + "/";
    try (Stream<Path> all = Files.walk(models)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (NOT_READ.contains(name)) {
          Files.delete(file);
        } else if (Set.of("train.yaml", "training.json", "provenance.json").contains(name)) {
          Files.writeString(file, Files.readString(file).replace(here, "").replace(scratch + "/", ""));
        }
      }
    }
    run("pack", models.resolve("linear").toString(), "--output", file(Format.ARCHIVE, "linear.zip").toString());
  }

  /** A model of pictures, and one of texts and pictures, both with a vision tower of random numbers. */
  private void writeModelsOfPictures(Path models) throws IOException {
    Path rows = DrawnPictures.write(Files.createDirectories(scratch.resolve("drawn")), ROWS);
    Path vision = Files.createDirectories(scratch.resolve("vision"));
    Map<String, Object> json = Map.of("model_type", "vit", "hidden_size", 8, "intermediate_size", 8,
        "num_hidden_layers", 1, "num_attention_heads", 2, "image_size", 16, "patch_size", 8);
    JsonFile.write(vision.resolve("config.json"), json);
    try (Backend backend = Backend.open(Device.CPU, new BackendOptions(1));
        var tower = VisionArchitecture.ofModel(json).read(json).create(ParameterSource.random(backend, 5))) {
      SafetensorsWriter.write(vision.resolve("model.safetensors"), tower.stateDict(), Map.of("format", "pt"));
    }
    String[] ofPictures = {"--train", rows.toString(), "--label", "category", "--image", "photo", "--vision",
        vision.toString(), "--picture-cache", scratch.resolve("pictures").toString(), "--bottleneck", "4", "--quiet",
        "--threads", "1"};
    run(Stream.concat(Stream.of("train", "--model", "image", "--epochs", "1", "--vector-cache",
        scratch.resolve("vectors").toString(), "--output", models.resolve("image").toString()), Stream.of(ofPictures))
        .toArray(String[]::new));
    run(Stream.concat(Stream.of("train", "--model", "fusion", "--text", "title", "--epochs", "1", "--layers", "1",
        "--hidden-size", "8", "--heads", "2", "--kv-heads", "1", "--ffn-size", "8", "--vocabulary-size", "270",
        "--bag-size", "0", "--vision-epochs", "1", "--picture-first-epochs", "1", "--fusion-epochs", "1",
        "--fusion-size", "4", "--output", models.resolve("fusion").toString()), Stream.of(ofPictures))
        .toArray(String[]::new));
  }

  /** A BERT of random numbers, and one with an adapter. */
  private void writePretrained() throws IOException {
    Path bert = corpus.resolve(Format.PRETRAINED.key()).resolve("bert");
    Files.createDirectories(bert);
    Files.copy(trainTokenizer("wordpiece", 80), bert.resolve("tokenizer.json"));
    var config = new Bert().read(Map.of("vocab_size", 80, "hidden_size", 4, "num_hidden_layers", 1,
        "num_attention_heads", 2, "intermediate_size", 4, "max_position_embeddings", 12));
    try (Backend backend = Backend.open(Device.CPU, new BackendOptions(1));
        var model = new SequenceClassifier(ParameterSource.random(backend, 5), config, 3)) {
      SafetensorsWriter.write(bert.resolve("model.safetensors"), model.stateDict(), Map.of("format", "pt"));
    }
    var json = new LinkedHashMap<String, Object>(config.toMap());
    json.put("model_type", "bert");
    Files.writeString(bert.resolve("config.json"), JsonValues.toJson(json).toPrettyString());
    Files.writeString(bert.resolve("modules.json"), """
        [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
        """);
    Files.writeString(bert.resolve("sentence_bert_config.json"),
        "{\"max_seq_length\": 10, \"do_lower_case\": false}\n");
    Files.createDirectories(bert.resolve("1_Pooling"));
    Files.writeString(bert.resolve("1_Pooling/config.json"),
        "{\"word_embedding_dimension\": 4, \"pooling_mode_cls_token\": false, \"pooling_mode_mean_tokens\": true}\n");
    Path adapted = corpus.resolve(Format.PRETRAINED.key()).resolve("adapted");
    for (var file : Corpus.files(bert).entrySet()) {
      Path to = adapted.resolve(file.getKey());
      Files.createDirectories(Objects.requireNonNull(to.getParent()));
      Files.write(to, file.getValue());
    }
    Files.createDirectories(adapted.resolve("adapter"));
    Files.writeString(adapted.resolve("adapter/adapter_config.json"), """
        {"peft_type": "LORA", "r": 1, "lora_alpha": 2, "target_modules": ["query"], "bias": "none"}
        """);
    try (Backend backend = Backend.open(Device.CPU, new BackendOptions(1)); var scope = new Scope(backend)) {
      var tensors = new TreeMap<String, Tensor>();
      String name = "base_model.model.encoder.layer.0.attention.self.query.lora_";
      tensors.put(name + "A.weight", scope.floats(new float[] {1, 2, 3, 4}, 1, 4));
      tensors.put(name + "B.weight", scope.floats(new float[] {1, 2, 3, 4}, 4, 1));
      SafetensorsWriter.write(adapted.resolve("adapter/adapter_model.safetensors"), tensors, Map.of());
    }
  }

  /** Runs that were interrupted after some steps. Their rows are named from the folder of this module. */
  private void writeCheckpoints() throws IOException {
    stopped("encoder", 3, Map.of("layers", "1", "hidden-size", "8", "heads", "2", "kv-heads", "1", "ffn-size", "8",
        "vocabulary-size", "270", "bag-size", "16", "epochs", "2", "batch-size", "8"));
    stopped("fasttext", 1, Map.of("dim", "4", "buckets", "50", "epochs", "3"));
  }

  private void stopped(String family, long steps, Map<String, String> given) throws IOException {
    Path output = corpus.resolve(Format.CHECKPOINT.key()).resolve(family);
    Files.createDirectories(output);
    Settings settings = ModelFamily.named(family).settings()
        .with("train", corpus.resolve("csv/plain.csv").toString()).with("text", "title").with("label", "label");
    for (var each : given.entrySet()) {
      settings = settings.with(each.getKey(), each.getValue());
    }
    var stop = new StopSignal();
    var listener = new TrainingListener() {
      private boolean trains;

      @Override
      public void stage(String description) {
        trains = description.equals("Training");
      }

      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() >= steps) {
          stop.request();
        }
      }

      @Override
      public void progress(long done, long total) {
        if (trains && done >= steps) {
          stop.request();
        }
      }
    };
    var result = ModelFamily.named(family).newRun(settings, RunContext.in(new ModelDirectory(output))
        .withCompute(ComputeOptions.threads(1)).withListener(listener).withStop(stop)
        .withCheckpoints(CheckpointSettings.DEFAULT)).run();
    if (!result.isInterrupted()) {
      throw new IllegalStateException(family + " has come to its end");
    }
  }
}
