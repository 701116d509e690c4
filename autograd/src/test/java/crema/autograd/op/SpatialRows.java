package crema.autograd.op;

import static crema.autograd.op.Catalog.LOOSE;
import static crema.autograd.op.Catalog.TOLERANCE;

import crema.autograd.GradCheck;
import crema.autograd.MultiOp;
import crema.autograd.op.BatchNorm.Moments;
import crema.tensor.BatchNormSpec;
import crema.tensor.BatchNormSpec.Statistics;
import crema.tensor.Rectifier;
import crema.tensor.Tensor;
import crema.tensor.Window;
import crema.tensor.Window.Axis;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of the {@link Catalog} for pictures: convolution, pooling, batch norm and patches. */
final class SpatialRows {
  private static final int[] CHANNELS = {1, 3, 7, 16, 33};

  private SpatialRows() {}

  private static OpRow row(Class<? extends MultiOp> op, String shapes, GradCheck.Function apply, Input... inputs) {
    return new OpRow(op, shapes, TOLERANCE, 1e-30, false, true, List.of(inputs), apply);
  }

  static List<OpRow> ops() {
    var rows = new ArrayList<OpRow>();
    convolutions(rows);
    pooling(rows);
    batchNorms(rows);
    layouts(rows);
    return rows;
  }

  private static void convolutions(List<OpRow> rows) {
    var uneven = new Window(new Axis(3, 2, 0, 1), new Axis(2, 1, 1, 0));
    Window[] windows = {Window.square(1, 1, 0), Window.square(1, 2, 0), Window.square(3, 1, 1), Window.square(3, 2, 1),
        Window.square(5, 1, 2), Window.square(7, 3, 3), uneven};
    for (Window window : windows) {
      for (int channels : CHANNELS) {
        // Sums of many terms of both signs: a result may be small beside its terms.
        rows.add(convolution(new int[] {2, 7, 6}, channels, 5, 1, window));
        rows.add(convolution(new int[] {2, 7, 6}, channels, channels, channels, window));
      }
      rows.add(convolution(new int[] {1, 8, 9}, 6, 4, 2, window));
      rows.add(convolution(new int[] {1, 7, 7}, 4, 12, 4, window));
      rows.add(convolution(new int[] {1, 7, 8}, 34, 38, 2, window));
    }
    rows.add(convolution(new int[] {40, 33, 31}, 3, 17, 1, Window.square(3, 1, 1)).asLarge());
    rows.add(convolution(new int[] {9, 16, 15}, 33, 19, 1, Window.square(3, 2, 1)).asLarge());
    rows.add(convolution(new int[] {9, 16, 15}, 67, 67, 67, Window.square(3, 2, 1)).asLarge());
    rows.add(convolution(new int[] {9, 16, 15}, 33, 19, 1, Window.square(1, 1, 0)).asLarge());
    // A weight so large that its gradient is not summed in parts.
    rows.add(convolution(new int[] {2, 5, 5}, 173, 181, 1, Window.square(3, 1, 1)).asLarge());
    rows.add(row(Convolution.class, "[2, 5, 5, 3] to 4 without bias",
        (tape, in) -> Convolution.apply(tape, in.get(0), in.get(1), null, Window.square(3, 1, 1), 1),
        Input.of(2, 5, 5, 3), Input.of(4, 3, 3, 3)));
  }

  private static OpRow convolution(int[] pictures, int in, int out, int groups, Window window) {
    return row(Convolution.class,
        "%s of %d channels to %d in %d groups by %s".formatted(Arrays.toString(pictures), in, out, groups, window),
        (tape, inputs) -> Convolution.apply(tape, inputs.get(0), inputs.get(1), inputs.get(2), window, groups),
        Input.of(pictures[0], pictures[1], pictures[2], in),
        Input.of(out, in / groups, window.vertical().size(), window.horizontal().size()), Input.of(out));
  }

  private static void pooling(List<OpRow> rows) {
    Window[] windows = {Window.square(2, 2, 0), Window.square(3, 2, 1), Window.square(3, 1, 1),
        new Window(new Axis(3, 2, 0, 1), new Axis(2, 1, 1, 0)), new Window(new Axis(7, 1, 0, 0), new Axis(6, 1, 0, 0))};
    for (Window window : windows) {
      for (int channels : CHANNELS) {
        String shapes = "[2, 7, 6, " + channels + "] by " + window;
        rows.add(row(MaxPool.class, shapes, (tape, in) -> MaxPool.apply(tape, in.get(0), window),
            Input.of(2, 7, 6, channels)));
        rows.add(row(AveragePool.class, shapes, (tape, in) -> AveragePool.apply(tape, in.get(0), window),
            Input.of(2, 7, 6, channels)));
      }
    }
    Window window = Window.square(3, 2, 1);
    rows.add(row(MaxPool.class, "[9, 23, 21, 67]", (tape, in) -> MaxPool.apply(tape, in.get(0), window),
        Input.of(9, 23, 21, 67)).asLarge());
    rows.add(row(AveragePool.class, "[9, 23, 21, 67]", (tape, in) -> AveragePool.apply(tape, in.get(0), window),
        Input.of(9, 23, 21, 67)).asLarge());
    // Of equal maxima the first pixel receives the gradient, on every backend.
    rows.add(row(MaxPool.class, "[2, 7, 6, 17] with ties", (tape, in) -> MaxPool.apply(tape, in.get(0), window),
        Input.of(Values.oneOf(-1, 0, 1), 2, 7, 6, 17)).asExtreme());
  }

