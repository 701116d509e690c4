package crema.ptx.machine;

/** Ends a thread. */
public final class Exit extends Action {}
