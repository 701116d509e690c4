package crema.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class KeyedTest {
  private enum Loss implements Keyed {
    HINGE,
    SQUARED_HINGE,
    LOGISTIC
  }

  private enum Behavior implements Keyed {
    MERGED_WITH_NEXT("MergedWithNext");

    private final String key;

    Behavior(String key) {
      this.key = key;
    }

    @Override
    public String key() {
      return key;
    }
  }

  @Test
  void aConstantIsFoundByItsNameInKebabCase() {
    assertThat(Keyed.keys(Loss.class)).containsExactly("hinge", "squared-hinge", "logistic");
    for (Loss loss : Loss.values()) {
      assertThat(Keyed.find(Loss.class, loss.key(), "loss")).isEqualTo(loss);
    }
  }

  @Test
  void aFormatMayHaveSpellingsOfItsOwn() {
    assertThat(Keyed.find(Behavior.class, "MergedWithNext", "behavior")).isEqualTo(Behavior.MERGED_WITH_NEXT);
    assertThat(Keyed.find(List.of(Behavior.values()), "merged-with-next")).isEmpty();
  }

  @Test
  void anUnknownKeyIsAMistakeThatListsThoseThereAreAndSuggestsTheNearest() {
    assertThatThrownBy(() -> Keyed.find(Loss.class, "squared_hinge", "--loss")).isInstanceOf(UserError.class)
        .hasMessage("--loss must be one of hinge, squared-hinge, logistic, not 'squared_hinge'; "
            + "did you mean 'squared-hinge'?");
    assertThatThrownBy(() -> Keyed.find(List.of(Loss.HINGE, Loss.LOGISTIC), "squared-hinge", "loss"))
        .hasMessage("loss must be one of hinge, logistic, not 'squared-hinge'");
  }
}
