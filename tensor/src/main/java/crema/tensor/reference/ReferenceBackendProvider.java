package crema.tensor.reference;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.BackendProvider;
import crema.tensor.Device;

/** Opens the {@link ReferenceBackend}. */
public final class ReferenceBackendProvider implements BackendProvider {
  /** Found as a service. */
  public ReferenceBackendProvider() {}

  @Override
  public String type() {
    return Device.REFERENCE.type();
  }

  @Override
  public Backend open(int index, BackendOptions options) {
    if (index != 0) {
      throw new IllegalArgumentException("there is only one reference device, not reference:" + index);
    }
    return new ReferenceBackend();
  }
}
