package io.telecomllm.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a name is: it is refused, or it stays in its folder. */
class NamesTest {
  private static final Path CACHE = Path.of("/cache");

  @Provide
  Arbitrary<String> names() {
    Arbitrary<String> near = Arbitraries.strings().withChars("a0._-+/\\:\n ~").ofMaxLength(12);
    return Arbitraries.oneOf(near, Arbitraries.strings().ofMaxLength(12));
  }

  @Property(tries = 2000)
  void accepted(@ForAll("names") String name) {
    if (isAccepted(() -> Names.checkRepository(name))) {
      Path folder = CACHE.resolve(Names.folder(name)).normalize();
      assertThat(folder.getParent()).isEqualTo(CACHE);
      assertThat(folder.getFileName().toString()).startsWith("models--");
    }
    if (isAccepted(() -> Names.checkRevision(name))) {
      assertStays(name);
      assertThat(Names.encode(name)).matches("[A-Za-z0-9._%-]+");
    }
    if (Names.isFile(name)) {
      assertStays(name);
      assertThat(Names.encodePath(name)).matches("[A-Za-z0-9._%/-]+");
    }
  }

  private static void assertStays(String name) {
    Path path = CACHE.resolve(name);
    assertThat(path).isEqualTo(path.normalize());
    assertThat(path).startsWithRaw(CACHE).isNotEqualTo(CACHE);
  }

  private static boolean isAccepted(Runnable check) {
    try {
      check.run();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Example
  void acceptsWhatTheHubHas() {
    assertThatCode(
            () -> {
              Names.checkRepository("gpt2");
              Names.checkRepository("microsoft/Phi-3-mini-4k-instruct");
              Names.checkRepository("a_b/c.d-1");
              Names.checkRepository("x".repeat(96) + "/" + "y".repeat(96));
              Names.checkRevision("main");
              Names.checkRevision("refs/pr/12");
              Names.checkRevision("v1.0-rc+2");
              Names.checkFile("onnx/model-00001-of-00002.safetensors");
            })
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> Names.checkRepository("x".repeat(97)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "repository is \""
                + "x".repeat(97)
                + "\", must be \"owner/name\" of letters, digits, '-', '_' and '.', without"
                + " \"--\", \"..\" and a final \".git\"");
  }
}
