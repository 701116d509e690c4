package crema.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ForestTest {
  /** Two trees, numbered out of order: 0 > (1 > (4, 8), 2) and 5 > 3 > (6 > 9, 7). */
  private static final Forest FOREST = new Forest(-1, 0, 0, 5, 1, -1, 3, 3, 1, 6);

  @Test
  void aForestKnowsLevelsAndLeaves() {
    assertThat(FOREST.depth()).isEqualTo(4);
    assertThat(FOREST.level(9)).isEqualTo(4);
    assertThat(FOREST.level(0)).isEqualTo(1);
    assertThat(FOREST.isLeaf(9)).isTrue();
    assertThat(FOREST.isLeaf(3)).isFalse();
    assertThat(FOREST.byLevel()).containsExactly(
        new int[] {0, 5}, new int[] {1, 2, 3}, new int[] {4, 6, 7, 8}, new int[] {9});
    assertThat(FOREST.nodesAt(0)).isEmpty();
    assertThat(FOREST.nodesAt(5)).isEmpty();
  }

  @Test
  void aForestKnowsWhatIsAboveAndBelowANode() {
    assertThat(FOREST.children(1)).containsExactly(4, 8);
    assertThat(FOREST.children(Forest.NONE)).containsExactly(0, 5);
    assertThat(FOREST.children(9)).isEmpty();
    assertThat(FOREST.path(9)).containsExactly(5, 3, 6, 9);
    assertThat(FOREST.ancestors(9)).containsExactly(5, 3, 6);
    assertThat(FOREST.ancestors(5)).isEmpty();
    assertThat(FOREST.ancestorAt(9, 2)).isEqualTo(3);
    assertThat(FOREST.ancestorAt(3, 2)).isEqualTo(3);
    assertThat(FOREST.ancestorAt(5, 2)).isEqualTo(Forest.NONE);
    assertThat(FOREST.withAncestors(9, 4, 7)).containsExactly(0, 1, 3, 4, 5, 6, 7, 9);
  }

  @Test
  void distancesAreEdgesAndRootsAreJoined() {
    assertThat(FOREST.distance(9, 9)).isZero();
    assertThat(FOREST.distance(9, 7)).isEqualTo(3);
    assertThat(FOREST.distance(9, 2)).isEqualTo(6);
    assertThat(FOREST.distance(0, 5)).isEqualTo(2);
  }

  @Test
  void whatIsReturnedIsACopy() {
    FOREST.parents()[0] = 7;
    FOREST.topDown()[0] = 7;
    FOREST.children(1)[0] = 7;
    FOREST.byLevel().getFirst()[0] = 7;
    assertThat(FOREST.parent(0)).isEqualTo(Forest.NONE);
    assertThat(FOREST.topDown()).startsWith(0);
    assertThat(FOREST.children(1)).startsWith(4);
    assertThat(FOREST.nodesAt(1)).startsWith(0);
  }

  @Test
  void aForestMayBeEmpty() {
    assertThat(new Forest().depth()).isZero();
    assertThat(new Forest().byLevel()).isEmpty();
    assertThat(new Forest().children(Forest.NONE)).isEmpty();
  }

  @Test
  void whatIsNoForestIsRefused() {
    assertThatThrownBy(() -> new Forest(-1, 2, 3, 1)).hasMessage("node 1 is its own ancestor");
    assertThatThrownBy(() -> new Forest(0)).hasMessage("node 0 is its own ancestor");
    assertThatThrownBy(() -> new Forest(-1, 2)).hasMessage("node 1 has the parent 2, but there are 2 nodes");
    assertThatThrownBy(() -> new Forest(-2)).hasMessage("node 0 has the parent -2, but there are 1 nodes");
  }

  @Property(tries = 200)
  void relationsAgree(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    Forest forest = shuffled(seed, size);
    var seen = new HashSet<Integer>();
    for (int node : forest.topDown()) {
      assertThat(forest.parent(node) == Forest.NONE || seen.contains(forest.parent(node))).isTrue();
      seen.add(node);
    }
    assertThat(seen).hasSize(size);
    int[][] siblings = forest.siblings();
    for (int node = 0; node < size; node++) {
      int parent = forest.parent(node);
      assertThat(siblings[node]).isSorted().contains(node).isEqualTo(forest.children(parent));
      assertThat(forest.level(node)).isEqualTo(parent == Forest.NONE ? 1 : forest.level(parent) + 1);
      assertThat(forest.isLeaf(node)).isEqualTo(forest.children(node).length == 0);
      assertThat(forest.nodesAt(forest.level(node))).contains(node);
      int[] path = forest.path(node);
      assertThat(path).hasSize(forest.level(node)).endsWith(node);
      for (int level = 1; level <= path.length; level++) {
        assertThat(forest.ancestorAt(node, level)).isEqualTo(path[level - 1]);
      }
      for (int other = 0; other < size; other++) {
        List<Integer> otherPath = Arrays.stream(forest.path(other)).boxed().toList();
        int shared = (int) Arrays.stream(path).filter(otherPath::contains).count();
        assertThat(forest.distance(node, other)).isEqualTo(path.length + otherPath.size() - 2 * shared);
      }
    }
  }

  /** A random forest whose nodes are numbered in random order. */
  private static Forest shuffled(long seed, int size) {
    var random = new Random(seed);
    var numbers = new Permutation(size, seed, 0);
    var parents = new int[size];
    IntStream.range(0, size).forEach(node -> {
      int parent = random.nextInt(node + 1) - 1;
      parents[numbers.at(node)] = parent < 0 ? Forest.NONE : numbers.at(parent);
    });
    return new Forest(parents);
  }
}
