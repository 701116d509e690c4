package crema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What modules export, held against the committed lists {@code api/MODULE.txt}: a line for each public type and each of
 * its public or protected members, as descriptors. A change is a decision; accepted with {@code -Dcrema.update=true}, it
 * shows in the diff, and breaking ones belong in the changelog.
 */
class ApiTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final List<String> MODULES =
      List.of("base", "tensor", "autograd", "nn", "tokenizer", "images", "data", "parquet", "excel", "classic",
          "train");
  private static final Set<AccessFlag> SHOWN = Set.of(AccessFlag.STATIC, AccessFlag.FINAL, AccessFlag.ABSTRACT,
      AccessFlag.PUBLIC, AccessFlag.PROTECTED, AccessFlag.INTERFACE, AccessFlag.ENUM);

  @TestFactory
  Stream<DynamicTest> exportedTypesAndMembersAreThoseOfTheList() {
    return MODULES.stream().map(module -> DynamicTest.dynamicTest(module, () -> {
      String actual = String.join("\n", signatures(ROOT.resolve(module).resolve("target/classes"))) + "\n";
      Path list = ROOT.resolve("api").resolve(module + ".txt");
      if (Boolean.getBoolean("crema.update")) {
        Files.writeString(list, actual);
      }
      assertThat(actual.lines().toList())
          .describedAs(
              "the API that %s exports and api/%s.txt; to accept the change: mvn -pl cli -am test -Dtest=ApiTest "
                  + "-Dsurefire.failIfNoSpecifiedTests=false -Dcrema.update=true",
              module, module)
          .isEqualTo(Files.readAllLines(list));
    }));
  }

  @Test
  void everyPackageSaysWhatMayLiveInIt() throws IOException {
    var without = new ArrayList<Path>();
    for (String module : Stream.concat(MODULES.stream(), Stream.of("cli", "examples")).toList()) {
      Path sources = ROOT.resolve(module).resolve("src/main/java");
      try (Stream<Path> folders = Files.walk(sources)) {
        for (Path folder : folders.filter(Files::isDirectory).filter(ApiTest::holdsClasses).toList()) {
          Path info = folder.resolve("package-info.java");
          if (!Files.exists(info) || !Files.readString(info).contains("/**")) {
            without.add(ROOT.relativize(info));
          }
        }
      }
    }
    assertThat(without).isEmpty();
  }

  private static boolean holdsClasses(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(".java")
          && !file.endsWith("package-info.java") && !file.endsWith("module-info.java"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Set<String> signatures(Path classes) throws IOException {
    ModuleDescriptor module;
    try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
      module = ModuleDescriptor.read(in);
    }
    var lines = new TreeSet<String>();
    for (ModuleDescriptor.Exports exported : module.exports()) {
      if (!exported.isQualified()) {
        try (Stream<Path> files = Files.list(classes.resolve(exported.source().replace('.', '/')))) {
          for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
            if (isVisible(file)) {
              add(ClassFile.of().parse(file), lines);
            }
          }
        }
      }
    }
    return lines;
  }

  private static void add(ClassModel type, Set<String> lines) {
    String name = type.thisClass().asInternalName().replace('/', '.');
    if (name.endsWith(".package-info")) {
      return;
    }
    lines.add(name + " : " + type.flags().flags().stream().filter(SHOWN::contains).sorted().toList()
        + type.superclass().map(parent -> " extends " + parent.asInternalName().replace('/', '.')).orElse("")
        + (type.interfaces().isEmpty() ? "" : " implements " + String.join(", ",
            type.interfaces().stream().map(each -> each.asInternalName().replace('/', '.')).toList())));
    for (FieldModel field : type.fields()) {
      if (isVisible(field.flags().flags())) {
        lines.add(name + "." + field.fieldName().stringValue() + " : " + field.fieldType().stringValue() + " "
            + field.flags().flags().stream().filter(SHOWN::contains).sorted().toList());
      }
    }
    for (MethodModel method : type.methods()) {
      if (isVisible(method.flags().flags()) && !method.flags().has(AccessFlag.SYNTHETIC)) {
        lines.add(name + "." + method.methodName().stringValue() + method.methodType().stringValue() + " "
            + method.flags().flags().stream().filter(SHOWN::contains).sorted().toList());
      }
    }
  }

  /** Whether a type, and all types that it is nested in, can be seen from outside. */
  private static boolean isVisible(Path file) throws IOException {
    ClassModel type = ClassFile.of().parse(file);
    var nesting = type.findAttribute(Attributes.innerClasses());
    if (nesting.isPresent()) {
      for (var inner : nesting.get().classes()) {
        if (inner.innerClass().equals(type.thisClass())) {
          return isVisible(inner.flags()) && inner.innerName().isPresent() && inner.outerClass().isPresent()
              && isVisible(
                  file.resolveSibling(Path.of(inner.outerClass().get().asInternalName()).getFileName() + ".class"));
        }
      }
    }
    return type.flags().has(AccessFlag.PUBLIC);
  }

  private static boolean isVisible(Set<AccessFlag> flags) {
    return flags.contains(AccessFlag.PUBLIC) || flags.contains(AccessFlag.PROTECTED);
  }
}
