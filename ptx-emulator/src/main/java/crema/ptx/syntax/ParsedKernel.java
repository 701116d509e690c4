package crema.ptx.syntax;

import crema.ptx.Dim3;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kernel as it is written.
 *
 * @param name its name
 * @param parameters its parameters, in order
 * @param parameterBytes the size of all of them
 * @param registers how many registers it declares
 * @param sharedBytes shared memory that it declares
 * @param localBytes local memory of a thread
 * @param maxThreads the most threads of a block ({@code .maxntid}), or null
 * @param requiredThreads the block that it needs ({@code .reqntid}), or null
 * @param instructions its instructions, ending in an exit
 */
public record ParsedKernel(
    String name,
    List<Variable> parameters,
    int parameterBytes,
    int registers,
    int sharedBytes,
    int localBytes,
    @Nullable Dim3 maxThreads,
    @Nullable Dim3 requiredThreads,
    List<Instruction> instructions) {}
