package crema.ptx.op;

import static crema.ptx.InstructionKind.CONTROL;
import static crema.ptx.op.Opcode.row;

import crema.ptx.FaultKind;
import crema.ptx.machine.Branch;
import crema.ptx.machine.Compute;
import crema.ptx.machine.Exit;
import crema.ptx.machine.IndexedBranch;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.Operand;
import crema.ptx.syntax.PtxType;
import java.util.List;

/** Where a thread goes on, and instructions that only the hardware's resources know of. */
final class ControlOps {
  private ControlOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("bra", "[.uni]", CONTROL, in -> {
          in.expect(1, 1);
          if (in.raw(0) instanceof Operand.Label label) {
            return new Branch(label.target());
          }
          throw in.error("bra goes to a label");
        }),
        row("brx", ".idx [.uni]", CONTROL, in -> {
          in.expect(2, 2);
          if (in.raw(1) instanceof Operand.LabelTable table) {
            return new IndexedBranch(in.source(0, PtxType.U32),
                table.targets().stream().mapToInt(Integer::intValue).toArray());
          }
          throw in.error("brx.idx goes to a label of .branchtargets");
        }),
        row("ret", "[.uni]", CONTROL, in -> {
          in.expect(0, 0);
          return new Exit();
        }),
        row("exit", "", CONTROL, in -> {
          in.expect(0, 0);
          return new Exit();
        }),
        row("trap", "", CONTROL, in -> {
          in.expect(0, 0);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              throw w.fault(FaultKind.TRAP, Integer.numberOfTrailingZeros(lanes), "the kernel gave up");
            }
          };
        }),
        row("nanosleep", ".u32", CONTROL, in -> {
          in.expect(1, 1).source(0, PtxType.U32);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              w.yieldTurn();
            }
          };
        }),
        row("setmaxnreg", ".inc|.dec .sync .aligned .u32", CONTROL, in -> {
          int registers = in.expect(1, 1).immediate(0, 24, 256);
          if (registers % 8 != 0) {
            throw in.error("setmaxnreg takes a multiple of 8");
          }
          return new WholeWarp() {
            @Override
            void execute(Warp w) {}
          };
        }),
        row("griddepcontrol", ".launch_dependents|.wait", CONTROL, in -> {
          in.expect(0, 0);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {}
          };
        }));
  }
}
