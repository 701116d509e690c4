package crema.train;

/** The settings of a run, whatever it trains. */
interface RunSettings {
  /** Which rows there are. */
  TrainingConfig.Data data();

  /** The seed of everything random. */
  long seed();
}
