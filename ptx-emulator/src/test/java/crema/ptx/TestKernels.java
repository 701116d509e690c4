package crema.ptx;

import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** PTX of the test kernels, and data for them. */
final class TestKernels {
  private TestKernels() {}

  /** The checked-in PTX of {@code src/test/cuda/NAME.cu}. */
  static String ptx(String name) {
    try (InputStream in = TestKernels.class.getResourceAsStream(name + ".ptx")) {
      if (in == null) {
        throw new IllegalArgumentException("no test kernel " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static PtxModule load(PtxDevice device, String name) {
    return device.load(name + ".ptx", ptx(name));
  }

  static float[] random(int count, long seed) {
    var random = new Random(seed);
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) random.nextGaussian();
    }
    return out;
  }

  /** Numbers of the same bf16 values. */
  static float[] roundedToBf16(float[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = fromBf16(toBf16(values[i]));
    }
    return out;
  }

  static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  static float fromBf16(short value) {
    return Float.intBitsToFloat(value << 16);
  }

  static long upload(PtxDevice device, String name, float[] values) {
    long address = device.allocate(values.length * 4L, name);
    device.write(address, values);
    return address;
  }

  static long upload(PtxDevice device, String name, int[] values) {
    long address = device.allocate(values.length * 4L, name);
    device.write(address, values);
    return address;
  }

  static long uploadBf16(PtxDevice device, String name, float[] values) {
    short[] halves = new short[values.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = toBf16(values[i]);
    }
    long address = device.allocate(values.length * 2L, name);
    device.write(address, java.lang.foreign.MemorySegment.ofArray(halves));
    return address;
  }

  static float[] readBf16(PtxDevice device, long address, int count) {
    short[] halves = device.readShorts(address, count);
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = fromBf16(halves[i]);
    }
    return out;
  }
}
