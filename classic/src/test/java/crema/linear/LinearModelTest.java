package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsWriter;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearModelTest {
  @TempDir
  Path folder;

  private static LinearModel model(boolean exclusive) {
    return new LinearModel(LinearLoss.LOGISTIC, exclusive, 2, new float[] {1, -1, 0.5f, 2, 0, 0.25f},
        new float[] {0, 0.5f, -1});
  }

  private static SparseMatrix text(float first, float second) {
    return new SparseMatrix(2, new int[] {0, 2}, new int[] {0, 1}, new float[] {first, second});
  }

  @Test
  void severalLabelsOrNoneOrTheFirstOfTheGreatest() {
    LinearModel any = model(false);
    LinearModel one = model(true);
    assertThat(any.decisions(text(1, 2), 0)).containsExactly(5, -0.5f, 0);
    assertThat(any.predict(new float[] {5, -0.5f, 0})).containsExactly(0);
    assertThat(any.predict(new float[] {0.1f, -3, 2})).containsExactly(0, 2);
    assertThat(any.predict(new float[] {-1, 0, -2})).isEmpty();
    assertThat(one.predict(new float[] {-2, -1, -1})).containsExactly(1);
  }

  @Test
  void scoresOfExclusiveLabelsSumToOne() {
    assertThat(model(false).scores(new float[] {0, 100, -100})).containsExactly(0.5f, 1, 3.783506e-44f);
    assertThat(model(true).scores(new float[] {0, 0, 0})).containsExactly(1 / 3f, 1 / 3f, 1 / 3f);
  }

  @Test
  void textsOfOtherFeaturesAreRefused() {
    var text = new SparseMatrix(3, new int[] {0, 1}, new int[] {2}, new float[] {1});
    assertThatThrownBy(() -> model(false).decisions(text, 0))
        .hasMessage("the texts have 3 features, the model has 2");
    assertThatThrownBy(() -> model(false).shifted(new float[2])).hasMessage("2 shifts for 3 labels");
  }

  @Test
  void whatIsSavedLoads() throws IOException {
    Path file = folder.resolve("linear.safetensors");
    for (boolean exclusive : new boolean[] {false, true}) {
      model(exclusive).save(file);
      byte[] first = Files.readAllBytes(file);
      LinearModel loaded = LinearModel.load(file);
      assertThat(loaded.exclusive()).isEqualTo(exclusive);
      assertThat(loaded.loss()).isEqualTo(LinearLoss.LOGISTIC);
      assertThat(loaded.features()).isEqualTo(2);
      assertThat(loaded.weights()).isEqualTo(model(exclusive).weights());
      assertThat(loaded.intercepts()).isEqualTo(model(exclusive).intercepts());
      loaded.save(file);
      assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }
  }

  @Test
  void aFileCutAtAnyByteIsRefused() throws IOException {
    Path file = folder.resolve("linear.safetensors");
    model(false).save(file);
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> LinearModel.load(file)).isInstanceOf(InvalidWeightsException.class)
          .hasMessageStartingWith(file.toString());
    }
    assertThatThrownBy(() -> LinearModel.load(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
  }

  @ParameterizedTest
  @CsvSource({
      "linear_version, 2, 'it has version 2, and this program knows version 1'",
      "linear_version, , its metadata lacks 'linear_version'",
      "loss, CUBIC, 'its loss is ''CUBIC'', which this program does not know'",
      "exclusive, maybe, 'its ''exclusive'' is ''maybe'' and should be true or false'",
  })
  void foreignMetadataIsRefused(String key, String value, String message) throws IOException {
    var metadata = new LinkedHashMap<>(Map.of("linear_version", "1", "loss", "HINGE", "exclusive", "true"));
    metadata.compute(key, (name, old) -> value);
    assertRefused(metadata, new long[] {2, 3}, new long[] {3}, message);
  }

  @Test
  void tensorsThatDoNotFitAreRefused() throws IOException {
    Map<String, String> metadata = Map.of("linear_version", "1", "loss", "HINGE", "exclusive", "true");
    assertRefused(metadata, new long[] {2, 3}, new long[] {2}, "its weight is [2, 3], which does not fit its bias [2]");
    assertRefused(metadata, new long[] {6}, new long[] {3}, "it needs a tensor weight with 2 dimensions");
    assertRefused(metadata, new long[] {2, 0}, new long[] {0}, "its weight is [2, 0], which no linear model has");
  }

  private void assertRefused(Map<String, String> metadata, long[] weight, long[] bias, String message)
      throws IOException {
    Path file = folder.resolve("linear.safetensors");
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      var tensors = new LinkedHashMap<String, Tensor>();
      tensors.put("weight", scope.zeros(DType.F32, weight));
      tensors.put("bias", scope.zeros(DType.F32, bias));
      SafetensorsWriter.write(file, tensors, metadata);
    }
    assertThatThrownBy(() -> LinearModel.load(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessage(file + " is not a linear model's file: " + message);
  }
}
