package crema.data;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The only class that refers to zstd-jni, which may be missing. */
final class ZstdStreams {
  private ZstdStreams() {}

  static InputStream open(InputStream compressed) {
    try {
      return new ZstdInputStream(compressed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
