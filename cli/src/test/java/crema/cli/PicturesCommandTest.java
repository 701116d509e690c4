package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.json.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command says of the pictures of a table. */
class PicturesCommandTest {
  @TempDir
  private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("photos"));
    picture("a.png", 40, 30);
    picture("b.jpg", 64, 20);
    Files.copy(folder.resolve("photos/a.png"), folder.resolve("photos/same.png"));
    Files.writeString(folder.resolve("photos/page.jpg"), "<html><body>Not found");
    Files.writeString(folder.resolve("rows.csv"), """
        title,photo
        one,photos/a.png
        two,photos/b.jpg
        three,
        four,photos/page.jpg
        five,photos/missing.jpg
        six,photos/same.png
        """);
  }

  private void picture(String name, int width, int height) throws IOException {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    image.setRGB(3, 3, 0x123456);
    ImageIO.write(image, name.substring(2), folder.resolve("photos").resolve(name).toFile());
  }

  private CommandRun run(String... more) {
    return runOn("photo", more);
  }

  private CommandRun runOn(String column, String... more) {
    var arguments = new ArrayList<>(List.of("pictures", folder.resolve("rows.csv").toString(), "--image",
        column, "--picture-cache", folder.resolve("cache").toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void formatsSizesAndFaultsAreCountedAndShown() {
    CommandRun run = run();
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out()).contains("6 rows, 3 with a picture that can be used", "jpeg 1, png 2",
        "40 to 64 wide, 20 to 30 high", "1 rows name no picture", "1 not there, 1 no picture");
    assertThat(run.err()).contains("rows.csv, line 5: ", "page.jpg is a web page", "rows.csv, line 6: ",
        "missing.jpg is not there");
  }

  @Test
  void theNextCallFindsWhatIsPreparedAndFaultsGoToAFile() throws IOException {
    Path faults = folder.resolve("faults.jsonl");
    run();
    CommandRun run = run("--format", "json", "--faults", faults.toString());
    assertThat(Json.parse(run.out()).path("known").asInt()).isEqualTo(3);
    assertThat(Json.parse(run.out()).path("faults").path("missing").asInt()).isEqualTo(1);
    assertThat(Files.readAllLines(faults)).hasSize(2).first().asString().contains("\"line\":5",
        "\"fault\":\"not-a-picture\"");
  }

  @Test
  void theFirstFaultEndsAStrictCallAndLeavesNoFileOfFaults() {
    Path faults = folder.resolve("faults.jsonl");
    CommandRun run = run("--strict", "--faults", faults.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("line 5: ").doesNotContain("\tat ");
    assertThat(faults).doesNotExist();
  }

  @Test
  void mistakesAreNamed() {
    assertThat(runOn("foto").err()).contains("has no column 'foto'");
    assertThat(run("--size", "0").err()).contains("--size must be from 1 to 1024");
    assertThat(run("--time-limit", "0").err()).contains("--time-limit must be above 0");
  }
}
