import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Builds Crema on first use and whenever its sources are newer, shows what it does, and makes the caches of a fast
 * start. The launchers run this file by {@code java Build.java ROOT MODULE JDK [terminal|plain]} when there is
 * something to do; the one for Windows, whose shell cannot compare times, runs the compiled class at every start. JDK
 * is what the launcher calls the JDK that runs this, so that it sees when that is another one. Exit codes: 0 ready, 1
 * the build failed, 2 it cannot build here.
 *
 * <p>While it builds, it holds a lock, which the system releases however the process ends, and a file {@code building}
 * marks what lies in the build folders as unfinished.
 */
final class Build {
  /** Modules that the command line does not contain. */
  private static final Set<String> UNRELATED = Set.of("bench", "examples", "ptx-emulator");

  private static final List<String> MODES = List.of("scalar", "simd");

  private static final Pattern MODULE = Pattern.compile("\\[INFO] Building (.+) \\S+ +\\[(\\d+)/(\\d+)]");
  private static final Pattern GOAL =
      Pattern.compile("\\[INFO] --- (?:maven-)?(\\w+?)(?:-maven)?(?:-plugin)?:[^:]+:(\\w+) .*");
  private static final int ERROR_LINES = 20;

  private final Path root;
  private final String module;
  private final String jdkName;
  private final Path target;
  private final Path jar;
  private final Path jdk = Path.of(System.getProperty("java.home"));
  private final boolean windows = System.getProperty("os.name").startsWith("Windows");
  private final Progress progress;

  private Build(Path root, String module, String jdkName, boolean terminal) {
    this.root = root;
    this.module = module;
    this.jdkName = jdkName;
    target = root.resolve(module, "target");
    jar = target.resolve("crema.jar");
    progress = new Progress(System.err, terminal);
  }

