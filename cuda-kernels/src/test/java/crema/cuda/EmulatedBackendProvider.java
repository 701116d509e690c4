package crema.cuda;

import crema.ptx.Capability;
import crema.ptx.Schedule;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.BackendProvider;
import crema.tensor.Device;

/**
 * Opens emulated GPUs, so that all that trains on a device can be tested without one: {@code emulated} is of capability
 * 8.0, {@code emulated:75} and {@code emulated:90} of those that their index says.
 */
public final class EmulatedBackendProvider implements BackendProvider {
  private static volatile Schedule schedule = Schedule.IN_ORDER;

  /** Found as a service. */
  public EmulatedBackendProvider() {}

  /** In which order the warps and blocks of devices run that are opened from now on. */
  public static void schedule(Schedule next) {
    schedule = next;
  }

  @Override
  public String type() {
    return "emulated";
  }

  @Override
  public Backend open(int index, BackendOptions options) {
    Capability capability = switch (index) {
      case 0, 80 -> Capability.SM_80;
      case 75 -> Capability.SM_75;
      case 90 -> Capability.SM_90;
      default -> throw new IllegalArgumentException("no emulated device " + index + "; there are 75, 80 and 90");
    };
    return new CudaBackend(new Device(type(), index), new EmulatedDriver(capability, schedule), options.precision());
  }
}
