package crema;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
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
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between modules and the rules of the house, over the classes of all modules below this one. */
class ArchitectureTest {
  private static final String[] TRAIN = {"crema.data..", "crema.metrics..", "crema.train..", "crema.report..",
      "crema.serve..", "crema.cli.."};

  private static JavaClasses project;

  @BeforeAll
  static void readAllClasses() {
    project = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("crema");
    for (String one : List.of("crema.tensor.Tensor", "crema.autograd.Tape", "crema.nn.Module",
        "crema.tokenizer.Tokenizer", "crema.train.Trainer")) {
      assertThat(project.contain(one)).as(one + " is on the class path").isTrue();
    }
  }

  @Test
  void tensorsKnowNothingAboveThem() {
    noClasses().that().resideInAPackage("crema.tensor..")
        .should().dependOnClassesThat(resideInAPackage("crema..").and(not(resideInAPackage("crema.tensor.."))))
        .check(project);
  }

  @Test
  void autogradKnowsTensorsOnly() {
    noClasses().that().resideInAPackage("crema.autograd..")
        .should().dependOnClassesThat(
            resideInAPackage("crema..").and(not(resideInAnyPackage("crema.autograd..", "crema.tensor.."))))
        .check(project);
  }

  @Test
  void networksKnowNothingOfTrainingAndText() {
    noClasses().that().resideInAPackage("crema.nn..")
        .should().dependOnClassesThat().resideInAnyPackage(TRAIN)
        .orShould().dependOnClassesThat().resideInAPackage("crema.tokenizer..")
        .check(project);
  }

  @Test
  void tokenizersKnowNoOtherModule() {
    noClasses().that().resideInAPackage("crema.tokenizer..")
        .should().dependOnClassesThat(resideInAPackage("crema..").and(not(resideInAPackage("crema.tokenizer.."))))
        .check(project);
  }

  @Test
  void modulesAndThePackagesOfTrainHaveNoCycles() {
    slices().matching("crema.(*)..").should().beFreeOfCycles().check(project);
  }

  @Test
  void onlyTheCpuBackendTouchesTheVectorApi() {
    noClasses().that().resideOutsideOfPackage("crema.tensor.cpu..")
        .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
        .check(project);
  }

  /**
   * Storage and kernels of a backend are its own affair: the others come in through {@code ServiceLoader}. fastText,
   * which trains on rows of its own arrays rather than on tensors, borrows the kernels for them and nothing else.
   */
  @Test
  void nobodySeesTheCpuBackendFromOutside() {
    noClasses().that().resideOutsideOfPackages("crema.tensor.cpu..", "crema.nn.fasttext..")
        .should().dependOnClassesThat().resideInAPackage("crema.tensor.cpu..")
        .check(project);
    noClasses().that().resideInAPackage("crema.nn.fasttext..")
        .should().dependOnClassesThat(
            resideInAPackage("crema.tensor.cpu..").and(not(name("crema.tensor.cpu.RowKernels"))))
        .check(project);
  }

  @Test
  void onlyTheDefaultsOfTheFamiliesSeeTheReference() {
    noClasses().that().resideOutsideOfPackages("crema.tensor", "crema.tensor.reference..")
        .should().dependOnClassesThat().resideInAPackage("crema.tensor.reference..")
        .check(project);
    classes().that().resideInAPackage("crema.tensor.reference..").and().haveSimpleNameNotEndingWith("Call")
        .should().onlyBeAccessed().byClassesThat().resideInAPackage("crema.tensor.reference..")
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
        .should().beRecords().andShould().implement("crema.autograd.Op")
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

  @Test
  void thereIsNoReflection() {
    noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.reflect..").check(project);
  }
}
