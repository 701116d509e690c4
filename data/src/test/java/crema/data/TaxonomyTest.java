package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TaxonomyTest {
  @Test
  void everyPrefixIsANodeAndParentsComeFirst() {
    var taxonomy = Taxonomy.of(List.of("b > x > 1", "a", "b > y", "b x"), " > ");
    assertThat(names(taxonomy)).containsExactly("a", "b", "b > x", "b > x > 1", "b > y", "b x");
    assertThat(taxonomy.depth()).isEqualTo(3);
    assertThat(taxonomy.parents()).containsExactly(-1, -1, 1, 2, 1, -1);
    assertThat(taxonomy.children(1)).containsExactly(2, 4);
    assertThat(taxonomy.ancestors(3)).containsExactly(1, 2);
    assertThat(taxonomy.ancestorAt(3, 2)).isEqualTo(2);
    assertThat(taxonomy.ancestorAt(1, 2)).isEqualTo(-1);
    assertThat(taxonomy.nodesAt(1)).containsExactly(0, 1, 5);
    assertThat(taxonomy.segment(3)).isEqualTo("1");
    assertThat(taxonomy.isLeaf(0)).isTrue();
  }

  @Test
  void countsAddUpTowardsTheRoots() {
    var leaves = LabelSet.of(List.of("a > x", "a > y", "a", "b"), new long[] {2, 3, 5, 7});
    var labels = Taxonomy.of(leaves.names(), " > ").labels(leaves);
    assertThat(labels.names()).containsExactly("a", "a > x", "a > y", "b");
    assertThat(labels.counts()).containsExactly(10, 2, 3, 7);
  }

  @Test
  void anEmptySegmentIsRefused() {
    assertThatThrownBy(() -> Taxonomy.of(List.of("a > > b"), " > "))
        .isInstanceOf(DataException.class).hasMessage("the label path 'a > > b' has an empty segment");
  }

  @Property(tries = 200)
  void relationsAgreeWithTheNames(@ForAll("paths") Set<String> paths) {
    var taxonomy = Taxonomy.of(paths, "/");
    assertThat(new HashSet<>(names(taxonomy))).hasSize(taxonomy.size()).containsAll(paths);
    for (int a = 0; a < taxonomy.size(); a++) {
      assertThat(taxonomy.parent(a)).as("preorder").isLessThan(a);
      assertThat(taxonomy.indexOf(taxonomy.name(a))).isEqualTo(a);
      assertThat(taxonomy.level(a)).isEqualTo(taxonomy.name(a).split("/").length);
      for (int b = 0; b < taxonomy.size(); b++) {
        boolean below = taxonomy.name(b).startsWith(taxonomy.name(a) + "/");
        assertThat(contains(taxonomy.ancestors(b), a)).isEqualTo(below);
        assertThat(contains(taxonomy.children(a), b)).isEqualTo(taxonomy.parent(b) == a);
      }
    }
  }

  @Provide
  Arbitrary<Set<String>> paths() {
    return Arbitraries.of("a", "b", "a b", "0").list().ofMinSize(1).ofMaxSize(4)
        .map(segments -> String.join("/", segments)).set().ofMinSize(1).ofMaxSize(12);
  }

  private static List<String> names(Taxonomy taxonomy) {
    return IntStream.range(0, taxonomy.size()).mapToObj(taxonomy::name).toList();
  }

  private static boolean contains(int[] nodes, int node) {
    return Arrays.stream(nodes).anyMatch(other -> other == node);
  }
}
