package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code crema pretrain}, and {@code crema perplexity} and {@code crema embed} with what it writes. */
class PretrainCommandTest {
  private static final String[] SMALL = {"--vocabulary-size", "300", "--hidden-size", "16", "--layers", "1", "--heads",
      "2", "--kv-heads", "1", "--ffn-size", "16", "--epochs", "2", "--threads", "2", "--validation-fraction", "0.2",
      "--batch-tokens", "512"};

  @TempDir
  static Path folder;
  static Path texts;
  static Path encoder;

  @BeforeAll
  static void train() throws IOException {
    List<String> things = List.of("washing machine", "fridge freezer", "phone", "camera lens");
    texts = Files.write(folder.resolve("texts.txt"), IntStream.range(0, 200)
        .mapToObj(i -> "brand " + i % 7 + " " + things.get(i % 4) + " white " + i % 13 + "kg").toList());
    encoder = folder.resolve("encoder");
    CommandRun run = pretrain("--train", texts.toString(), "--output", encoder.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("Validation loss: \\d\\.\\d{4}   Perplexity: \\d+\\.\\d\\d   Best of \\d+ steps: \\d+");
  }

  private static CommandRun pretrain(String... more) {
    var arguments = new ArrayList<>(List.of("pretrain"));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of(SMALL));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void whatItWritesIsAnEncoder() throws IOException {
    CommandRun embedded = CommandRun.of("embed", "--encoder", encoder.toString(), "--no-vector-cache", "white fridge");
    assertThat(embedded.code()).as(embedded.err()).isZero();
    assertThat(embedded.out()).startsWith("{\"text\":\"white fridge\",\"vector\":[");

    Path rows = Files.write(folder.resolve("rows.csv"), texts(List.of("title,category"), 60));
    Path model = folder.resolve("model");
    CommandRun trained = CommandRun.of("train", "--encoder", encoder.toString(), "--train", rows.toString(), "--text",
        "title", "--label", "category", "--epochs", "1", "--output", model.toString(), "--threads", "2");
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static List<String> texts(List<String> header, int count) {
    return IntStream.range(0, count + 1)
        .mapToObj(i -> i == 0 ? header.getFirst() : "white thing " + i + "," + (i % 2 == 0 ? "even" : "odd")).toList();
  }

  @Test
  void theConfigOfARunStartsTheSameRun() throws IOException {
    Path again = folder.resolve("again");
    CommandRun run = CommandRun.of("pretrain", "--config", encoder.resolve("train.yaml").toString(), "--output",
        again.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Files.readAllBytes(again.resolve("model.safetensors")))
        .isEqualTo(Files.readAllBytes(encoder.resolve("model.safetensors")));
  }

  @Test
  void perplexityIsPrintedPerTextAndOfAll() throws IOException {
    String likely = "brand 3 phone white 4kg";
    CommandRun lines = CommandRun.reading(likely + "\n\n", "perplexity", "--encoder", encoder.toString(), "--format",
        "tsv");
    assertThat(lines.code()).as(lines.err()).isEqualTo(Crema.UNANSWERED);
    assertThat(lines.out().lines()).hasSize(2).first().asString()
        .matches(likely + "\t\\d+\t-\\d+\\.\\d{6}\t\\d+\\.\\d{6}");
    assertThat(lines.err()).contains("Pseudo-perplexity of 2 texts of ");

    assertThat(CommandRun.reading("\n", "perplexity", "--encoder", encoder.toString()).err())
        .contains("there is no text with a token to guess");

    Path output = folder.resolve("likely.jsonl");
    CommandRun file = CommandRun.of("perplexity", "--encoder", encoder.toString(), "--file", texts.toString(),
        "--format", "jsonl", "--output", output.toString(), "--max-length", "5");
    assertThat(file.code()).as(file.err()).isZero();
    assertThat(Files.readAllLines(output)).hasSize(200).first().asString()
        .startsWith("{\"text\":\"brand 0 washing machine white 0kg\",\"tokens\":3,\"log_likelihood\":-");
    assertThat(file.err()).contains("200 texts are longer than the model takes and were cut");
  }

  @Test
  void aLikelihoodStandsForEveryRow() throws IOException {
    Path rows = Files.writeString(folder.resolve("damaged.csv"), "id,title,text\n7,brand 3 phone white 4kg,a\n"
        + "8,too,many,fields\n9,,b\n10,d\u00E9j\u00E0 vu,c\n", StandardCharsets.ISO_8859_1);
    var perplexity = new String[] {"perplexity", "--encoder", encoder.toString(), "--file", rows.toString(), "--text",
        "title", "--keep", "id,text", "--format", "jsonl"};
    CommandRun json = CommandRun.of(perplexity);
    assertThat(json.code()).as(json.err()).isEqualTo(Crema.UNANSWERED);
    List<String> lines = json.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.getFirst())
        .startsWith("{\"id\":\"7\",\"row.text\":\"a\",\"text\":\"brand 3 phone white 4kg\",\"tokens\":");
    assertThat(lines.get(1)).contains("\"pseudo_perplexity\":null,\"error\":");
    assertThat(lines.get(2)).startsWith("{\"id\":\"9\"").endsWith("\"pseudo_perplexity\":null}");
    perplexity[perplexity.length - 1] = "text";
    assertThat(CommandRun.of(perplexity).out().lines().toList().subList(1, 4)).satisfiesExactly(
        line -> assertThat(line).startsWith("\t\t(not read: "),
        line -> assertThat(line).isEqualTo("9\tb\t(empty text)"),
        line -> assertThat(line).startsWith("\t\t(not read: "));
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.txt"), "");
    assertMistake(pretrain("--train", empty.toString(), "--output", folder.resolve("x").toString()),
        "empty.txt is empty");
    assertMistake(pretrain("--train", texts.toString()), "Missing required option: --output DIR");
    assertMistake(pretrain("--output", folder.resolve("x").toString()), "give the training data: --train FILE");
    assertMistake(pretrain("--train", texts.toString(), "--output", encoder.toString()), "already holds a model");
    assertMistake(CommandRun.of("pretrain", "--resume", "--output", encoder.toString()), "is finished");
    assertMistake(
        pretrain("--train", texts.toString(), "--output", folder.resolve("x").toString(), "--mask-share", "2"),
        "mask-share");
    assertThat(folder.resolve("x")).doesNotExist();
    assertMistake(CommandRun.of("perplexity", "--encoder", encoder.toString(), "--max-length", "1", "x"),
        "max-length must be from 3 to 256 for this model, not 1");
    assertMistake(CommandRun.of("perplexity", "--encoder", folder.resolve("none").toString(), "x"), "none");
  }

  private static void assertMistake(CommandRun run, String message) {
    assertThat(run.code()).isEqualTo(Crema.MISTAKE);
    assertThat(run.lastError()).startsWith("crema: ").contains(message);
    assertThat(run.err()).doesNotContain("\tat ");
  }

  @Test
  void tokenizersOfEachKindAreTrained() throws IOException {
    for (String kind : List.of("bpe", "wordpiece", "unigram")) {
      Path rows = Files.write(folder.resolve("rows2.csv"), texts(List.of("title,category"), 60));
      Path output = folder.resolve(kind + ".json");
      CommandRun run = CommandRun.of("tokenizer", "train", "--kind", kind, "--data", rows.toString(), "--text", "title",
          "--vocabulary-size", "270", "--output", output.toString());
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).startsWith("Wrote " + output);
      assertThat(Files.readString(output)).containsIgnoringCase("\"type\" : \"" + kind + "\"");
    }
    assertMistake(CommandRun.of("tokenizer", "train", "--kind", "unigram", "--special-tokens", "<pad>", "--data",
        texts.toString(), "--text", "x", "--output", folder.resolve("x.json").toString()),
        "needs a special token for what is unknown, [UNK] or <unk>");
  }

