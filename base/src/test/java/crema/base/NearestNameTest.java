package crema.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  private static final List<String> NAMES = List.of("title", "category", "description");

  @Test
  void slipsOfAFingerAreForgiven() {
    for (var slip : List.of("titel", "tilte", "Title", "titl", "titlle")) {
      assertThat(NearestName.among(slip, NAMES)).as(slip).contains("title");
    }
    assertThat(NearestName.among("catgory", NAMES)).contains("category");
    assertThat(NearestName.among("decsripion", NAMES)).contains("description");
  }

  @Test
  void otherWordsAreNotGuessedAt() {
    for (var other : List.of("name", "url", "label", "")) {
      assertThat(NearestName.among(other, NAMES)).as(other).isEmpty();
    }
    assertThat(NearestName.among("title", List.of())).isEmpty();
  }
}
