package crema.classify;

/** The settings of a training run, of a type that its family knows. */
public interface RunSettings {
  /** The key of the family whose settings these are. */
  String model();
}
