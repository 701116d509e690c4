package crema.bench;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.model.TextClassifier;
import crema.nn.optim.AdamW;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One epoch of training over texts of uneven lengths, in packed batches; the counterpart of
 * {@code encoder_torch.py fit}, which pads each batch to its longest text.
 *
 * <p>Arguments: {@code TRAIN.jsonl [BATCH]}, lines {@code {"ids": [..], "label": n}}. {@code THREADS} in the
 * environment sets the number of threads.
 */
public final class EncoderTitles {
  private record Title(int[] ids, int label) {}

  private EncoderTitles() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws IOException {
    List<Title> titles = read(Path.of(args[0]));
    int batch = args.length > 1 ? Integer.parseInt(args[1]) : 64;
    int labels = titles.stream().mapToInt(Title::label).max().orElse(0) + 1;
    Collections.shuffle(titles, new Random(1));
    try (var backend = EncoderBench.openBackend();
        var model = EncoderBench.model(backend, labels, 0.1);
        var optimizer = new AdamW(model, 0.01)) {
      long start = System.nanoTime();
      double lossSum = 0;
      for (int from = 0; from < titles.size(); from += batch) {
        List<Title> rows = titles.subList(from, Math.min(titles.size(), from + batch));
        try (var scope = new Scope(backend)) {
          Tape tape = Tape.training(scope, new Rng(1, from / batch));
          lossSum += train(scope, tape, rows, model, optimizer) * rows.size();
        }
      }
      double seconds = (System.nanoTime() - start) * 1e-9;
      EncoderBench.print("{\"epoch\": 1, \"train_loss\": %.4f, \"seconds\": %.1f, \"titles_per_second\": %.1f, "
          + "\"peak_rss_mib\": %d}", lossSum / titles.size(), seconds, titles.size() / seconds,
          EncoderBench.peakMemoryMib());
    }
  }

  private static double train(Scope scope, Tape tape, List<Title> rows, TextClassifier model, AdamW optimizer) {
    int[] ids = rows.stream().flatMapToInt(row -> Arrays.stream(row.ids)).toArray();
    var offsets = new int[rows.size() + 1];
    for (int i = 0; i < rows.size(); i++) {
      offsets[i + 1] = offsets[i] + rows.get(i).ids.length;
    }
    int[] labels = rows.stream().mapToInt(Title::label).toArray();
    Variable logits = model.forward(tape, scope.ints(ids, ids.length), Sequences.of(scope, offsets));
    Variable loss = new SoftmaxCrossEntropy().apply(tape, logits, new Targets.Indices(labels));
    double value = loss.value().item();
    optimizer.step(tape.backward(loss), 2e-4, 1);
    return value;
  }

  private static List<Title> read(Path file) throws IOException {
    var factory = new JsonFactory();
    var titles = new ArrayList<Title>();
    for (String line : Files.readAllLines(file)) {
      var ids = new ArrayList<Integer>();
      int label = -1;
      try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), line)) {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
          if (token == JsonToken.VALUE_NUMBER_INT) {
            if ("label".equals(parser.currentName())) {
              label = parser.getIntValue();
            } else {
              ids.add(parser.getIntValue());
            }
          }
        }
      }
      titles.add(new Title(ids.stream().mapToInt(Integer::intValue).toArray(), label));
    }
    return titles;
  }
}
