package crema.run;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.ModelDirectory;
import crema.classify.TrainingListener;
import crema.data.LabelSet;
import crema.metrics.SingleLabelOutcomes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingsTest {
  private static final List<String> LABELS = List.of("fruit", "tools", "toys");

  private static List<String> ofTest(int documents, IntUnaryOperator truth,
      IntUnaryOperator answer) {
    int[] labels = IntStream.range(0, documents).map(truth).toArray();
    return Findings.ofTest(SingleLabelOutcomes.of(labels, IntStream.range(0, documents).map(answer).toArray(), 3),
        LABELS);
  }

  @Test
  void aModelOfOneAnswerIsNamed() {
    assertThat(ofTest(60, i -> i % 3, i -> i < 57 ? 1 : i % 3)).containsExactly(
        "the model answers 'tools' for 58 of 60 test rows, of which 20 have it: it has learned little else");
    assertThat(ofTest(60, i -> i < 55 ? 1 : 0, _ -> 1)).as("most rows have it")
        .containsExactly("1 label with 5 test rows or more is never answered, for instance 'fruit' with 5");
    assertThat(ofTest(60, i -> i % 3, i -> i % 3)).isEmpty();
    assertThat(ofTest(12, i -> i % 3, _ -> 1)).as("too few rows to say").isEmpty();
  }

  @Test
  void labelsThatAreNeverAnsweredAreNamed() {
    assertThat(ofTest(60, i -> i % 3, i -> i % 3 == 2 ? 0 : i % 3)).containsExactly(
        "1 label with 5 test rows or more is never answered, for instance 'toys' with 20");
  }

  @Test
  void whatWouldNotMatterIsNotTold() {
    assertThat(Findings.singleRows(LabelSet.of(LABELS, new long[] {3, 1, 1}))).contains(
        "2 of 3 labels have a single training row, for instance 'tools': that is hardly learned");
    assertThat(Findings.singleRows(LabelSet.of(LABELS, new long[] {3, 2, 4}))).isEmpty();
    assertThat(Findings.cutTexts(3, 120, 90, 32)).contains(
        "3 of 120 training texts are longer than --max-length 32 and lose 30 tokens on average");
    assertThat(Findings.cutTexts(0, 120, 0, 32)).isEmpty();
    assertThat(Findings.smallVocabulary(8000, 812))
        .contains("the texts have pieces for a vocabulary of 812 only, not 8,000");
    assertThat(Findings.smallVocabulary(800, 800)).isEmpty();
    assertThat(Findings.tooManyParameters(22_000_000, 120, 1200).orElseThrow())
        .startsWith("22,000,000 parameters are to be learned from 120 rows of 1,200 tokens in all");
    assertThat(Findings.tooManyParameters(22_000_000, 30_000, 500_000)).isEmpty();
  }

  @Test
  void aRunIsToldOnceEvenIfItIsResumed(@TempDir Path folder) throws IOException {
    var directory = new ModelDirectory(folder);
    var told = new ArrayList<String>();
    var listener = new TrainingListener() {
      @Override
      public void warning(String message) {
        told.add(message);
      }
    };
    for (int i = 0; i < 2; i++) {
      Findings.tell(Optional.of("first"), directory, listener);
      Findings.tell(Optional.empty(), directory, listener);
      Findings.tell(Optional.of("second"), directory, listener);
    }
    assertThat(told).containsExactly("first", "second");
    assertThat(Findings.told(directory)).containsExactly("first", "second");
  }
}
