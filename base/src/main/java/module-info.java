/** What every module of Crema stands on: files, hashes, random streams, threads, and the mistakes of a user. */
module crema.base {
  requires static transitive org.jspecify;

  exports crema.base;
}
