package crema.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Small files under the names that the documentation uses. */
final class Fixtures {
  private static final List<String> PRODUCTS = List.of("washing machine 9kg white", "fridge freezer 300l steel",
      "digital camera 24mp kit", "smartphone 64gb black", "processor 3.6ghz boxed");
  private static final List<String> CATEGORIES = List.of("Washing machines", "Fridges", "Cameras", "Phones", "Other");
  private static final List<String> BRANDS = List.of("bosch", "beko", "sony", "canon", "samsung", "intel", "miele");
  private static final List<List<String>> SENTENCES = List.of(
      List.of("eng", "where is the station please tell me the way to the old town"),
      List.of("deu", "wo ist der bahnhof bitte sagen sie mir den weg in die altstadt"),
      List.of("fra", "où est la gare s'il vous plaît dites moi le chemin de la vieille ville"),
      List.of("spa", "dónde está la estación por favor dígame el camino al casco antiguo"));

  /** Makes a file or folder. */
  @FunctionalInterface
  interface Fixture {
    void make(Path path) throws Exception;
  }

  /** By the name that a page uses. */
  static final Map<String, Fixture> ALL = new LinkedHashMap<>();

  static {
    ALL.put("offers.csv", path -> write(path, offers(80, ",")));
    ALL.put("offers.csv.gz", path -> gzip(path, offers(80, ",")));
    ALL.put("new-offers.csv", path -> write(path, offers(40, ",")));
    ALL.put("new.csv", path -> write(path, offers(12, ",")));
    ALL.put("offers.tsv", path -> write(path, taxonomy(90)));
    ALL.put("train.tsv", path -> write(path, taxonomy(60)));
    ALL.put("valid.tsv", path -> write(path, taxonomy(20)));
    ALL.put("test.tsv", path -> write(path, taxonomy(30)));
    ALL.put("news.tsv", path -> write(path, table("title\tbody\ttopics", 80,
        i -> title(i) + "\tnews of " + title(i + 1) + "\t" + CATEGORIES.get(i % 5) + (i % 3 == 0
            ? "," + CATEGORIES.get((i + 1) % 5) : ""))));
    ALL.put("docs.jsonl", path -> write(path, lines(80, i -> "{\"body\": \"" + title(i) + "\", \"topics\": [\""
        + CATEGORIES.get(i % 5) + "\"" + (i % 3 == 0 ? ", \"" + CATEGORIES.get((i + 1) % 5) + "\"" : "") + "]}")));
    ALL.put("products.jsonl", path -> Files.copy(
        Path.of("").toAbsolutePath().getParent().resolve("examples/products/products.jsonl"), path));
    ALL.put("export.txt", path -> write(path, lines(60, i -> CATEGORIES.get(i % 5) + "|" + title(i))));
    ALL.put("comments.csv", path -> write(path, table("comment,toxic,obscene,threat", 60,
        i -> title(i) + "," + (i % 5 == 0 ? 1 : 0) + "," + (i % 5 == 1 ? 1 : 0) + "," + (i % 5 < 2 ? 1 : 0))));
    ALL.put("shop.csv", path -> write(path, table("title,brand,category", 60,
        i -> title(i) + ",brand" + i % 3 + "," + CATEGORIES.get(i % 5))));
    ALL.put("supplier.csv", path -> write(path, table("category;title;ean", 60,
        i -> CATEGORIES.get(i % 5) + ";" + title(i) + ";" + (4000000 + i))));
    ALL.put("photos.csv", Fixtures::photos);
    ALL.put("new.txt", path -> write(path, lines(5, Fixtures::title)));
    ALL.put("titles.txt", path -> write(path, lines(12, Fixtures::title)));
    ALL.put("titles.gz", path -> gzip(path, lines(12, Fixtures::title)));
    ALL.put("train.txt", path -> write(path, lines(300,
        i -> "__label__" + CATEGORIES.get(i % 5).replace(' ', '-') + " " + title(i))));
    ALL.put("sentences.tsv.gz", path -> gzip(path, table("language\ttext", 200, i -> {
      List<String> sentence = SENTENCES.get(i % 4);
      String[] words = sentence.get(1).split(" ");
      return sentence.get(0) + "\t"
          + IntStream.range(0, 6).mapToObj(k -> words[(i / 4 + k * (1 + i % 3)) % words.length])
              .collect(Collectors.joining(" "));
    })));
    ALL.put("goods.csv", Fixtures::goods);
    ALL.put("lid.176.ftz", Fixtures::languageModel);
    ALL.put("data", path -> write(Files.createDirectories(path).resolve("offers.csv"), offers(60, ",")));
    ALL.put("my-experiment", path -> {
      Files.createDirectories(path);
      write(path.resolve("_defaults.yaml"),
          "model: linear\ntrain: [offers.csv]\ntext: [title]\nlabel: category\n");
      write(path.resolve("plain.yaml"), "C: [1]\n");
      write(path.resolve("balanced.yaml"), "C: [1]\nclass-weights: balanced\n");
    });
    ALL.put("models/tiny-bert", Fixtures::encoder);
    ALL.put("models/offers", path -> model(path, "offers.csv"));
    ALL.put("models/quickstart", path -> model(path, "offers.csv"));
  }

