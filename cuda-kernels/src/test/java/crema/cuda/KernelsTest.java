package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Kernel;
import crema.cuda.driver.LoadedModule;
import crema.ptx.Capability;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelsTest {
  private static final String ENTRY = "attention_mma_64_1_bf16";

  /** A driver that notes how much dynamic shared memory kernels are asked for with. */
  private static Driver noting(Driver driver, List<Integer> sharedBytes) {
    return (Driver) Proxy.newProxyInstance(Driver.class.getClassLoader(), new Class<?>[] {Driver.class},
        (proxy, method, arguments) -> {
          try {
            Object result = method.invoke(driver, arguments);
            if (result instanceof LoadedModule module) {
              return (LoadedModule) (entry, bytes) -> {
                sharedBytes.add(bytes);
                return module.kernel(entry, bytes);
              };
            }
            return result;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  @Test
  void aKernelIsMadeReadyAgainForMoreSharedMemoryAndOnlyThen() {
    var sharedBytes = new ArrayList<Integer>();
    try (Driver driver = new EmulatedDriver(Capability.SM_80)) {
      var kernels = new Kernels(noting(driver, sharedBytes));
      Kernel small = kernels.get("attention_mma", ENTRY, 20_000).kernel();
      assertThat(kernels.get("attention_mma", ENTRY, 10_000).kernel()).isSameAs(small);
      kernels.get("attention_mma", ENTRY, 90_000);
      kernels.get("attention_mma", ENTRY, 20_000);
    }
    assertThat(sharedBytes).containsExactly(20_000, 90_000);
  }
}
