package crema.cli.console;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The error stream that the launcher was started with. While the JVM starts, a filter of the launcher's stands in its
 * place, and the stream itself is kept as another descriptor, which the system property {@code crema.stderr} names.
 */
public final class ErrorStream {
  private static final String PROPERTY = "crema.stderr";
  private static final int STANDARD_ERROR = 2;

  private ErrorStream() {}

  /** Makes the descriptor that the launcher kept the error stream again; does nothing where there is none. */
  public static void takeBack() {
    Integer kept = Integer.getInteger(PROPERTY);
    if (kept == null) {
      return;
    }
    Linker linker = Linker.nativeLinker();
    MethodHandle dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try {
      // Should it fail, the filter goes on to pass what is written, line by line.
      int _ = (int) dup2.invokeExact((int) kept, STANDARD_ERROR);
    } catch (Throwable e) {
      throw new AssertionError("dup2 throws nothing", e);
    }
  }
}
