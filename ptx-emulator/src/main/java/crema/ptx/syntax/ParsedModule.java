package crema.ptx.syntax;

import java.util.List;

/**
 * A module as it is written.
 *
 * @param file what the text is called
 * @param version the PTX version, such as {@code 9.0}
 * @param target the architecture, such as {@code sm_80}
 * @param variables its variables in global and constant memory
 * @param kernels its kernels
 */
public record ParsedModule(
    String file, String version, String target, List<Variable> variables, List<ParsedKernel> kernels) {}