  private Fixtures() {}

  private static void photos(Path path) throws Exception {
    for (int i = 0; i < 3; i++) {
      var image = new BufferedImage(40 + i, 30, BufferedImage.TYPE_INT_RGB);
      ImageIO.write(image, "png", path.resolveSibling(i + ".png").toFile());
    }
    write(path, table("title,photo", 9, i -> title(i) + "," + i % 3 + ".png"));
  }

  private static String title(int i) {
    return BRANDS.get(i * 3 % BRANDS.size()) + " " + PRODUCTS.get(i % 5) + " model " + (i % 17);
  }

  private static String lines(int rows, IntFunction<String> line) {
    return IntStream.range(0, rows).mapToObj(line).collect(Collectors.joining("\n", "", "\n"));
  }

  private static String table(String header, int rows, IntFunction<String> line) {
    return header + "\n" + lines(rows, line);
  }

  private static String offers(int rows, String separator) {
    return table(String.join(separator, "title", "description", "category", "path", "product"), rows,
        i -> String.join(separator, title(i), "a " + PRODUCTS.get(i % 5), CATEGORIES.get(i % 5),
            "Home / " + (i % 2 == 0 ? "Large" : "Small") + " / " + CATEGORIES.get(i % 5), "p" + i / 2));
  }

  private static String taxonomy(int rows) {
    return table("name\tcategory\tdescription\tlvl1\tlvl2\tlvl3", rows,
        i -> title(i) + "\tshop " + i % 5 + "\ta " + PRODUCTS.get(i % 5) + "\t" + (i % 5 < 2 ? "Home" : "Electronics")
            + "\t" + CATEGORIES.get(i % 5) + "\t" + CATEGORIES.get(i % 5) + (i % 2 == 0 ? " new" : " used"));
  }

  /** A table of pictures that are drawn, in the folder {@code photos}: their category is their direction. */
  private static void goods(Path path) throws IOException {
    Path folder = Files.createDirectories(path.resolveSibling("photos"));
    for (int i = 0; i < 40; i++) {
      var picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      for (int at = 0; at < 32 * 32; at++) {
        int place = i % 2 == 0 ? at % 32 : at / 32;
        picture.setRGB(at % 32, at / 32, (place + i) % 8 < 4 ? 0xE0E0E0 : 0x204060 + i * 0x010203);
      }
      ImageIO.write(picture, "png", folder.resolve(i + ".png").toFile());
    }
    write(path, table("title,photo,category", 40,
        i -> "picture " + i + " " + (i % 2 == 0 ? "upright" : "level") + ",photos/" + i + ".png,"
            + (i % 2 == 0 ? "Upright" : "Level")));
  }

