package crema.cuda;

import crema.cuda.driver.Grid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kernels that were launched last. Written by one thread, read by any. */
final class LaunchLog {
  private static final int LENGTH = 64;

  private final String[] names = new String[LENGTH];
  private final @Nullable Grid[] grids = new Grid[LENGTH];
  private volatile long count;

  /** A launch. */
  void add(String name, @Nullable Grid grid) {
    int at = (int) (count % LENGTH);
    names[at] = name;
    grids[at] = grid;
    count++;
  }

  /** The newest launches, newest first. */
  List<String> newest(int most) {
    long end = count;
    var launches = new ArrayList<String>();
    for (long i = end - 1; i >= Math.max(0, end - Math.min(most, LENGTH)); i--) {
      int at = (int) (i % LENGTH);
      Grid grid = grids[at];
      launches.add(grid == null ? names[at]
          : names[at] + " [" + grid.x() + " x " + grid.y() + " x " + grid.z() + " of "
              + grid.threads() * grid.threadsY()
              + "]");
    }
    return launches;
  }

  /** All launches that are known, newest first. */
  List<String> all() {
    return newest(LENGTH);
  }
}
