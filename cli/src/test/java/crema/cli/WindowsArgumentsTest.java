package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Arguments of Windows: by the rules of Microsoft's C runtime, with their examples. */
class WindowsArgumentsTest {
  @Test
  void aLineIsSplitAsTheRuntimeDoes() {
    assertThat(WindowsArguments.split("\"abc\" d e")).containsExactly("abc", "d", "e");
    assertThat(WindowsArguments.split("a\\\\b d\"e f\"g h")).containsExactly("a\\\\b", "de fg", "h");
    assertThat(WindowsArguments.split("a\\\\\\\"b c d")).containsExactly("a\\\"b", "c", "d");
    assertThat(WindowsArguments.split("a\\\\\\\\\"b c\" d e")).containsExactly("a\\\\b c", "d", "e");
    assertThat(WindowsArguments.split("\"a b\"\"c d\" e")).containsExactly("a b\"c d", "e");
    assertThat(WindowsArguments.split("  \"\"  C:\\models\\a\\ \t x ")).containsExactly("", "C:\\models\\a\\", "x");
    assertThat(WindowsArguments.split("   ")).isEmpty();
  }

  @Test
  void lettersThatTheCodePageLacksComeBack() {
    assertThat(restore(List.of("predict", "models\\a", "??? 42", "Gr??e"), "predict models\\a \"Где 42\" Größe"))
        .containsExactly("predict", "models\\a", "Где 42", "Größe");
  }

  @Test
  void whatIsNotTheSameLineIsLeftAsItCame() {
    assertThat(restore(List.of("train", "a.csv", "b.csv"), "train *.csv")).containsExactly("train", "a.csv", "b.csv");
    assertThat(restore(List.of("train", "a.csv"), "train *.csv")).containsExactly("train", "a.csv");
    assertThat(restore(List.of("info", "m"), null)).containsExactly("info", "m");
  }

  private static String[] restore(List<String> decoded, String line) {
    return WindowsArguments.restore(decoded.toArray(String[]::new), line);
  }
}
