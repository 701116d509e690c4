package crema.family.fusion;

import crema.autograd.Variable;
import crema.classify.Item;
import crema.classify.TrainingListener;
import crema.data.DataException;
import crema.data.KnownLabels;
import crema.data.ProblemListener;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowMeta;
import crema.data.RowSource;
import crema.data.TokenDataset;
import crema.data.TokenEncoder;
import crema.data.TokenRecipe;
import crema.nn.model.fusion.Presence;
import crema.nn.train.StopSignal;
import crema.task.Target;
import crema.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a data set with what the parts say of them, both in files: in memory is a number a row. Rows of which no
 * part can say anything are left out. As examples they have the tokens of their text, or one that stands for nothing.
 */
final class FusionRows implements TokenDataset {
  /** Nothing is cut off: what makes the tokens does. */
  private static final int LONGEST = 1 << 20;

  private final TokenDataset examples;
  private final SaidFile said;
  /** The numbers of the rows in both. */
  private final int[] rows;

  private FusionRows(TokenDataset examples, SaidFile said, int[] rows) {
    this.examples = examples;
    this.said = said;
    this.rows = rows;
  }

  /**
   * Where rows come from, and who is asked about them.
   *
   * @param target whose labels the rows have
   * @param parts are asked
   * @param tokens how texts become tokens
   * @param identity tells the rows, the parts and the tokens from others
   * @param folder of the files
   */
  record Asking(Target target, FusionParts parts, TokenEncoder tokens, String identity, Path folder,
      TrainingListener listener, StopSignal stop) {
    /**
     * Asks the parts about all rows, or opens the files in which that was done before.
     *
     * @param name of the files
     * @param total how many rows there are, for the progress
     */
    FusionRows about(String name, RowSource all, long total) {
      RowSource read = all.map("text of the model of texts", "", row -> row.withText(parts.text().text(row)));
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new DataException(folder + " cannot be made: " + e.getMessage(), e);
      }
      var examples = TokenDataset.cached(folder.resolve(name + ".tokens"),
          new TokenRecipe(read, target.labels(), this::tokens, identity, LONGEST), ProblemListener.SILENT);
      try {
        var widths = new SaidFile.Widths(parts.features(FusionParts.Part.TEXT),
            parts.features(FusionParts.Part.PICTURE), target.labels().size());
        SaidFile said = SaidFile.open(folder.resolve(name + ".said"), identity, widths,
            (written, writer) -> ask(read, written, writer, total));
        return new FusionRows(examples, said, IntStream.range(0, examples.size())
            .filter(row -> said.hasText(row) || said.hasPicture(row)).toArray());
      } catch (RuntimeException e) {
        examples.close();
        throw e;
      }
    }

    /** The same of other parts. */
    Asking of(FusionParts others) {
      return new Asking(target, others, tokens, identity, folder, listener, stop);
    }

    private int[] tokens(String text) {
      int[] ids = text.isBlank() ? new int[0] : tokens.encode(text);
      return ids.length == 0 ? new int[] {0} : ids;
    }

    private void ask(RowSource all, long written, SaidFile.Writer writer, long total) throws IOException {
      var known = new KnownLabels(target.labels());
      var items = new ArrayList<Item>();
      long done = 0;
      try (RowCursor cursor = all.open(ProblemListener.SILENT)) {
        for (Row row = cursor.next(); row != null; row = cursor.next()) {
          if (known.of(row, ProblemListener.SILENT).isEmpty() || ++done <= written) {
            continue;
          }
          items.add(Item.of(row, row.text()));
          if (items.size() == SaidFile.BATCH) {
            stop.check();
            writer.add(parts.say(items, target));
            items.clear();
            listener.progress(done, total);
          }
        }
      }
      writer.add(parts.say(items, target));
    }
  }

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public long tokens() {
    return examples.tokens();
  }

  @Override
  public int longest() {
    return examples.longest();
  }

  @Override
  public int length(int example) {
    return examples.length(rows[example]);
  }

  @Override
  public int copyIds(int example, int[] target, int offset) {
    return examples.copyIds(rows[example], target, offset);
  }

  @Override
  public int labelCount(int example) {
    return examples.labelCount(rows[example]);
  }

  @Override
  public int label(int example, int n) {
    return examples.label(rows[example], n);
  }

  @Override
  public double weight(int example) {
    return examples.weight(rows[example]);
  }

  @Override
  public RowMeta meta(int example) {
    return examples.meta(rows[example]);
  }

  @Override
  public void close() {
    said.close();
    examples.close();
  }

  /** How many rows were left out since there was nothing to go by. */
  int nothing() {
    return examples.size() - rows.length;
  }

  /** Those that have a picture. They are closed with these. */
  FusionRows withPictures() {
    return some(said::hasPicture);
  }

  private FusionRows some(IntPredicate wanted) {
    return new FusionRows(examples, said, Arrays.stream(rows).filter(wanted).toArray());
  }

  /** The first of each so many rows. They are closed with these. */
  FusionRows every(int step) {
    return step == 1 ? this : new FusionRows(examples, said,
        IntStream.range(0, Math.ceilDiv(rows.length, step)).map(i -> rows[i * step]).toArray());
  }

  /** As how many rows each counts. */
  double[] weights() {
    return IntStream.range(0, size()).mapToDouble(this::weight).toArray();
  }

  /** The labels of each row. */
  int[][] labels() {
    return IntStream.range(0, size())
        .mapToObj(row -> IntStream.range(0, labelCount(row)).map(n -> label(row, n)).toArray()).toArray(int[][]::new);
  }

  /** What is said of a row. */
  FusionParts.SaidOfItem said(int row) {
    return said.said(rows[row]);
  }

  /** What is said of some rows. */
  FusionParts.SaidOfItem[] said(int[] some) {
    return Arrays.stream(some).mapToObj(this::said).toArray(FusionParts.SaidOfItem[]::new);
  }

  /** Which of some rows have a text, and which a picture. */
  Presence presence(int[] some) {
    var text = new boolean[some.length];
    var picture = new boolean[some.length];
    for (int i = 0; i < some.length; i++) {
      text[i] = said.hasText(rows[some[i]]);
      picture[i] = said.hasPicture(rows[some[i]]);
    }
    return new Presence(text, picture);
  }

  /** Which items have a text, and which a picture. */
  static Presence presence(int count, IntFunction<FusionParts.SaidOfItem> said) {
    var text = new boolean[count];
    var picture = new boolean[count];
    for (int i = 0; i < count; i++) {
      text[i] = said.apply(i).text() != null;
      picture[i] = said.apply(i).picture() != null;
    }
    return new Presence(text, picture);
  }

  /**
   * The vectors of texts or pictures, {@code [count, features]}; zeros where there are none.
   *
   * @param said of each, from 0
   */
  static Variable vectors(Scope scope, int count, int features, IntFunction<FusionParts.@Nullable Said> said) {
    var values = new float[Math.multiplyExact(count, features)];
    for (int i = 0; i < count; i++) {
      FusionParts.Said each = said.apply(i);
      if (each != null) {
        System.arraycopy(each.vector(), 0, values, i * features, features);
      }
    }
    return Variable.constant(scope.floats(values, count, features));
  }
}
