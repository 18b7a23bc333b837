package io.telecomllm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Where sequences grow. */
class RowPoolTest {
  private final RowPool pool = new RowPool(12);

  private int[] find(int last, int count) {
    int[] found = pool.find(last, count, new BitSet());
    pool.hold(found);
    return found;
  }

  @Test
  void oneSequenceLiesInOneRun() {
    assertThat(find(-1, 5)).containsExactly(0, 1, 2, 3, 4);
    assertThat(find(4, 7)).containsExactly(5, 6, 7, 8, 9, 10, 11);
    assertThatThrownBy(() -> find(11, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("none of 12 rows is free");
  }

  @Test
  void anotherSequenceLeavesTheOneBeforeItRoomToGrow() {
    assertThat(find(-1, 2)).containsExactly(0, 1);
    assertThat(find(-1, 2)).containsExactly(6, 7);
    assertThat(find(1, 3)).containsExactly(2, 3, 4);
    assertThat(find(7, 2)).containsExactly(8, 9);
  }

  @Test
  void runsThatEndAreContinuedElsewhere() {
    find(-1, 4);
    pool.release(1);
    assertThat(find(3, 3)).containsExactly(4, 5, 6);
    pool.release(9);
    assertThat(pool.held()).isEqualTo(6);
    pool.hold(9);
    assertThat(find(8, 4)).containsExactly(7, 8, 10, 11);
    assertThat(find(11, 1)).containsExactly(1);
  }

  @Test
  void rowsOfOnePassDoNotMeet() {
    BitSet taken = new BitSet();
    assertThat(pool.find(-1, 2, taken)).containsExactly(0, 1);
    assertThat(pool.find(-1, 2, taken)).containsExactly(6, 7);
    assertThat(pool.held()).isZero();
  }

  @Test
  void aSharedRowIsFreeWhenItsLastHolderReleasesIt() {
    int[] rows = find(-1, 3);
    pool.hold(rows);
    pool.release(rows);
    assertThat(pool.held()).isEqualTo(3);
    assertThat(pool.holders(2)).isEqualTo(1);
    pool.release(rows);
    assertThat(pool.held()).isZero();
  }
}