  static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length < 3) {
      System.err.println("usage: java Build.java ROOT MODULE JDK [terminal|plain]");
      System.exit(2);
    }
    boolean terminal = arguments.length > 3
        ? arguments[3].equals("terminal")
        : System.console() != null && System.console().isTerminal();
    var build = new Build(Path.of(arguments[0]).toAbsolutePath(), arguments[1], arguments[2], terminal);
    System.exit(build.run());
  }

  private int run() throws IOException, InterruptedException {
    boolean sources = Files.isDirectory(root.resolve(module, "src"));
    if (!(sources && stale()) && !cachesStale()) {
      return 0;
    }
    Path lockFile = target.resolve("build.lock");
    try {
      Files.createDirectories(target);
      try (var channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = lock(channel)) {
        if (sources && stale()) {
          int code = maven();
          if (code != 0) {
            return code;
          }
        }
        if (cachesStale()) {
          makeCaches();
        }
      }
      return 0;
    } catch (FileSystemException e) {
      if (!(sources && stale())) {
        return 0; // the caches are a luxury
      }
      progress.end(null);
      String what = Files.exists(jar) ? "cannot build again, though its sources are newer: " : "cannot build: ";
      System.err.println("crema: " + what + e.getFile() + ": " + reason(e) + "; make " + root
          + " writable or use a copy of it");
      return 2;
    }
  }

  private static String reason(FileSystemException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "is not a folder";
      default -> e.getReason();
    };
  }

  /** Waits for another first use, if there is one. */
  private FileLock lock(FileChannel channel) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock == null) {
      progress.line("Crema is being built by another process; waiting for it ...");
      lock = channel.lock();
      progress.end(null);
    }
    return lock;
  }

  /** Whether there is no finished jar, or an input is newer. The launcher for POSIX shells has the same rule. */
  private boolean stale() throws IOException {
    if (!Files.exists(jar) || Files.exists(building())) {
      return true;
    }
    FileTime built = Files.getLastModifiedTime(jar);
    List<Path> inputs = new ArrayList<>(List.of(root.resolve("pom.xml")));
    for (Path folder : modules()) {
      inputs.addAll(List.of(folder.resolve("pom.xml"), folder.resolve("src", "main")));
    }
    for (Path input : inputs) {
      if (!Files.exists(input)) {
        continue;
      }
      // Folders too: where a file was removed, only they are newer.
      try (Stream<Path> files = Files.find(input, Integer.MAX_VALUE,
          (_, attributes) -> attributes.lastModifiedTime().compareTo(built) > 0)) {
        if (files.findAny().isPresent()) {
          return true;
        }
      }
    }
    return false;
  }

  private List<Path> modules() throws IOException {
    try (Stream<Path> folders = Files.list(root)) {
      return folders.filter(folder -> !UNRELATED.contains(folder.getFileName().toString()))
          .filter(folder -> Files.exists(folder.resolve("pom.xml"))).sorted().toList();
    }
  }

  private Path building() {
    return target.resolve("building");
  }

  private int maven() throws IOException, InterruptedException {
    Optional<Path> maven = onPath(windows ? "mvn.cmd" : "mvn");
    if (maven.isEmpty()) {
      System.err.println("crema: needs Maven to build itself on first use; "
          + "install it (https://maven.apache.org/install.html)");
      return 2;
    }
    if (Files.exists(building())) {
      // An interrupted build can leave half a class file, which the compiler's check of times would take for done.
      for (Path folder : modules()) {
        delete(folder.resolve("target", "classes"));
        delete(folder.resolve("target", "maven-status"));
      }
    }
    delete(building());
    Files.createFile(building());
    FileTime start = Files.getLastModifiedTime(building());
    Path log = target.resolve("build.log");
    progress.line("Building Crema with JDK " + Runtime.version().feature() + " ...");
    var command =
        new ProcessBuilder(maven.get().toString(), "-B", "-Dstyle.color=never", "-Dmaven.test.skip=true", "-pl", module,
            "-am", "package").directory(root.toFile()).redirectErrorStream(true);
    command.environment().put("JAVA_HOME", jdk.toString());
    Process process = command.start();
    process.getOutputStream().close();
    var stop = new Thread(() -> kill(process), "crema-build-on-exit");
    Runtime.getRuntime().addShutdownHook(stop);
    List<String> errors = follow(process, log);
    int code = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(stop);
    if (code != 0 || !Files.exists(jar)) {
      progress.end(null);
      delete(jar);
      delete(building());
      errors.forEach(System.err::println);
      System.err.println("crema: the build failed; the whole log is in " + log);
      return 1;
    }
    compileItself();
    // As of the start: a source that was changed while it was built is newer.
    Files.setLastModifiedTime(jar, start);
    delete(building());
    progress.end("Built Crema in " + progress.elapsed());
    return 0;
  }

  /** Logs what Maven says, shows where it is, and returns its errors. */
  private List<String> follow(Process maven, Path log) throws IOException {
    List<String> errors = new ArrayList<>();
    String where = "";
    boolean advice = false;
    try (
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(maven.getInputStream(), StandardCharsets.UTF_8));
        Writer copy = Files.newBufferedWriter(log)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        copy.write(line + System.lineSeparator());
        Matcher building = MODULE.matcher(line);
        Matcher goal = GOAL.matcher(line);
        if (building.matches()) {
          where = "module " + building.group(2) + " of " + building.group(3) + ", " + building.group(1);
          progress.line("Building Crema: " + where);
        } else if (goal.matches()) {
          progress.detail("Building Crema: " + where + ", " + phase(goal.group(1), goal.group(2)));
        } else if (line.startsWith("Downloading from") || line.startsWith("[INFO] Downloading from")) {
          progress.detail("Building Crema: " + where + (where.isEmpty() ? "" : ", ") + "downloading libraries");
        }
        advice |= line.contains("re-run Maven") || line.startsWith("[ERROR] -> [Help");
        if (line.startsWith("[ERROR]") && !advice && !line.strip().equals("[ERROR]") && errors.size() < ERROR_LINES) {
          errors.add(line);
        }
      }
    }
    return errors;
  }

  private static String phase(String plugin, String goal) {
    return switch (goal) {
      case "compile" -> "compiling";
      case "resources" -> "copying resources";
      case "jar", "shade" -> "packing";
      default -> plugin;
    };
  }

  private static void kill(Process maven) {
    maven.descendants().forEach(ProcessHandle::destroy);
    maven.destroy();
    System.err.println("\ncrema: the build was interrupted; the next use builds again");
  }

  /** For the launcher that runs the class, which starts sooner than the source. */
  private void compileItself() {
    ToolProvider.findFirst("javac").ifPresent(javac -> javac.run(System.out, System.err, "-d",
        target.resolve("launcher").toString(), root.resolve("launcher", "Build.java").toString()));
  }

  private Path cache(String mode) {
    return target.resolve("crema-" + mode + ".aot");
  }

  /** Whether the caches are older than what they hold, or of another JDK. */
  private boolean cachesStale() throws IOException {
    if (!Files.isWritable(target)) {
      return false;
    }
    Path jdkOfCaches = target.resolve("aot.jdk");
    if (!Files.exists(jdkOfCaches) || !Files.readString(jdkOfCaches).strip().equals(jdkName)) {
      return true;
    }
    for (String mode : MODES) {
      Path cache = cache(mode);
      if (!Files.exists(cache)) {
        return true;
      }
      FileTime made = Files.getLastModifiedTime(cache);
      for (Path input : List.of(jar, arguments("jvm"), arguments(mode))) {
        if (Files.getLastModifiedTime(input).compareTo(made) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private Path arguments(String mode) {
    return root.resolve("launcher", mode + ".args");
  }

  /**
   * What a start loads is kept ready in a cache (JEP 514), one for each mode. Crema runs without it too: where it
   * cannot be made, an empty file says not to try again.
   */
  private void makeCaches() throws IOException, InterruptedException {
    for (String mode : MODES) {
      progress.line("Preparing fast starts: " + (MODES.indexOf(mode) + 1) + " of " + MODES.size());
      Path made = target.resolve("crema-" + mode + ".aot.new");
      Files.deleteIfExists(made);
      Process rehearsal =
          new ProcessBuilder(jdk.resolve("bin", "java").toString(), "@" + arguments("jvm"), "@" + arguments(mode),
              "-XX:AOTCacheOutput=" + made, "-Dcrema.stderr=2", "-cp", jar.toString(), "crema.cli.Crema", "rehearse")
              .redirectErrorStream(true)
              .redirectOutput(target.resolve("rehearsal-" + mode + ".log").toFile())
              .start();
      rehearsal.getOutputStream().close();
      if (rehearsal.waitFor() != 0 || !Files.exists(made)) {
        Files.write(made, new byte[0]);
      }
      Files.move(made, cache(mode), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.writeString(target.resolve("aot.jdk"), jdkName + "\n");
    progress.end(null);
  }

  private static Optional<Path> onPath(String name) {
    return Arrays.stream(System.getenv("PATH").split(System.getProperty("path.separator")))
        .map(folder -> folder.replace("\"", ""))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name)).filter(Files::isRegularFile).filter(Files::isExecutable).findFirst();
  }

  private static void delete(Path path) throws IOException {
    if (Files.exists(path)) {
      try (Stream<Path> files = Files.walk(path)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** One line that changes on a terminal, with the time that has passed; a few plain lines otherwise. */
  private static final class Progress {
    private final PrintStream out;
    private final boolean terminal;
    private final Instant start = Instant.now();
    private String text = "";
    private int shown;

    Progress(PrintStream out, boolean terminal) {
      this.out = out;
      this.terminal = terminal;
      if (terminal) {
        Thread.ofPlatform().daemon().name("crema-build-clock").start(() -> {
          while (true) {
            try {
              Thread.sleep(Duration.ofSeconds(1));
            } catch (InterruptedException e) {
              return;
            }
            draw();
          }
        });
      }
    }

    /** A new step. */
    void line(String step) {
      if (terminal) {
        detail(step);
      } else {
        out.println(step);
      }
    }

    /** What happens within a step, which only a terminal shows. */
    synchronized void detail(String what) {
      if (terminal) {
        text = what;
        draw();
      }
    }

    private synchronized void draw() {
      if (!text.isEmpty()) {
        show(text + ", " + elapsed());
      }
    }

    /** Blanks cover what was longer: a console of Windows shows escape sequences as they are. */
    private void show(String line) {
      out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
      out.flush();
      shown = line.length();
    }

    /** Takes the changing line away, and leaves one if there is something to say. */
    synchronized void end(String last) {
      if (terminal && !text.isEmpty()) {
        show("");
        out.print("\r");
        text = "";
      }
      if (last != null) {
        out.println(last);
      }
      out.flush();
    }

    String elapsed() {
      long seconds = Duration.between(start, Instant.now()).toSeconds();
      return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }
  }
}
