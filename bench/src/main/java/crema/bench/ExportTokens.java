package crema.bench;

import crema.data.Columns;
import crema.data.FileRows;
import crema.data.LabelSet;
import crema.data.ProblemListener;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes rows as token ids, lines {@code {"ids": [..], "label": n}}, so that the reference in PyTorch can train on
 * exactly what a model of Crema was trained on.
 *
 * <p>Arguments: {@code MODEL FILE TEXT-COLUMN LABEL-COLUMN MAX-LENGTH OUT.jsonl}, where MODEL is the directory of a
 * trained model whose tokenizer and labels are used.
 */
public final class ExportTokens {
  private ExportTokens() {}

  /** Runs the export. */
  public static void main(String[] args) throws IOException {
    Path model = Path.of(args[0]);
    var rows = FileRows.of(Path.of(args[1]), Columns.text(args[2]).withLabel(args[3]));
    int maxLength = Integer.parseInt(args[4]);
    var tokenizer = Tokenizer.load(model.resolve("tokenizer.json"));
    var labels = LabelSet.load(model.resolve("labels.json"));
    try (var out = new PrintWriter(Files.newBufferedWriter(Path.of(args[5])))) {
      rows.forEach(ProblemListener.SILENT, row -> {
        int[] ids = tokenizer.encode(row.text());
        int label = labels.indexOf(row.labels().getFirst());
        if (ids.length > 0 && label >= 0) {
          out.println("{\"ids\": " + Arrays.toString(Arrays.copyOf(ids, Math.min(ids.length, maxLength)))
              + ", \"label\": " + label + "}");
        }
      });
    }
  }
}