  @Test
  void textsAreReadFromTheFilesThatTrainingReads() throws IOException, URISyntaxException {
    Path zip = folder.resolve("texts.zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("one/texts.txt"));
      Files.copy(texts, out);
    }
    Path packed = folder.resolve("packed");
    CommandRun run = pretrain("--train", zip + "!/**.txt", "--output", packed.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Files.readAllBytes(packed.resolve("model.safetensors")))
        .isEqualTo(Files.readAllBytes(encoder.resolve("model.safetensors")));
    for (String format : List.of("parquet", "xlsx")) {
      Path rows = Path.of(Objects.requireNonNull(PretrainCommandTest.class.getResource("same-rows/rows." + format))
          .toURI());
      CommandRun table = pretrain("--train", rows.toString(), "--text", "title", "--output",
          folder.resolve(format).toString(), "--quiet");
      assertThat(table.code()).as(table.err()).isZero();
    }
    CommandRun offline = pretrain("--train", "https://host.invalid/texts.txt.gz", "--offline", "--output",
        folder.resolve("never").toString());
    assertThat(offline.code()).isEqualTo(2);
    assertThat(offline.err()).contains("https://host.invalid/texts.txt.gz is not in the cache");
    assertThat(folder.resolve("never")).doesNotExist();
  }
}
