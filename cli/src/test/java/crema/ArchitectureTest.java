package crema;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.text.Collator;
import java.text.DecimalFormat;
import java.text.NumberFormat;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between modules and the rules of the house, over the classes of all modules below this one. */
class ArchitectureTest {
  /** The packages of each module, and those of the modules below it that it may know. */
  private enum House {
    BASE("crema.base"),
    TENSOR("crema.tensor", BASE),
    CUDA("crema.cuda", TENSOR),
    AUTOGRAD("crema.autograd", TENSOR),
    NN("crema.nn", AUTOGRAD),
    TOKENIZER("crema.tokenizer", BASE),
    DATA(new String[] {"crema.data", "crema.metrics"}, BASE),
    IMAGES("crema.data.image", BASE),
    PARQUET("crema.parquet", DATA),
    EXCEL("crema.excel", DATA),
    CLASSIC(new String[] {"crema.fasttext", "crema.langid", "crema.linear"}, DATA, NN),
    TRAIN(
        new String[] {"crema.audit", "crema.classify", "crema.corpus", "crema.defaults", "crema.embed", "crema.family",
            "crema.hub",
            "crema.pretrain",
            "crema.pretrained", "crema.report", "crema.run",
            "crema.settings",
            "crema.task", "crema.tune"},
        CLASSIC, IMAGES, TOKENIZER),
    CLI("crema.cli", TRAIN);

    private final String[] packages;
    private final House[] below;

    House(String name, House... below) {
      this(new String[] {name}, below);
    }

    House(String[] packages, House... below) {
      this.packages = Arrays.stream(packages).map(name -> name + "..").toArray(String[]::new);
      this.below = below;
    }

    Stream<String> known() {
      return Stream.concat(Arrays.stream(packages), Arrays.stream(below).flatMap(House::known));
    }
  }

  private static JavaClasses project;

