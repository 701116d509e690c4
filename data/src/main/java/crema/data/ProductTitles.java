package crema.data;

/**
 * The data that comes with Crema: 35,311 titles of products in 10 categories, with the columns {@code title},
 * {@code cluster_id} (equal for titles of the same product) and {@code category}.
 *
 * <p>From "Product Classification and Clustering" by Leonidas Akritidis, UCI Machine Learning Repository, CC BY 4.0.
 */
public final class ProductTitles {
  /** The attribution that the licence asks for, for reports and help. */
  public static final String ATTRIBUTION = "Product Classification and Clustering, Leonidas Akritidis, "
      + "UCI Machine Learning Repository, CC BY 4.0";

  private ProductTitles() {}

  /**
   * The titles labelled by category and grouped by product. They are sorted by category; titles of a product must not
   * straddle a split, or the test rows are known from training.
   */
  public static FileRows rows() {
    var file = DataFile.resource(ProductTitles.class, "pricerunner/pricerunner.csv.gz");
    return new FileRows(file, new Csv(','),
        Columns.text("title").withLabel("category").withGroup("cluster_id"));
  }
}
