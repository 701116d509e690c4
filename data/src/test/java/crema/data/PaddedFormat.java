package crema.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A binary format that is added from outside, through the public interfaces alone: {@code PAD1}, the number of columns,
 * then fields with their lengths in the modified UTF-8 of {@link DataInputStream}, the names of the columns first.
 */
public record PaddedFormat() implements FileFormat {
  @Override
  public String key() {
    return "padded";
  }

  @Override
  public List<String> extensions() {
    return List.of("pad");
  }

  @Override
  public boolean beginsWith(byte[] head) {
    return head.length >= 4 && head[0] == 'P' && head[1] == 'A' && head[2] == 'D' && head[3] == '1';
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    var in = new DataInputStream(new BufferedInputStream(file.openBytes()));
    try {
      in.readInt();
      return RowCursor.of(file, new Table(in, in.readInt()), columns, listener);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Table implements TableReader {
    private final DataInputStream in;
    private final int width;
    private List<String> fields = List.of();
    private long record;

    Table(DataInputStream in, int width) {
      this.in = in;
      this.width = width;
    }

    @Override
    public boolean advance() {
      try {
        if (in.available() == 0) {
          return false;
        }
        var read = new ArrayList<String>();
        for (int i = 0; i < width; i++) {
          read.add(in.readUTF());
        }
        fields = read;
        record++;
        return true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public List<String> fields() {
      return fields;
    }

    @Override
    public long line() {
      return record;
    }

    @Override
    public @Nullable RowProblem problem() {
      return null;
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
