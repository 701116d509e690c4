package crema.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir
  Path folder;
  private final List<String> warnings = new ArrayList<>();

  private List<String> append(Path file, String identity, String... records) {
    var found = new ArrayList<String>();
    try (Journal journal = Journal.open(file, identity, record -> {
      String text = new String(record, StandardCharsets.UTF_8);
      if (text.equals("unusable")) {
        throw new IllegalArgumentException(text);
      }
      found.add(text);
    }, warnings::add)) {
      for (String record : records) {
        journal.append(record.getBytes(StandardCharsets.UTF_8));
      }
    }
    return found;
  }

  @Test
  void recordsAreFoundAgainInTheirOrder() {
    Path file = folder.resolve("new/folder/a.journal");
    assertThat(append(file, "a", "one", "", "three")).isEmpty();
    assertThat(append(file, "a", "four")).containsExactly("one", "", "three");
    assertThat(append(file, "a")).containsExactly("one", "", "three", "four");
    assertThat(warnings).isEmpty();
  }

  @Test
  void thatOfAnotherComputationIsReplaced() {
    Path file = folder.resolve("a.journal");
    append(file, "a", "one");
    assertThat(append(file, "b", "two")).isEmpty();
    assertThat(append(file, "b")).containsExactly("two");
    assertThat(append(file, "")).isEmpty();
  }

  @Test
  void whereverAKillCutsTheFileOffTheRecordsBeforeAreKept() throws IOException {
    Path file = folder.resolve("a.journal");
    append(file, "a", "one", "two", "three");
    byte[] whole = Files.readAllBytes(file);
    int record = 8 + 3;
    int head = whole.length - 2 * record - 8 - 5;
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      int records = length < head ? 0 : Math.min(2, (length - head) / record);
      List<String> kept = List.of("one", "two").subList(0, records);
      assertThat(append(file, "a", "again")).as("%s bytes", length).isEqualTo(kept);
      var after = new ArrayList<>(kept);
      after.add("again");
      assertThat(append(file, "a")).isEqualTo(after);
    }
  }

  @Test
  void aDamagedRecordIsDroppedWithAllAfterIt() throws IOException {
    Path file = folder.resolve("a.journal");
    append(file, "a", "one", "two", "three");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 5 - 8 - 1] ^= 1;
    Files.write(file, bytes);
    assertThat(append(file, "a")).containsExactly("one");
    append(file, "a", "unusable", "four");
    assertThat(append(file, "a", "five")).containsExactly("one");
    assertThat(append(file, "a")).containsExactly("one", "five");
  }

  @Test
  void oneThatCannotBeWrittenIsGivenUp() throws IOException {
    Path file = Files.createDirectories(folder.resolve("a.journal"));
    assertThat(append(file, "a", "one", "two")).isEmpty();
    assertThat(warnings).singleElement().asString().startsWith(file + " cannot be written: ")
        .endsWith("the run goes on, and does this part again if it is killed");
  }
}
