package crema.family.fusion;

import crema.classify.Classifier;
import crema.classify.Item;
import crema.classify.ItemPicture;
import crema.task.Target;
import java.util.List;
import java.util.SequencedCollection;

/**
 * A part that answers with the number in a text, or with that in the location of a picture, by vectors and logits that have
 * a number above zero in that place.
 *
 * @param features of vectors
 */
record NumberPart(boolean ofPictures, Target target, int features) implements Classifier {
  private float[][] say(SequencedCollection<Item> items, int size, int lacking, float factor) {
    var rows = new float[items.size()][];
    int i = 0;
    for (Item item : items) {
      String said = ofPictures ? item.picture() instanceof ItemPicture.Located(String location) ? location : ""
          : item.text();
      float[] row = new float[said.isEmpty() ? lacking : size];
      if (!said.isEmpty()) {
        row[Integer.parseInt(said.substring(1)) % size] = factor;
      }
      rows[i++] = row;
    }
    return rows;
  }

  @Override
  public boolean readsPictures() {
    return ofPictures;
  }

  @Override
  public float[][] logits(List<String> texts) {
    return logits(Item.ofTexts(texts));
  }

  @Override
  public float[][] logits(SequencedCollection<Item> items) {
    return say(items, target.labels().size(), 0, 2);
  }

  @Override
  public float[][] embed(List<String> texts) {
    return new float[texts.size()][features];
  }

  @Override
  public float[][] embed(SequencedCollection<Item> items) {
    return say(items, features, features, 1);
  }

  @Override
  public void close() {}
}
