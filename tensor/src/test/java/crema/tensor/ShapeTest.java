package crema.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void aScalarHasOneElementInOneRow() {
    var scalar = Shape.of();
    assertThat(scalar.rank()).isZero();
    assertThat(scalar.elements()).isEqualTo(1);
    assertThat(scalar.rows()).isEqualTo(1);
    assertThat(scalar.columns()).isEqualTo(1);
    assertThat(scalar).hasToString("[]");
  }

  @Property
  void rowsTimesColumnsAreTheElements(@ForAll @Size(min = 1, max = 5) List<@LongRange(max = 9) Long> list) {
    long[] extents = list.stream().mapToLong(Long::longValue).toArray();
    var shape = Shape.of(extents);
    assertThat(shape.rows() * shape.columns()).isEqualTo(shape.elements());
    assertThat(shape.columns()).isEqualTo(extents[extents.length - 1]).isEqualTo(shape.extent(-1));
    assertThat(shape).isEqualTo(Shape.of(shape.toArray())).hasSameHashCodeAs(Shape.of(extents));
  }

  @Test
  void anArrayChangedAfterwardsChangesNoShape() {
    long[] extents = {2, 3};
    var shape = Shape.of(extents);
    extents[0] = 7;
    shape.toArray()[1] = 9;
    assertThat(shape).isEqualTo(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2));
  }

  @Test
  void endsWithItsInnermostExtents() {
    var shape = Shape.of(2, 3, 5);
    assertThat(shape.endsWith(Shape.of(3, 5))).isTrue();
    assertThat(shape.endsWith(Shape.of())).isTrue();
    assertThat(shape.endsWith(shape)).isTrue();
    assertThat(shape.endsWith(Shape.of(5, 3))).isFalse();
    assertThat(shape.endsWith(Shape.of(1, 2, 3, 5))).isFalse();
  }

  @Test
  void moreElementsThanALongCountsIsAnError() {
    assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(1L << 32, 1L << 31))
        .withMessageContaining("[4294967296, 2147483648]");
  }

  @Test
  void aNegativeExtentIsAnError() {
    assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(3, -1)).withMessageContaining("[3, -1]");
  }
}
