package crema.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Runs every shell block of the README and of the documentation, unchanged, in a folder with the {@linkplain Fixtures
 * small files} of the names that the page uses. A page's blocks run one after the other in one folder. What stands on the
 * fence says what is expected: {@code sh} succeeds; {@code sh error} ends with exit code 2; {@code sh parse} needs what a
 * test has not (Maven's network, data of others, a GPU), so only its flags and the files that it names are checked.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentationTest {
  private static final Path MODULE = Path.of("").toAbsolutePath();
  private static final Path ROOT = MODULE.getParent();
  private static final Path WORK = MODULE.resolve("target/documentation");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  /** The first word of a command that is only parsed, or what it has. */
  private static final Pattern PARSED_ONLY = Pattern.compile(
      "^(mvn|java|python3|(bench|cuda-kernels|experiments)/\\S+)( .*)?"
          + "|^\\./crema (pull .*|.*(--device cuda|experiments/).*)");

  /** A fenced block. */
  private record Block(String page, int line, String info, String text) {}

  private final List<Block> blocks = new ArrayList<>();
  private int checked;

  DocumentationTest() throws IOException {
    for (Path page : pages()) {
      blocks.addAll(blocks(page));
    }
  }

  private static List<Path> pages() throws IOException {
    var pages = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md"),
        ROOT.resolve("CHANGELOG.md"), ROOT.resolve("experiments/README.md"), ROOT.resolve("examples/README.md")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  private static List<Block> blocks(Path page) throws IOException {
    var blocks = new ArrayList<Block>();
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        int begin = i++;
        var text = new StringBuilder();
        for (; !lines.get(i).equals("```"); i++) {
          text.append(lines.get(i)).append('\n');
        }
        blocks.add(
            new Block(ROOT.relativize(page).toString(), begin + 1, lines.get(begin).substring(3), text.toString()));
      }
    }
    return blocks;
  }

  @TestFactory
  Stream<DynamicNode> everyShellBlockRuns() {
    var byPage = new LinkedHashMap<String, List<Block>>();
    blocks.forEach(block -> byPage.computeIfAbsent(block.page(), _ -> new ArrayList<>()).add(block));
    return byPage.entrySet().stream().map(page -> {
      Path folder = WORK.resolve(page.getKey().replace('/', '-').replace(".md", ""));
      var outputs = new HashMap<String, String>();
      var tests = new ArrayList<DynamicNode>();
      for (Block block : page.getValue()) {
        if (block.info().startsWith("sh")) {
          tests.add(dynamicTest(block.page() + ":" + block.line(), () -> {
            checked++;
            outputs.put("last", check(block, folder, page.getValue()));
          }));
        } else if (block.info().equals("text") && !tests.isEmpty()) {
          tests.add(dynamicTest(block.page() + ":" + block.line() + ", what is printed", () -> {
            assumeThat(outputs.get("last")).describedAs("this machine is too slow for all models")
                .doesNotContain("Cut by the time budget");
            assertThat(block.text().lines().filter(line -> !line.isBlank()).map(String::strip)).allSatisfy(
                line -> assertThat(outputs.get("last")).contains(line));
          }));
        }
      }
      return DynamicContainer.dynamicContainer(page.getKey(), tests);
    });
  }

  @AfterAll
  void noBlockIsLeftOut() throws IOException {
    int fences = 0;
    for (Path page : pages()) {
      fences +=
          (int) Files.readString(page).lines().filter(line -> line.matches("\\s*[`~]{3,} ?(sh|bash|shell|console).*"))
              .count();
    }
    System.out.println("documentation: " + checked + " shell blocks");
    assertThat(checked).isEqualTo(fences).isPositive();
  }

  @Test
  void everyBlockSaysWhatItIs() {
    assertThat(blocks).allSatisfy(block -> assertThat(block.info())
        .describedAs(block.page() + ":" + block.line())
        .isIn("sh", "sh error", "sh parse", "text", "java", "yaml", "xml"));
  }

  @Test
  void everyJavaBlockIsAPieceOfAnExample() throws IOException {
    var sources = new ArrayList<List<String>>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("examples/src"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        sources.add(Files.readAllLines(file));
      }
    }
    assertThat(blocks.stream().filter(block -> block.info().equals("java"))).allSatisfy(
        block -> assertThat(sources).describedAs(block.page() + ":" + block.line() + " is no piece of examples/")
            .anyMatch(source -> contains(source, block.text().lines().toList())));
  }

  private static boolean contains(List<String> source, List<String> piece) {
    for (int begin = 0; begin + piece.size() <= source.size(); begin++) {
      String first = source.get(begin);
      int indent = first.length() - first.stripLeading().length();
      boolean same = true;
      for (int i = 0; same && i < piece.size(); i++) {
        String line = source.get(begin + i);
        same = line.isBlank() ? piece.get(i).isBlank()
            : line.length() > indent && line.substring(indent).equals(piece.get(i));
      }
      if (same) {
        return true;
      }
    }
    return false;
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page).replaceAll("(?s)```.*?```", ""));
      while (link.find()) {
        if (!link.group(1).startsWith("http")) {
          String[] parts = link.group(1).split("#", 2);
          Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
          assertThat(target).describedAs(page + " links to " + link.group(1)).exists();
          if (parts.length == 2) {
            assertThat(anchors(target)).describedAs(page + " links to " + link.group(1)).contains(parts[1]);
          }
        }
      }
    }
  }

  private static List<String> anchors(Path page) throws IOException {
    return Files.readAllLines(page).stream().filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9 -]", "")
            .replace(' ', '-'))
        .toList();
  }

  @Test
  void theReadmeIsShort() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(120);
  }

  /** Runs or parses a block, and returns what it printed. */
  private static String check(Block block, Path folder, List<Block> page) throws Exception {
    if (block.info().equals("sh parse")) {
      for (String command : block.text().replace("\\\n", " ").lines().toList()) {
        assertThat(command).describedAs("a block that is only parsed").matches(PARSED_ONLY);
        parse(command, page);
      }
      return "";
    }
    prepare(folder, page);
    Outcome outcome = run(block.text(), folder);
    assertThat(outcome.code()).describedAs(block.text() + "\n" + outcome.output())
        .isEqualTo(block.info().equals("sh error") ? 2 : 0);
    assertThat(outcome.output()).doesNotContain("\tat crema.");
    return outcome.output();
  }

  private static void prepare(Path folder, List<Block> page) throws Exception {
    if (!Files.exists(folder)) {
      String commands = String.join("\n", page.stream().filter(block -> block.info().equals("sh")
          || block.info().equals("sh error") || block.info().equals("yaml")).map(Block::text).toList());
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("crema"), "#!/bin/sh\nexec '" + ROOT.resolve("crema") + "' \"$@\"\n");
      assertThat(folder.resolve("crema").toFile().setExecutable(true)).isTrue();
      for (Map.Entry<String, Fixtures.Fixture> fixture : Fixtures.ALL.entrySet()) {
        boolean used =
            Pattern.compile("(?<![\\w/.-])" + Pattern.quote(fixture.getKey()) + "(?![\\w-])").matcher(commands)
                .find();
        boolean made = commands.contains("--output " + fixture.getKey() + "\n")
            || fixture.getKey().equals("models/quickstart") && commands.contains("./crema quickstart\n");
        if (used && !made) {
          fixture.getValue().make(folder.resolve(fixture.getKey()));
        }
      }
      // The configs that a page shows are files: the comment in their first line says which.
      for (Block block : page) {
        if (block.info().equals("yaml") && block.text().startsWith("# ")) {
          Files.writeString(folder.resolve(block.text().lines().findFirst().orElseThrow().substring(2)), block.text());
        }
      }
    }
  }

  private static void parse(String command, List<Block> page) throws Exception {
    String[] words = command.strip().split("\\s+");
    switch (words[0]) {
      case "./crema" -> {
        Outcome help = run(command.replace("./crema", "'" + ROOT.resolve("crema") + "'") + " --help", ROOT);
        assertThat(help.code()).describedAs(help.output()).isZero();
      }
      case "mvn" -> Pattern.compile("-P(\\S+)").matcher(command).results()
          .flatMap(profiles -> Stream.of(profiles.group(1).split(",")))
          .forEach(profile -> assertThat(ROOT.resolve("pom.xml")).content().contains("<id>" + profile + "</id>"));
      case "java" -> {
        Matcher main = Pattern.compile("crema\\.(\\w+)\\.(\\w+)").matcher(command);
        assertThat(main.find()).isTrue();
        assertThat(ROOT.resolve(main.group(1)).resolve("src/main/java/crema").resolve(main.group(1))
            .resolve(main.group(2) + ".java")).exists();
      }
      case "python3" -> assertThat(ROOT.resolve(words[1])).exists();
      default -> assertThat(ROOT.resolve(words[0])).isExecutable();
    }
  }

  /** What a process printed, and how it ended. */
  record Outcome(int code, String output) {}

  static Outcome run(String commands, Path folder) throws IOException, InterruptedException {
    Path log = Files.createTempFile(Files.createDirectories(WORK), "block", ".log");
    var builder = new ProcessBuilder("sh", "-e", "-c", commands).directory(folder.toFile()).redirectErrorStream(true)
        .redirectOutput(log.toFile());
    builder.environment().put("CREMA_JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(8, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("takes more than eight minutes: " + commands);
    }
    String output = Files.readString(log);
    Files.delete(log);
    return new Outcome(process.exitValue(), output);
  }

  @org.junit.jupiter.api.BeforeAll
  void empty() throws IOException {
    if (Files.exists(WORK)) {
      try (Stream<Path> files = Files.walk(WORK)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
