package crema.cli;

import crema.cli.console.Terminal;
import crema.data.DataFile;
import crema.hub.HubOptions;
import crema.hub.RemoteFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of rows that are named on the command line, wherever they are. */
final class RowFiles {
  private RowFiles() {}

  /**
   * The files that names mean: those at addresses are fetched into the cache, unless they are there, and a pattern within a
   * zip archive means all that match.
   *
   * @throws crema.base.UserError when one cannot be fetched, or an archive has no such file
   */
  static List<Path> of(List<String> names, Terminal terminal) throws IOException {
    RemoteFiles source = source(terminal);
    var files = new ArrayList<Path>();
    for (String name : names) {
      DataFile.matching(source.local(name)).forEach(file -> files.add(Path.of(file)));
    }
    return files;
  }

  /** Fetches files at addresses, as the environment says, and shows how far they are. */
  static RemoteFiles source(Terminal terminal) {
    return new RemoteFiles(HubOptions.ofEnvironment(), new DownloadView(terminal));
  }
}
