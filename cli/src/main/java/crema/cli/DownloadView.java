package crema.cli;

import crema.cli.console.Terminal;
import crema.hub.HubListener;
import crema.hub.ModelName;
import org.jspecify.annotations.Nullable;

/** Shows the progress of a download: a bar with the time that is left on a terminal, a line elsewhere. */
final class DownloadView implements HubListener {
  private final Terminal terminal;
  private @Nullable CountBar bar;

  DownloadView(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void started(ModelName model) {
    begin("Fetching " + model);
  }

  @Override
  public void startedFile(String address) {
    begin("Fetching " + address);
  }

  private void begin(String what) {
    bar = new CountBar(terminal, what, CountBar.Unit.BYTES);
    if (!terminal.errIsTerminal()) {
      terminal.err().println(what + " ...");
    }
  }

  @Override
  public void progress(long done, long total) {
    if (bar != null) {
      bar.to(done, total);
      if (done >= total) {
        bar.close();
      }
    }
  }

  @Override
  public void warning(String message) {
    terminal.err().println("crema: " + message);
  }
}
