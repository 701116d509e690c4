package crema.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LookAlikesTest {
  @Test
  void labelsThatAPersonWouldTakeForOneAreTogether() {
    assertThat(LookAlikes.groups(List.of("Fruit", "fruit", "Toys", "Fruit\u00A0", "1", "01", "1.0", "+1.", "-1", "-01",
        "Caf\u00E9", "Cafe\u0301", "\uFF34oys"))).containsExactly(List.of("Fruit", "fruit", "Fruit\u00A0"),
            List.of("Toys", "\uFF34oys"), List.of("1", "01", "1.0", "+1."), List.of("-1", "-01"),
            List.of("Caf\u00E9", "Cafe\u0301"));
  }

  @Test
  void numbersThatDifferAreApart() {
    assertThat(LookAlikes.groups(List.of("1.05", "15", "0", "10", "100", "1.0.5", "v1.0", "v1", "-1", "1"))).isEmpty();
  }
}
