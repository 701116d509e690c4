package crema.cuda.driver;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Parameters of kernels that are structures aligned to more than 16 bytes, such as ones with tensor maps. Where one begins
 * among the parameters depends on the device, and only the driver knows; so it is the one parameter of its kernel.
 */
public final class WideStructures {
  /** The parameters of a kernel of PTX; those of most are names and types alone. */
  private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(([^)]*)\\)");
  private static final Pattern WIDE = Pattern.compile("\\.align (32|64|128|256) ");

  private WideStructures() {}

  /**
   * The kernels that take one.
   *
   * @param file the name of the PTX, for the message
   * @param ptx the text
   * @throws CudaException if a kernel takes more beside one
   */
  public static Set<String> kernels(String file, String ptx) {
    var kernels = new HashSet<String>();
    ENTRY.matcher(ptx).results().filter(entry -> WIDE.matcher(entry.group(2)).find()).forEach(entry -> {
      if (entry.group(2).contains(",")) {
        throw new CudaException("kernel " + entry.group(1) + " in " + file
            + " has other parameters beside one that is aligned to more than 16 bytes");
      }
      kernels.add(entry.group(1));
    });
    return kernels;
  }
}
