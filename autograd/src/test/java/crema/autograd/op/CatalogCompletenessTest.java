package crema.autograd.op;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.MultiOp;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An op or a kernel that has no row in the catalog is an error. */
class CatalogCompletenessTest {
  @Test
  void everyOpHasARow() throws Exception {
    Set<Class<?>> ops = Catalog.opRows().stream().map(OpRow::op).collect(Collectors.toSet());
    assertThat(ops).isEqualTo(compiledOps());
  }

  private static Set<Class<?>> compiledOps() throws Exception {
    var folder = Path.of(MatMul.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .resolve(MatMul.class.getPackageName().replace('.', '/'));
    var ops = new HashSet<Class<?>>();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        Class<?> compiled =
            Class.forName(MatMul.class.getPackageName() + "." + name.substring(0, name.indexOf('.')));
        if (MultiOp.class.isAssignableFrom(compiled)) {
          ops.add(compiled);
        }
      }
    }
    assertThat(ops).contains(MatMul.class, CrossEntropy.class);
    return ops;
  }

  @Test
  void everyMethodOfAFamilyIsCalledByARow() {
    Set<Method> methods = ProbeBackend.FAMILIES.stream()
        .flatMap(family -> Arrays.stream(family.getMethods()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
    assertThat(methods).hasSizeGreaterThan(30);
    try (Backend reference = Backend.open(Device.REFERENCE)) {
      var probe = new ProbeBackend(reference);
      Catalog.rows().stream().filter(row -> !row.large()).forEach(row -> row.run(probe, DType.F64));
      methods.removeAll(probe.called());
    }
    assertThat(methods).as("methods that no row calls").isEmpty();
  }

  @Test
  void namesOfRowsDiffer() {
    assertThat(Catalog.rows()).extracting(Row::name).doesNotHaveDuplicates();
  }

  /** Otherwise the comparison of thread counts would prove nothing for it. */
  @Test
  void everyOpThatComputesHasALargeRow() {
    Set<Class<?>> ops = Catalog.opRows().stream().filter(OpRow::large).map(OpRow::op).collect(Collectors.toSet());
    assertThat(ops).hasSize((int) Catalog.opRows().stream().map(OpRow::op).distinct().count() - 1)
        .doesNotContain(Reshape.class);
  }
}
