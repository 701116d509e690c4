package crema.data;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The formats of files of rows that there are in this process: providers are looked for once, which takes milliseconds. */
final class InstalledFormats {
  /** Crema's own, then those of other providers. */
  static final List<FileFormat> ALL = all();

  private InstalledFormats() {}

  private static List<FileFormat> all() {
    var formats = new ArrayList<FileFormat>(List.of(new JsonLines(), new Csv(','), new Tsv(), new FastTextLines()));
    ServiceLoader.load(FileFormat.class, FileFormat.class.getClassLoader()).forEach(formats::add);
    return List.copyOf(formats);
  }
}
