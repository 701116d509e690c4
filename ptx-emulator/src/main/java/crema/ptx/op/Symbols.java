package crema.ptx.op;

import crema.ptx.syntax.Variable;
import java.util.Map;

/**
 * Where variables lie.
 *
 * @param global addresses of the module's variables in global and constant memory
 * @param dynamicShared where dynamic shared memory begins in the kernel's shared memory
 */
record Symbols(Map<String, Long> global, int dynamicShared) {
  /** The address of a variable in its own space. */
  long address(Variable variable) {
    return switch (variable.space()) {
      case GLOBAL, CONST -> global.getOrDefault(variable.name(), 0L);
      case SHARED -> variable.dynamic() ? dynamicShared : variable.offset();
      default -> variable.offset();
    };
  }
}
