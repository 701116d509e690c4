package crema.data;

import crema.base.Fingerprint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of several sources, one source after the other. */
final class ConcatenatedRows implements RowSource {
  private final List<RowSource> sources;

  ConcatenatedRows(List<? extends RowSource> sources) {
    this.sources = List.copyOf(sources);
  }

  @Override
  public RowCursor open(ProblemListener listener) {
    return new Cursor(listener);
  }

  @Override
  public String fingerprint() {
    return new Fingerprint("concatenation").add(sources.stream().map(RowSource::fingerprint).toList()).hex();
  }

  private final class Cursor implements RowCursor {
    private final ProblemListener listener;
    private int opened;
    private @Nullable RowCursor current;

    Cursor(ProblemListener listener) {
      this.listener = listener;
    }

    @Override
    public @Nullable Row next() {
      while (true) {
        if (current != null) {
          var row = current.next();
          if (row != null) {
            return row;
          }
          close();
        }
        if (opened == sources.size()) {
          return null;
        }
        current = sources.get(opened++).open(listener);
      }
    }

    @Override
    public void close() {
      if (current != null) {
        current.close();
        current = null;
      }
    }
  }
}
