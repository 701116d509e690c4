package crema.family.neighbours;

import crema.base.Fingerprint;
import crema.base.PieceJournal;
import crema.nn.train.StopSignal;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Where a run keeps what it has computed: one that was killed or stopped goes on from there, to the same bits.
 *
 * @param folder of the files
 * @param warnings told in one line that a file cannot be written: the run goes on without
 * @param stop asks the run to stop
 */
record NeighboursCheckpoints(Path folder, Consumer<String> warnings, StopSignal stop) {
  /**
   * A computation in pieces.
   *
   * @param identity of all that the pieces depend on
   */
  PieceJournal pieces(String name, Fingerprint identity) {
    return PieceJournal.open(file(name), identity.hex(), warnings);
  }

  Path file(String name) {
    return folder.resolve(name + ".journal");
  }
}
