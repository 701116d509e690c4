package crema.ptx;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A few instructions in text, run by one warp: each lane has its values in %a, %b, %c and gives %d. */
final class Snippet {
  static final int LANES = 32;

  private Snippet() {}

  /** A module with one kernel. */
  static String module(String target, String kernel) {
    return ".version 9.0\n.target " + target + "\n.address_size 64\n" + kernel;
  }

  /**
   * Runs instructions.
   *
   * @param body the instructions
   * @param result the type of %d: b16, b32, b64 or pred
   * @param types the types of %a, %b, %c
   * @param inputs a value a lane for each of those
   * @return %d of each lane; of 16 and 32 bits, without sign
   */
  static long[] run(String body, String result, List<String> types, long[]... inputs) {
    var text = new StringBuilder(".visible .entry snippet(.param .u64 out");
    for (int i = 0; i < types.size(); i++) {
      text.append(", .param .u64 in").append(i);
    }
    text.append(")\n{\n.reg .b64 %at<9>;\n.reg .b32 %lane, %one;\n");
    text.append(".reg .pred %p<9>;\n.reg .b16 %h<9>;\n.reg .b32 %r<9>;\n.reg .b64 %q<9>;\n");
    text.append(".reg .").append(result).append(" %d;\n");
    text.append("mov.u32 %lane, %laneid;\n");
    for (int i = 0; i < types.size(); i++) {
      String name = "%" + "abc".charAt(i);
      text.append(".reg .").append(types.get(i)).append(' ').append(name).append(";\n");
      text.append("ld.param.u64 %at0, [in").append(i).append("];\nmad.wide.u32 %at1, %lane, 8, %at0;\n");
      if (types.get(i).equals("pred")) {
        text.append("ld.global.b32 %one, [%at1];\nsetp.ne.s32 ").append(name).append(", %one, 0;\n");
      } else {
        text.append("ld.global.").append(types.get(i)).append(' ').append(name).append(", [%at1];\n");
      }
    }
    text.append(body).append("\nld.param.u64 %at0, [out];\nmad.wide.u32 %at1, %lane, 8, %at0;\n");
    if (result.equals("pred")) {
      text.append("selp.b32 %one, 1, 0, %d;\nst.global.b32 [%at1], %one;\n");
    } else {
      text.append("st.global.").append(result).append(" [%at1], %d;\n");
    }
    text.append("ret;\n}\n");
    try (var device = new PtxDevice(Capability.SM_90, 1 << 20, 1)) {
      PtxKernel kernel = device.load("snippet.ptx", module("sm_90a", text.toString())).kernel("snippet");
      long out = device.allocate(8 * LANES, "out");
      device.fill(out, 8 * LANES, (byte) 0);
      Parameters parameters = Parameters.of(kernel).add(out);
      for (long[] input : inputs) {
        long address = device.allocate(8 * LANES, "in");
        device.write(address, MemorySegment.ofArray(input));
        parameters.add(address);
      }
      device.launch(kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(LANES)), parameters);
      long[] values = new long[LANES];
      device.read(out, MemorySegment.ofArray(values));
      return values;
    }
  }
}
