/** What every module of Crema stands on: files, hashes, random streams, threads, and the mistakes of a user. */
module crema.base {
  requires static transitive org.jspecify;
  requires transitive tools.jackson.core;

  exports crema.base;
  exports crema.base.json;
}
