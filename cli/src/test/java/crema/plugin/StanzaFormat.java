package crema.plugin;

import crema.data.Columns;
import crema.data.DataException;
import crema.data.DataFile;
import crema.data.FileFormat;
import crema.data.ProblemListener;
import crema.data.RowCursor;
import crema.data.RowProblem;
import crema.data.TableReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A format of somebody else: lines {@code name: value}, and a blank line after each record, whose names are those of the
 * first one.
 */
public record StanzaFormat() implements FileFormat {
  @Override
  public String key() {
    return "stanza";
  }

  @Override
  public List<String> extensions() {
    return List.of("stanza");
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    return RowCursor.of(file,
        new Stanzas(new BufferedReader(new InputStreamReader(file.openBytes(), StandardCharsets.UTF_8))), columns,
        listener);
  }

  private static final class Stanzas implements TableReader {
    private final BufferedReader in;
    private @Nullable Map<String, String> first;
    private List<String> names = List.of();
    private List<String> fields = List.of();
    private long read;
    private long line;

    Stanzas(BufferedReader in) {
      this.in = in;
    }

    @Override
    public boolean advance() {
      if (names.isEmpty()) {
        first = stanza();
        names = List.copyOf(first.keySet());
        fields = names;
        return !names.isEmpty();
      }
      Map<String, String> record = first == null ? stanza() : first;
      first = null;
      fields = new ArrayList<>();
      names.forEach(name -> fields.add(record.getOrDefault(name, "")));
      return !record.isEmpty();
    }

    private Map<String, String> stanza() {
      var record = new LinkedHashMap<String, String>();
      line = read + 1;
      try {
        for (String text = in.readLine(); text != null && !text.isEmpty(); text = in.readLine()) {
          read++;
          int colon = text.indexOf(": ");
          record.put(text.substring(0, colon), text.substring(colon + 2));
        }
      } catch (IOException e) {
        throw new DataException("it cannot be read: " + e.getMessage(), e);
      }
      read++;
      return record;
    }

    @Override
    public List<String> fields() {
      return fields;
    }

    @Override
    public long line() {
      return line;
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
        throw new DataException("it cannot be closed: " + e.getMessage(), e);
      }
    }
  }
}