  private static void batchNorms(List<OpRow> rows) {
    for (Rectifier rectifier : Rectifier.values()) {
      var ofBatch = new BatchNormSpec(1e-5f, rectifier, Statistics.BATCH);
      var fixed = new BatchNormSpec(1e-3f, rectifier, Statistics.FIXED);
      for (int channels : CHANNELS) {
        String shapes = "[2, 3, 4, " + channels + "] with " + rectifier;
        Input[] inputs = {Input.of(2, 3, 4, channels), Input.of(channels), Input.of(channels)};
        rows.add(row(BatchNorm.class, shapes, (tape, in) -> BatchNorm.apply(tape, in.get(0), in.get(1), in.get(2), null,
            Moments.of(tape, in.get(0)), ofBatch), inputs).withTolerance(LOOSE));
        rows.add(row(BatchNorm.class, shapes + " and a residual",
            (tape, in) -> BatchNorm.apply(tape, in.get(0), in.get(1), in.get(2), in.get(3),
                Moments.of(tape, in.get(0)), ofBatch),
            inputs[0], inputs[1], inputs[2], Input.of(2, 3, 4, channels)).withTolerance(LOOSE));
        rows.add(row(BatchNorm.class, shapes + " and fixed statistics", (tape, in) -> {
          Tensor mean = tape.scope().empty(in.get(1).value().dtype(), channels);
          Tensor variance = tape.scope().emptyLike(mean);
          tape.ops().pointwise().fill(0.2, mean);
          tape.ops().pointwise().fill(0.7, variance);
          return BatchNorm.apply(tape, in.get(0), in.get(1), in.get(2), in.get(3), new Moments(mean, variance), fixed);
        }, inputs[0], inputs[1], inputs[2], Input.of(Values.uniform(-8, 8), 2, 3, 4, channels)));
      }
      rows.add(row(BatchNorm.class, "[9, 23, 21, 67] with " + rectifier,
          (tape, in) -> BatchNorm.apply(tape, in.get(0), in.get(1), in.get(2), in.get(3),
              Moments.of(tape, in.get(0)), ofBatch),
          Input.of(9, 23, 21, 67), Input.of(67), Input.of(67), Input.of(9, 23, 21, 67)).asLarge()
          .withTolerance(LOOSE));
    }
  }

  private static void layouts(List<OpRow> rows) {
    for (int size : new int[] {1, 2, 3}) {
      rows.add(row(Patches.class, "[2, 3, 7, 6] by " + size, (tape, in) -> Patches.apply(tape, in.get(0), size),
          Input.of(2, 3, 7, 6)));
    }
    rows.add(row(Patches.class, "[9, 3, 67, 65] by 16", (tape, in) -> Patches.apply(tape, in.get(0), 16),
        Input.of(9, 3, 67, 65)).asLarge());
    for (int columns : CHANNELS) {
      rows.add(row(Transpose.class, "[2, 3, " + columns + "]", (tape, in) -> Transpose.apply(tape, in.get(0)),
          Input.of(2, 3, columns)));
      rows.add(row(Prepend.class, columns + " features to [2, 3, " + columns + "]",
          (tape, in) -> Prepend.apply(tape, in.get(0), in.get(1)), Input.of(columns), Input.of(2, 3, columns)));
    }
    rows.add(row(Transpose.class, "[9, 67, 131]", (tape, in) -> Transpose.apply(tape, in.get(0)),
        Input.of(9, 67, 131)).asLarge());
    rows.add(row(Prepend.class, "67 features to [51, 29, 67]",
        (tape, in) -> Prepend.apply(tape, in.get(0), in.get(1)), Input.of(67), Input.of(51, 29, 67)).asLarge());
  }

  /** Gradients that are added to what is there. */
  static List<KernelRow> kernels() {
    var rows = new ArrayList<KernelRow>();
    for (int groups : new int[] {1, 2, 8}) {
      for (Window window : new Window[] {Window.square(1, 1, 0), Window.square(3, 2, 1)}) {
        int size = window.vertical().size();
        int outputs = window.vertical().outputs(5);
        rows.add(new KernelRow("convolution's gradients added, " + groups + " groups, size " + size, TOLERANCE, false,
            List.of(Input.of(2, 5, 5, 8), Input.of(8, 8 / groups, size, size), Input.of(2, outputs, outputs, 8)),
            (scope, in) -> {
              var spatial = scope.backend().ops().spatial();
              Tensor dx = scope.emptyLike(in.get(0));
              Tensor dweight = scope.emptyLike(in.get(1));
              scope.backend().ops().pointwise().fill(0.5, dx);
              scope.backend().ops().pointwise().fill(0.5, dweight);
              spatial.convolveBackward(in.get(1), in.get(2), window, groups, dx, Write.ADD);
              spatial.convolveWeightBackward(in.get(0), in.get(2), window, groups, dweight, Write.ADD);
              return List.of(Output.of("dx", dx), Output.of("dweight", dweight));
            }));
      }
    }
    return rows;
  }
}
