package crema.cuda;

import crema.tensor.Ops;
import crema.tensor.reference.Fallback;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** The ops for which there is no kernel: they are copied to the host, run there, and copied back. */
final class HostOps {
  private HostOps() {}

  /** Their names, such as {@code attention.rope}, sorted. */
  static List<String> of(Ops ops) {
    var names = new ArrayList<String>();
    for (RecordComponent family : Ops.class.getRecordComponents()) {
      Class<?> kernels = family(ops, family).getClass();
      for (Method op : family.getType().getMethods()) {
        if (implementation(kernels, op).getDeclaringClass().getPackage().equals(Fallback.class.getPackage())) {
          names.add(family.getName() + "." + op.getName());
        }
      }
    }
    return names.stream().sorted().distinct().toList();
  }

  private static Object family(Ops ops, RecordComponent family) {
    try {
      return family.getAccessor().invoke(ops);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Method implementation(Class<?> kernels, Method op) {
    try {
      return kernels.getMethod(op.getName(), op.getParameterTypes());
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }
}
