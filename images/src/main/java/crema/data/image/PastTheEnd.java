package crema.data.image;

/** A header ends before all that it must hold. */
final class PastTheEnd extends Exception {
  private static final long serialVersionUID = 1L;
}
