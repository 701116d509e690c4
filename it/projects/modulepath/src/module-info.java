/** An application on the module path. */
module app {
  requires crema.train;
  requires java.management;
}
