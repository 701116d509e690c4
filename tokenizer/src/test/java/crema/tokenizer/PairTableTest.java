package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PairTableTest {
  @Test
  void takingAwayFromNewPairsGrowsTheTableWhereverItHappens() {
    var table = new PairTable();
    for (int pair = 0; pair < 3000; pair++) {
      table.remove(PairTable.pair(pair, 1), pair);
    }
    for (int pair = 0; pair < 3000; pair++) {
      assertThat(table.count(table.index(PairTable.pair(pair, 1)))).isEqualTo(-pair);
    }
  }
}
