package crema.run;

import crema.settings.Section;
import crema.settings.Setting;
import java.util.List;

/** The settings of a distillation, beside those of the student. */
public final class DistillSettings {
  /** How a student learns from its teacher. */
  public static final Section SECTION = Section.of("Distillation");

  /** The families of students, by their keys. */
  public static final List<String> STUDENTS = List.of("linear", "fasttext", "encoder", "image");

  public static final Setting<String> STUDENT =
      SECTION.name("student", "linear", () -> STUDENTS).label("FAMILY").basic()
          .help("The family of the student: linear, fasttext or encoder; image for one of pictures");
  public static final Setting<Double> TEMPERATURE = SECTION.number("temperature", 1).atLeast(0.05).atMost(20).label("T")
      .details("above 1 it tells more of the less probable labels")
      .help("What the log-odds of the teacher's probabilities are divided by");
  public static final Setting<Double> LABEL_SHARE = SECTION.number("label-share", 0.5).atLeast(0).atMost(1).label("P")
      .help("How much of what is learned of a row with labels is these labels; the rest is what the teacher says");

  public static final Setting<Integer> ALTERED = SECTION.integer("altered", 1).atLeast(0).atMost(100).label("N")
      .details(
          "words left out, or in another order; what is learned of them is what the teacher says, whatever the label")
      .help("How many altered copies of each row the teacher is asked for besides");

  private DistillSettings() {}
}
