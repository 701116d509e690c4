package crema.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs that have a folder on their class path which provides a service, and nothing else that this process does
 * not have. What is added from outside is so tested as users add it, and no other test sees it.
 */
public final class PluginProcess {
  private final Path folder;

  /**
   * Processes with a provider.
   *
   * @param folder where to write the services folder and what the programs print
   */
  public PluginProcess(Path folder, Class<?> service, Class<?> provider) throws IOException {
    this.folder = folder;
    Path services = Files.createDirectories(folder.resolve("plugin/META-INF/services"));
    Files.writeString(services.resolve(service.getName()), provider.getName());
  }

  /**
   * How a program ended.
   *
   * @param code its exit code
   * @param output what it wrote to standard output and standard error
   */
  public record Outcome(int code, String output) {}

  /** Runs a program's main class. */
  public Outcome run(String main, Object... arguments) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
            "-cp", System.getProperty("java.class.path") + File.pathSeparator + folder.resolve("plugin"), main));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path output = folder.resolve("output.txt");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(main + " ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  /** Runs the command line. */
  public Outcome crema(Object... arguments) throws IOException, InterruptedException {
    return run("crema.cli.Crema", arguments);
  }
}