  @BeforeAll
  static void readAllClasses() {
    // The pretrained models and the emulator of the tests are modules of their own, which are no part of the house.
    project = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
        .withImportOption(location -> !location.contains("/test-models/"))
        .withImportOption(location -> !location.contains("-tests.jar"))
        .withImportOption(location -> !location.contains("ptx-emulator")).importPackages("crema");
    for (String one : List.of("crema.tensor.Tensor", "crema.autograd.Tape", "crema.nn.Module",
        "crema.tokenizer.Tokenizer", "crema.family.encoder.EncoderRun", "crema.cuda.CudaBackend")) {
      assertThat(project.contain(one)).as(one + " is on the class path").isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void modulesKnowOnlyThoseBelowThem(House module) {
    noClasses().that().resideInAnyPackage(module.packages)
        .should().dependOnClassesThat(resideInAPackage("crema..")
            .and(not(resideInAnyPackage(module.known().toArray(String[]::new)))))
        .check(project);
  }

  /** Their packages stand below that of rows by name only. */
  @Test
  void rowsKnowNoPictures() {
    noClasses().that().resideInAnyPackage("crema.data", "crema.metrics")
        .should().dependOnClassesThat().resideInAPackage("crema.data.image..")
        .check(project);
  }

  @Test
  void everyPackageIsOfAModule() {
    classes().should().resideInAnyPackage(
        Arrays.stream(House.values()).flatMap(module -> Arrays.stream(module.packages)).toArray(String[]::new))
        .check(project);
  }

  /** Each package is a slice: a contract knows none of its implementations, the tape none of its ops. */
  @Test
  void packagesHaveNoCycles() {
    slices().matching("crema.(**)").should().beFreeOfCycles().check(project);
  }

  /** Within the module of classifiers, too, arrows run downwards only. */
  @Test
  void thePackagesOfTrainKnowOnlyThoseBelowThem() {
    List<String> upwards =
        List.of("crema.hub", "crema.settings", "crema.defaults", "crema.pretrained", "crema.task", "crema.report",
            "crema.classify",
            "crema.embed",
            "crema.run", "crema.audit", "crema.corpus..",
            "crema.family..", "crema.pretrain", "crema.tune", "crema.cli..");
    for (int floor = 0; floor < upwards.size(); floor++) {
      noClasses().that().resideInAPackage(upwards.get(floor))
          .should().dependOnClassesThat()
          .resideInAnyPackage(upwards.subList(floor + 1, upwards.size()).toArray(String[]::new))
          .check(project);
    }
  }

  @Test
  void onlyTheCpuBackendTouchesTheVectorApi() {
    noClasses().that().resideOutsideOfPackage("crema.tensor.cpu..")
        .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
        .check(project);
  }

  /**
   * Storage and kernels of a backend are its own affair: the others come in through {@code ServiceLoader}. fastText,
   * which trains on rows of its own arrays rather than on tensors, borrows the kernels for them and nothing else; so does
   * the index of vectors, which compares a few of many rows at a time.
   */
  @Test
  void nobodySeesTheCpuBackendFromOutside() {
    noClasses().that().resideOutsideOfPackages("crema.tensor.cpu..", "crema.fasttext..", "crema.embed")
        .should().dependOnClassesThat().resideInAPackage("crema.tensor.cpu..")
        .check(project);
    noClasses().that().resideInAnyPackage("crema.fasttext..", "crema.embed")
        .should().dependOnClassesThat(
            resideInAPackage("crema.tensor.cpu..").and(not(name("crema.tensor.cpu.RowKernels"))))
        .check(project);
  }

  @Test
  void othersSeeOnlyTheFallbacksOfTheReference() {
    noClasses().that().resideOutsideOfPackage("crema.tensor.reference")
        .should().dependOnClassesThat(
            resideInAPackage("crema.tensor.reference").and(not(simpleNameStartingWith("Fallback"))))
        .check(project);
  }

  @Test
  void theTapeKnowsNoOp() {
    noClasses().that().resideInAPackage("crema.autograd")
        .should().dependOnClassesThat().resideInAPackage("crema.autograd.op..")
        .check(project);
  }

  @Test
  void everyOpIsARecordOfItsOwn() {
    classes().that().resideInAPackage("crema.autograd.op").and().areTopLevelClasses()
        .and().doNotHaveSimpleName("package-info")
        .should().beRecords().andShould().implement("crema.autograd.MultiOp")
        .check(project);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Util", "Utils", "Helper", "Helpers", "Manager", "Impl"})
  void namesSayWhatAClassIs(String suffix) {
    noClasses().should().haveSimpleNameEndingWith(suffix).check(project);
  }

  @Test
  void onlyTheCommandLineWritesToTheStandardStreams() {
    noClasses().that().resideOutsideOfPackage("crema.cli..").should(ACCESS_STANDARD_STREAMS).check(project);
  }

  @Test
  void noStaticFieldChanges() {
    fields().that().areStatic().should().haveModifier(JavaModifier.FINAL).check(project);
  }

  /** An application in an Arabic, German or Turkish locale gets the same digits, decimal points and letters. */
  @Test
  void nothingFollowsTheLocaleOfTheMachine() {
    noClasses().should().callMethod(String.class, "formatted", Object[].class)
        .orShould().callMethod(String.class, "format", String.class, Object[].class)
        .orShould().callMethod(String.class, "toLowerCase").orShould().callMethod(String.class, "toUpperCase")
        .orShould().callMethod(PrintStream.class, "printf", String.class, Object[].class)
        .orShould().callMethod(PrintStream.class, "format", String.class, Object[].class)
        .orShould().callMethod(PrintWriter.class, "printf", String.class, Object[].class)
        .orShould().callMethod(PrintWriter.class, "format", String.class, Object[].class)
        .orShould().callMethod(Locale.class, "getDefault").orShould().callMethod(Collator.class, "getInstance")
        .orShould().callConstructor(Formatter.class)
        .orShould().callConstructor(DecimalFormat.class).orShould().callConstructor(DecimalFormat.class, String.class)
        .orShould().callMethod(NumberFormat.class, "getInstance")
        .orShould().callMethod(DateTimeFormatter.class, "ofPattern", String.class).check(project);
  }

  @Test
  void thereIsNoReflection() {
    noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.reflect..").check(project);
  }
}