  /** A model of fastText that answers with languages, as the original's {@code lid.176.ftz}. */
  private static void languageModel(Path path) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(path.resolveSibling("make"));
    write(folder.resolve("languages.txt"), lines(400,
        i -> "__label__" + List.of("en", "de", "fr", "es").get(i % 4) + " " + SENTENCES.get(i % 4).get(1)));
    crema(folder, "fasttext", "supervised", "-input", "languages.txt", "-output", "lid", "-dim", "8", "-epoch", "5",
        "-minn", "2", "-maxn", "4", "-bucket", "2000");
    Files.copy(folder.resolve("lid.bin"), path);
  }

  /** A BERT of one layer with random weights and a vocabulary of characters, in the layout of Hugging Face's. */
  private static void encoder(Path path) throws IOException {
    Files.createDirectories(path);
    int hidden = 16;
    int inner = 32;
    var vocabulary = new ArrayList<String>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    "abcdefghijklmnopqrstuvwxyz0123456789.".chars().forEach(c -> {
      vocabulary.add(Character.toString(c));
      vocabulary.add("##" + Character.toString(c));
    });
    write(path.resolve("config.json"), """
        {"model_type": "bert", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": 1, "num_attention_heads": 2,
         "intermediate_size": %d, "max_position_embeddings": 64, "type_vocab_size": 2}
        """.formatted(vocabulary.size(), hidden, inner));
    write(path.resolve("tokenizer.json"), """
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [%s],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
           "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
           "max_input_chars_per_word": 100, "vocab": {%s}}}
        """.formatted(
        IntStream.range(0, 5).mapToObj(id -> "{\"id\": %d, \"content\": \"%s\", \"single_word\": false, "
            .formatted(id, vocabulary.get(id)) + "\"lstrip\": false, \"rstrip\": false, \"normalized\": false, "
            + "\"special\": true}").collect(Collectors.joining(", ")),
        IntStream.range(0, vocabulary.size()).mapToObj(id -> "\"%s\": %d".formatted(vocabulary.get(id), id))
            .collect(Collectors.joining(", "))));
    var shapes = new LinkedHashMap<String, int[]>();
    shapes.put("embeddings.word_embeddings.weight", new int[] {vocabulary.size(), hidden});
    shapes.put("embeddings.position_embeddings.weight", new int[] {64, hidden});
    shapes.put("embeddings.token_type_embeddings.weight", new int[] {2, hidden});
    norm(shapes, "embeddings.LayerNorm", hidden);
    for (String part : List.of("query", "key", "value")) {
      linear(shapes, "encoder.layer.0.attention.self." + part, hidden, hidden);
    }
    linear(shapes, "encoder.layer.0.attention.output.dense", hidden, hidden);
    norm(shapes, "encoder.layer.0.attention.output.LayerNorm", hidden);
    linear(shapes, "encoder.layer.0.intermediate.dense", hidden, inner);
    linear(shapes, "encoder.layer.0.output.dense", inner, hidden);
    norm(shapes, "encoder.layer.0.output.LayerNorm", hidden);
    safetensors(path.resolve("model.safetensors"), shapes);
  }

  private static void linear(Map<String, int[]> shapes, String name, int in, int out) {
    shapes.put(name + ".weight", new int[] {out, in});
    shapes.put(name + ".bias", new int[] {out});
  }

  private static void norm(Map<String, int[]> shapes, String name, int size) {
    shapes.put(name + ".weight", new int[] {size});
    shapes.put(name + ".bias", new int[] {size});
  }

  private static void safetensors(Path path, Map<String, int[]> shapes) throws IOException {
    var header = new ArrayList<String>();
    int at = 0;
    for (var tensor : shapes.entrySet()) {
      int end = at + 4 * IntStream.of(tensor.getValue()).reduce(1, (a, b) -> a * b);
      header.add("\"%s\": {\"dtype\": \"F32\", \"shape\": %s, \"data_offsets\": [%d, %d]}".formatted(tensor.getKey(),
          IntStream.of(tensor.getValue()).boxed().toList(), at, end));
      at = end;
    }
    byte[] text = ("{" + String.join(", ", header) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + at).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);
    var random = new Random(1);
    while (file.hasRemaining()) {
      file.putFloat((float) random.nextGaussian() / 4);
    }
    Files.write(path, file.array());
  }

  private static void model(Path path, String rows) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(path.resolveSibling("make"));
    write(folder.resolve(rows), offers(80, ","));
    crema(folder, "train", "--model", "linear", "--train", rows, "--text", "title", "--label", "category", "--output",
        path.toAbsolutePath().toString());
  }

  private static void crema(Path folder, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("'" + Path.of("").toAbsolutePath().getParent().resolve("crema") + "'"));
    command.addAll(List.of(arguments));
    DocumentationTest.Outcome outcome = DocumentationTest.run(String.join(" ", command), folder);
    assertThat(outcome.code()).describedAs(outcome.output()).isZero();
  }

  private static void write(Path path, String text) throws IOException {
    Files.writeString(path, text);
  }

  private static void gzip(Path path, String text) throws IOException {
    try (Writer out =
        new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(path)), StandardCharsets.UTF_8)) {
      out.write(text);
    }
  }
}
