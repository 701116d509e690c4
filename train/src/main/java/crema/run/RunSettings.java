package crema.run;


/** The settings of a run, whatever it trains. */
public interface RunSettings {
  /** Which rows there are. */
  DataSettings data();

  /** The seed of everything random. */
  long seed();
}
