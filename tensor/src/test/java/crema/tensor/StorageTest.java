package crema.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class StorageTest {
  private static final class CountingStorage extends Storage {
    private int freed;

    CountingStorage(Backend backend) {
      super(backend, DType.F32, 4);
    }

    @Override
    public void read(long offset, MemorySegment target) {}

    @Override
    public void write(long offset, MemorySegment source) {}

    @Override
    protected void free() {
      freed++;
    }
  }

  @Test
  void theLastReferenceFreesTheMemoryOnce() {
    try (Backend backend = Backend.open(Device.REFERENCE)) {
      var storage = new CountingStorage(backend);
      storage.retain();
      storage.release();
      assertThat(storage.freed).isZero();
      storage.release();
      assertThat(storage.freed).isOne();
    }
  }

  @Test
  void aReleaseTooManyIsABug() {
    try (Backend backend = Backend.open(Device.REFERENCE)) {
      var storage = new CountingStorage(backend);
      storage.release();
      assertThatIllegalStateException().isThrownBy(storage::release).withMessageContaining("twice");
      assertThat(storage.freed).isOne();
    }
  }

  @Test
  void freedMemoryCannotBeRetained() {
    try (Backend backend = Backend.open(Device.REFERENCE)) {
      var storage = new CountingStorage(backend);
      storage.release();
      assertThatIllegalStateException().isThrownBy(storage::retain).withMessageContaining("freed");
    }
  }
}
