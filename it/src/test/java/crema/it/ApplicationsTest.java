package crema.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Applications outside the build, in {@code projects/}, that depend on the prediction artifact as a user's would. They
 * get Crema from a repository of this build's jars below {@code target/}, so the user's own repository is only read.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApplicationsTest {
  private static final String GROUP = "io/github/crema-engine/";
  private static final String VERSION = "0.1.0";
  private static final String TREE = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:tree";
  private static final String CLASS_PATH = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath";
  private static final Pattern UNREACHABLE = Pattern.compile(
      "Unknown host|Could not transfer|Cannot access .* in offline mode|Connection refused|Network is unreachable");

  private static final Path MODULE = Path.of("").toAbsolutePath();
  private static final Path ROOT = MODULE.getParent();
  private static final Path TARGET = MODULE.resolve("target");
  private static final Path PROJECTS = TARGET.resolve("projects");
  private static final Path JAR = ROOT.resolve("cli/target/crema.jar");

  /** What a process printed, and how it ended. */
  private record Outcome(int code, String output) {}

  @BeforeAll
  void stageAndTrain() throws Exception {
    delete(TARGET.resolve("staging"));
    delete(TARGET.resolve("repository").resolve(GROUP));
    delete(PROJECTS);
    copy(MODULE.resolve("projects"), PROJECTS);
    stage("parent", ROOT.resolve("pom.xml"));
    for (String name : List.of("bom", "base", "tensor", "autograd", "nn", "tokenizer", "data", "images", "classic",
        "train", "training")) {
      stage(name, ROOT.resolve(name).resolve("pom.xml"));
    }
    stage("cuda", ROOT.resolve("cuda-kernels").resolve("pom.xml"));
    Files.writeString(TARGET.resolve("settings.xml"), settings());
    for (String model : List.of("linear", "fasttext", "encoder")) {
      train(model);
    }
    Outcome build = maven(PROJECTS);
    assertThat(build.code()).describedAs(build.output()).isZero();
  }

  @Test
  void predictionNeedsAtMostFourJarsBeyondOursAndSevenMegabytes() throws IOException {
    List<String> artifacts = Files.readAllLines(PROJECTS.resolve("classpath/target/tree.txt")).stream()
        .skip(1).map(line -> line.replaceFirst("^[| +\\\\-]*", "")).toList();
    assertThat(artifacts).anyMatch(artifact -> artifact.startsWith("io.github.crema-engine:crema-train:jar"));
    List<String> theirs = artifacts.stream()
        .filter(artifact -> !artifact.startsWith("io.github.crema-engine:")).toList();
    assertThat(theirs).hasSizeLessThanOrEqualTo(4);
    long bytes = 0;
    for (String jar : classPath("classpath").split(Pattern.quote(System.getProperty("path.separator")))) {
      bytes += Files.size(Path.of(jar));
    }
    System.out.printf("prediction: %d jars beyond ours %s, %.2f MB in all%n", theirs.size(), theirs, bytes * 1e-6);
    assertThat(bytes).isLessThanOrEqualTo(7_000_000);
  }

  @Test
  void aMillionPredictionsOfAThousandThreadsLeaveMemoryAsItWas() throws Exception {
    Outcome run = java(onClassPath("classpath"), "app.App", model("linear"), "1000000");
    assertThat(run.output()).contains("1000000 answers as expected");
    var growth = Pattern.compile("(-?\\d+) MiB more in use").matcher(run.output());
    assertThat(growth.find()).describedAs(run.output()).isTrue();
    assertThat(Integer.parseInt(growth.group(1))).isLessThan(16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "fasttext", "encoder"})
  void modelsPredictOnTheModulePath(String model) throws Exception {
    String path = PROJECTS.resolve("modulepath/target/classes") + System.getProperty("path.separator")
        + classPath("modulepath");
    Outcome run = java(List.of("-p", path), "-m", "app/app.App", model(model), "2000");
    assertThat(run.output()).contains("2000 answers as expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fasttext", "encoder"})
  void modelsPredictOnTheClassPath(String model) throws Exception {
    Outcome run = java(onClassPath("classpath"), "app.App", model(model), "2000");
    assertThat(run.output()).contains("2000 answers as expected");
  }

  @Test
  void aLibraryThatOnlyTrainingNeedsIsNamedWithTheArtifactThatBringsIt() throws Exception {
    Path rows = Files.writeString(TARGET.resolve("rows.csv"), "title,category\napple,fruit\n");
    Outcome run = java(onClassPath("classpath"), "app.Train", rows.toString());
    assertThat(run.output().lines()).contains("reading " + rows + " needs the library de.siegmar:fastcsv, which "
        + "is not there; add it, or io.github.crema-engine:crema-training, which brings all that training needs");
  }

  /** Of Spring Boot 3, whose annotations of Jackson 2 come first, and 4, which has a Jackson 3 of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"spring-boot-3", "spring-boot-4"})
  void springBootPredicts(String project) throws Exception {
    Outcome build = maven(PROJECTS.resolve(project));
    assumeTrue(build.code() == 0 || !UNREACHABLE.matcher(build.output()).find(),
        "Spring Boot cannot be fetched from Maven Central and is not there yet");
    assertThat(build.code()).describedAs(build.output()).isZero();
    var options = new ArrayList<>(onClassPath(project));
    options.add("-Dmodel=" + model("encoder"));
    Outcome run = java(options, "app.App");
    assertThat(run.output()).contains("1000 answers as expected", "[\"");
  }

  /** The classes of a jar, by their names. */
  private static List<String> classes(Path jar) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      return file.stream().map(JarEntry::getName).filter(name -> name.endsWith(".class"))
          .map(name -> name.replaceFirst("^META-INF/versions/\\d+/", "")).distinct().toList();
    }
  }

  @Test
  void theJarOfTheCommandLineHasNoClassUnderANameThatAnApplicationMayHaveToo() throws IOException {
    assertThat(classes(JAR)).isNotEmpty()
        .allMatch(name -> name.startsWith("crema/") || name.startsWith("com/github/luben/zstd/")
            || name.startsWith("org/xerial/snappy/"));
  }

  /** Every class of the libraries is on the class path first, in a version that has nothing of what is needed. */
  @Test
  void theJarOfTheCommandLinePredictsBesideAnyVersionsOfItsLibraries() throws Exception {
    Path others = TARGET.resolve("others");
    delete(others);
    Map<String, String> libraries = Map.of("fastcsv", "de/siegmar/fastcsv", "hardwood",
        "dev/hardwood", "jackson", "tools/jackson", "jline",
        "org/jline", "jspecify", "org/jspecify/annotations", "math3", "org/apache/commons/math3", "picocli", "picocli",
        "progressbar", "me/tongfei/progressbar", "snakeyaml", "org/snakeyaml/engine", "twelvemonkeys",
        "com/twelvemonkeys");
    int written = 0;
    for (String name : classes(JAR)) {
      String[] parts = name.split("/", 4);
      if (name.startsWith("crema/shaded/") && libraries.containsKey(parts[2])) {
        String own = libraries.get(parts[2]) + "/" + parts[3].replaceFirst("\\.class$", "");
        Path file = others.resolve(own + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, ClassFile.of().build(ClassDesc.ofInternalName(own), _ -> {}));
        written++;
      }
    }
    assertThat(written).isGreaterThan(500);
    for (String model : List.of("linear", "fasttext", "encoder")) {
      Outcome run = java(List.of("-cp", others + File.pathSeparator + JAR + File.pathSeparator
          + PROJECTS.resolve("classpath/target/classes")), "app.App", model(model), "2000");
      assertThat(run.output()).contains("2000 answers as expected");
    }
  }

  /** The library that decodes WebP has another name in the jar, and is found and works all the same. */
  @Test
  void theJarOfTheCommandLineReadsWebp() throws Exception {
    Path folder = TARGET.resolve("webp");
    delete(folder);
    Files.createDirectories(folder);
    var rows = new ArrayList<>(List.of("photo"));
    for (String name : List.of("lossy", "webp-lossless", "webp-lossless-alpha", "webp-animated", "orientation-6")) {
      Files.copy(ROOT.resolve("images/src/test/resources/crema/data/image/pictures").resolve(name + ".webp"),
          folder.resolve(name + ".webp"));
      rows.add(name + ".webp");
    }
    Path table = Files.write(folder.resolve("rows.csv"), rows);
    Outcome run = java(List.of("-cp", JAR.toString(), "crema.cli.Crema", "pictures", table.toString(), "--image",
        "photo", "--size", "16", "--picture-cache", folder.resolve("cache").toString()));
    assertThat(run.code()).describedAs(run.output()).isZero();
    assertThat(run.output()).contains("5 rows, 5 with a picture that can be used", "webp 5");
  }

  /** Without the module of vector kernels, slower ones are used: the same answers, and one line that says so. */
  @Test
  void withoutTheModuleOfVectorKernelsAnApplicationPredictsAll() throws Exception {
    var command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
    command.addAll(onClassPath("classpath"));
    command.addAll(List.of("app.App", model("encoder"), "2000"));
    Outcome run = run(command, MODULE);
    assertThat(run.output()).contains("2000 answers as expected").doesNotContain("\tat ");
  }

  private static String model(String name) {
    return TARGET.resolve("models").resolve(name).toString();
  }

  private static String classPath(String project) throws IOException {
    return Files.readString(PROJECTS.resolve(project).resolve("target/classpath.txt")).strip();
  }

  private static List<String> onClassPath(String project) throws IOException {
    return List.of("-cp", PROJECTS.resolve(project).resolve("target/classes") + System.getProperty("path.separator")
        + classPath(project));
  }

  /** Trains a small model with the jar of the command line. */
  private static void train(String model) throws Exception {
    var arguments = new ArrayList<>(List.of("-cp", JAR.toString(), "crema.cli.Crema",
        "train", "--model", model, "--train", MODULE.resolve("src/test/data/titles.csv").toString(), "--text", "title",
        "--label", "category", "--overwrite", "--output", model(model)));
    if (model.equals("encoder")) {
      arguments.addAll(List.of("--hidden-size", "16", "--layers", "1", "--heads", "2", "--ffn-size", "32",
          "--vocabulary-size", "300", "--epochs", "1"));
    }
    Outcome run = java(arguments);
    assertThat(run.code()).describedAs(run.output()).isZero();
  }

  private static Outcome java(List<String> options, String... more) throws Exception {
    var command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
            "--add-modules", "jdk.incubator.vector"));
    command.addAll(options);
    command.addAll(Arrays.asList(more));
    return run(command, MODULE);
  }

  /** Compiles a project, and writes its dependencies to {@code target/tree.txt} and {@code target/classpath.txt}. */
  private static Outcome maven(Path project) throws Exception {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    return run(List.of(windows ? "mvn.cmd" : "mvn", "-B", "-s", TARGET.resolve("settings.xml").toString(),
        "-Dmaven.repo.local=" + TARGET.resolve("repository"), "compile", TREE, "-DoutputFile=target/tree.txt",
        CLASS_PATH, "-Dmdep.outputFile=target/classpath.txt", "-DincludeScope=runtime"), project);
  }

  private static Outcome run(List<String> command, Path folder) throws Exception {
    Path log = Files.createTempFile(TARGET, "run", ".log");
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
        .redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("MAVEN_OPTS");
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(command + " takes more than five minutes: " + Files.readString(log));
    }
    String output = Files.readString(log, StandardCharsets.UTF_8);
    Files.delete(log);
    return new Outcome(process.exitValue(), output);
  }

  /** Puts a module's POM, and its jar if it has one, where Maven finds them. */
  private static void stage(String name, Path pom) throws IOException {
    String artifact = "crema-" + name;
    Path folder = Files.createDirectories(TARGET.resolve("staging").resolve(GROUP + artifact).resolve(VERSION));
    Files.copy(pom, folder.resolve(artifact + "-" + VERSION + ".pom"));
    Path jar = pom.resolveSibling("target").resolve(artifact + "-" + VERSION + ".jar");
    if (Files.exists(jar)) {
      Files.copy(jar, folder.resolve(jar.getFileName()));
    }
  }

  private static String settings() throws IOException {
    String own = System.getProperty("maven.repo.local", Path.of(System.getProperty("user.home"), ".m2", "repository")
        .toString());
    return Files.readString(MODULE.resolve("src/test/settings.xml"))
        .replace("@staging@", TARGET.resolve("staging").toUri().toString())
        .replace("@cache@", Path.of(own).toUri().toString());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(each -> !each.toString().contains("target")).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
