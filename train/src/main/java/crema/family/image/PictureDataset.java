package crema.family.image;

import crema.base.UserError;
import crema.data.LabelSet;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.TokenDataset;
import crema.data.TokenRecipe;
import crema.run.RowCounts;
import crema.run.RunPictures;

/** Examples whose one token is the number of a picture: what holds of batches of texts holds of these too. */
final class PictureDataset {
  private PictureDataset() {}

  /**
   * The rows that have a picture which can be used.
   *
   * @param labels by whose numbers examples are labelled
   * @param listener receives the problems of labels
   * @throws UserError when no row is left of some
   */
  static TokenDataset of(String part, RowSource rows, RunPictures pictures, LabelSet labels,
      ProblemListener listener) {
    RowSource pictured = rows.map("pictures", "", row -> {
      String location = row.meta().picture();
      return location == null || pictures.number(location) < 0 ? null : row.withText(location);
    });
    // In memory: an example is three numbers and where its row is.
    TokenDataset examples = TokenDataset.inMemory(new TokenRecipe(pictured, labels,
        location -> new int[] {pictures.number(location)}, "pictures", 1), listener);
    if (examples.size() == 0 && !RowCounts.isEmpty(rows)) {
      throw new UserError("no " + part + " row is left that has a picture; see what was said of pictures above");
    }
    return examples;
  }
}
