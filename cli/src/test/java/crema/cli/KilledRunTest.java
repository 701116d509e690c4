package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.Keyed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Processes that are killed at random moments and resumed end with the files of one that was not. How often each is killed
 * is {@code -Dcrema.kills}, and the moments differ with {@code -Dcrema.kills.seed}; {@code bench/kills.sh} kills all
 * commands many times.
 */
class KilledRunTest {
  private static final int KILLS = Integer.getInteger("crema.kills", 2);
  private static final long SEED = Long.getLong("crema.kills.seed", 1);
  private static final String COMMANDS = System.getProperty("crema.kills.commands", "");
  /** Before that nothing has begun. */
  private static final double SHORTEST = 0.3;

  @TempDir
  static Path shared;
  private static Map<String, Path> files;

  @TempDir
  Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    files = KilledCommand.prepare(shared);
  }

  /** The commands that are asked for; else all, but those of which a relative is killed too. */
  static List<KilledCommand> killed() {
    if (!COMMANDS.isEmpty()) {
      return Stream.of(COMMANDS.split(",")).map(key -> Keyed.find(KilledCommand.class, key, "command")).toList();
    }
    return System.getProperty("crema.kills") == null ? KilledCommand.OF_EACH_BUILD : List.of(KilledCommand.values());
  }

  @ParameterizedTest
  @MethodSource("killed")
  void whatWasKilledEndsWithTheSameFiles(KilledCommand command) throws IOException, InterruptedException {
    KilledRuns.Result result = new KilledRuns(command, files, KILLS, SHORTEST, SEED, folder).run();
    System.out.println(command.key() + ": " + result);
    assertThat(result.differing()).isEmpty();
    assertThat(result.kills()).isEqualTo(KILLS);
  }
}
