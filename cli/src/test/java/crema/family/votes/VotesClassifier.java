package crema.family.votes;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.settings.JsonFile;
import crema.task.Target;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Words and how often each label came with them. */
record VotesClassifier(Target target, double prior, Map<String, List<Integer>> votes) implements Classifier {
  static VotesClassifier read(ModelSource model) throws IOException {
    Map<?, ?> json = JsonFile.read(model.bytes(VotesFamily.VOTES));
    var votes = new HashMap<String, List<Integer>>();
    ((Map<?, ?>) json.get("votes")).forEach(
        (word, counts) -> votes.put((String) word, ((List<?>) counts).stream().map(Integer.class::cast).toList()));
    return new VotesClassifier(model.readTarget(), (Double) json.get("prior"), votes);
  }

  void write(ModelDirectory directory) throws IOException {
    JsonFile.write(directory.file(VotesFamily.VOTES), Map.of("prior", prior, "votes", votes));
  }

  int words() {
    return votes.size();
  }

  @Override
  public float[][] logits(List<String> texts) {
    return texts.stream().map(text -> text.isEmpty() ? new float[0] : logits(text)).toArray(float[][]::new);
  }

  private float[] logits(String text) {
    var logits = new float[target.labels().size()];
    for (int label = 0; label < logits.length; label++) {
      double sum = prior;
      for (String word : text.split(" ")) {
        sum += votes.containsKey(word) ? votes.get(word).get(label) : 0;
      }
      logits[label] = (float) Math.log(sum);
    }
    return logits;
  }

  @Override
  public float[][] embed(List<String> texts) {
    throw new UserError("votes have no vectors of texts");
  }

  @Override
  public void close() {}
}
