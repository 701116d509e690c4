package app;

import crema.classify.Classifier;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.ObjectMapper;

/** An application of Spring Boot with a classifier as a bean, which closes with it. */
@SpringBootApplication
public class App {
  public static void main(String[] arguments) {
    SpringApplication.run(App.class, arguments).close();
  }

  @Bean
  Classifier classifier() {
    return Classifier.load(Path.of(System.getProperty("model")));
  }

  @Bean
  CommandLineRunner predictor(Classifier classifier) {
    return arguments -> {
      String title = "bosch serie 6 washing machine 9kg";
      var expected = classifier.predict(title);
      int same = 0;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Callable<Boolean> task = () -> classifier.predict(title).equals(expected);
        for (var answer : threads.invokeAll(Collections.nCopies(1000, task))) {
          same += answer.get() ? 1 : 0;
        }
      }
      System.out.println(same + " answers as expected");
      System.out.println(new ObjectMapper().writeValueAsString(List.of(expected.label())));
    };
  }
}
