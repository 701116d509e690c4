package crema.cuda.driver;

/** A kernel of a loaded module. */
public interface Kernel {
  /** Its entry in the module. */
  String name();
}
