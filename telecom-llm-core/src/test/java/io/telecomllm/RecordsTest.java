package io.telecomllm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordsTest {
  private record Inner(int size, List<String> words) {
    Inner {
      if (size < 0) {
        throw new IllegalArgumentException("size is " + size + ", must be at least 0");
      }
    }
  }

  private record Outer(String name, Inner inner) {}

  private static final Outer OUTER = new Outer("a", new Inner(1, List.of("x")));

  @Test
  void onlyWhatIsNamedChanges() {
    assertThat(Records.with(OUTER, Map.of("name", "b"))).isEqualTo(new Outer("b", OUTER.inner()));
    assertThat(Records.withNested(OUTER, Map.of("name", "b", "size", 2)))
        .isEqualTo(new Outer("b", new Inner(2, List.of("x"))));
    assertThat(Records.withNested(OUTER, Map.of())).isEqualTo(OUTER);
    assertThat(OUTER.name()).isEqualTo("a");
  }

  @Test
  void whatTheConstructorRefusesIsRefusedInItsWords() {
    assertThatThrownBy(() -> Records.withNested(OUTER, Map.of("size", -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("size is -1, must be at least 0");
  }

  @Test
  void unknownNamesAndOtherTypesAreRefused() {
    assertThatThrownBy(() -> Records.with(OUTER, Map.of("size", 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("%s has no component [size]", Outer.class);
    assertThatThrownBy(() -> Records.withNested(OUTER, Map.of("sise", 2)))
        .hasMessage("%s has no component [sise]", Outer.class);
    assertThatThrownBy(() -> Records.with(OUTER, Map.of("name", 2)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
