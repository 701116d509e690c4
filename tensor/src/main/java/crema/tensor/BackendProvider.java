package crema.tensor;

import java.util.List;
import java.util.Optional;

/** Opens a kind of backend; found through {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** The {@link Device#type} that this provider opens. */
  String type();

  /**
   * Opens a device.
   *
   * @throws IllegalArgumentException when there is no device of that index
   */
  Backend open(int index, BackendOptions options);

  /**
   * The devices of this type that have processors of their own, best first, for whoever has no wish of their own; none for
   * backends that compute on the processors of the machine.
   *
   * @throws IllegalArgumentException when what drives such devices is missing; the message says what
   */
  default List<DeviceInfo> accelerators() {
    return List.of();
  }

  /** One line for the user if this kind of backend runs slower in this process than it could: what to change. */
  default Optional<String> advice() {
    return Optional.empty();
  }
}
