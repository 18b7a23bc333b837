package io.telecomllm.training.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestFileTest {
  private static final String SHA =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
  private static final Manifest SMALL =
      new Manifest(
          7,
          3,
          OptionalLong.of(5),
          Map.of("seed", "3407"),
          List.of(new Manifest.Entry("adapter/a.bin", 12, SHA)));

  private static Manifest parse(String text) {
    return ManifestFile.parse("manifest.json", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Manifest manifest) {
    return new String(ManifestFile.bytes(manifest), StandardCharsets.UTF_8);
  }

  /** The format as it was first written; it must stay readable. The digest is Python's. */
  @Test
  void versionOne() {
    String text =
        """
        {
          "version": 1,
          "step": 7,
          "order": 3,
          "best": 5,
          "facts": {
            "seed": "3407"
          },
          "files": [
            {
              "path": "adapter/a.bin",
              "size": 12,
              "sha256": "%s"
            }
          ],
          "digest": "8ddd2815f4a48d9ce15197cd843871b1385b30e5105dd07fceffbb2941a6cf11"
        }
        """
            .formatted(SHA);
    assertThat(text(SMALL)).isEqualTo(text);
    assertThat(parse(text)).isEqualTo(SMALL);
    assertThat(parse(text.replace("\"step\"", "\"more\": [], \"step\""))).isEqualTo(SMALL);
  }

  @Property(tries = 300)
  void whatIsWrittenIsRead(
      @ForAll @LongRange(min = 0, max = 1_000_000_000_000_000L) long step,
      @ForAll @LongRange(min = 0, max = 1_000_000_000_000_000L) long order,
      @ForAll boolean best,
      @ForAll @Size(max = 5) Map<String, String> strings,
      @ForAll @Size(min = 1, max = 5)
          List<@LongRange(min = 0, max = Long.MAX_VALUE - 1) Long> sizes) {
    Map<String, String> facts = new LinkedHashMap<>();
    strings.forEach((name, value) -> facts.put(encodable(name), encodable(value)));
    List<Manifest.Entry> files = new ArrayList<>();
    for (long size : sizes) {
      files.add(new Manifest.Entry("f" + files.size() + "/x.bin", size, SHA));
    }
    Manifest manifest =
        new Manifest(
            step, order, best ? OptionalLong.of(order) : OptionalLong.empty(), facts, files);
    assertThat(parse(text(manifest))).isEqualTo(manifest);
  }

  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\": 1|\"version\": 2|field version: expected 1, which is all that this library",
        "\"version\": 1|\"version\": \"1\"|field version: expected an integer from 1",
        "\"step\": 7|\"step\": -1|field step: expected an integer from 0 to 1000000000000000, found",
        "\"step\": 7|\"step\": 7.0|field step: expected an integer from 0",
        "\"step\": 7|\"step\": 1000000000000001|field step: expected an integer from 0",
        "\"step\": 7|\"step\": 99999999999999999999999|field step: expected an integer from 0",
        "\"step\": 7|\"step\": 1e999|the number 1e999 is out of range",
        "\"step\": 7|\"step\": 7, \"step\": 8|the key \"step\" appears twice",
        "\"step\": 7|\"stop\": 7|field step: missing",
        "\"step\": 7|\"step\": 8|field digest: expected",
        "\"order\": 3|\"order\": 9223372036854775807|field order: expected an integer from 0",
        "\"order\": 3|\"order\": 4|field digest: expected",
        "\"best\": 5|\"best\": \"5\"|field best: expected an integer from 0",
        "\"best\": 5|\"best\": null|field digest: expected",
        "\"seed\": \"3407\"|\"seed\": 3407|field facts.seed: expected a string, found 3407",
        "\"seed\": \"3407\"|\"seed\": \"3408\"|field digest: expected",
        "\"seed\": \"3407\"|\"seed\": \"\\ud800\"|a string holds an unpaired surrogate",
        "adapter/a.bin|../a.bin|the path ../a.bin must have 1 to 4 parts",
        "adapter/a.bin|adapter/../../a.bin|the path adapter/../../a.bin must have 1 to 4 parts",
        "adapter/a.bin|/etc/passwd|the path /etc/passwd must have 1 to 4 parts",
        "adapter/a.bin|C:/a.bin|the path C:/a.bin must have 1 to 4 parts",
        "adapter/a.bin|a\\\\b|must have 1 to 4 parts",
        "adapter/a.bin|a//b|the path a//b must have 1 to 4 parts",
        "adapter/a.bin|a/b/c/d/e|the path a/b/c/d/e must have 1 to 4 parts",
        "adapter/a.bin|a/|the path a/ must have 1 to 4 parts",
        "adapter/a.bin|a\\u0000|must have 1 to 4 parts",
        "adapter/a.bin|manifest.json|the path manifest.json must have 1 to 4 parts",
        "adapter/a.bin|b/a.bin|field digest: expected",
        "\"size\": 12|\"size\": -1|field files[0].size: expected an integer from 0",
        "\"size\": 12|\"size\": 9223372036854775807|field files[0].size: expected an integer from 0",
        "\"size\": 12|\"size\": 13|field digest: expected",
        "\"sha256\": \"2c|\"sha256\": \"2C|the sha256 of adapter/a.bin is 2C",
        "\"sha256\": \"2c|\"sha256\": \"|the sha256 of adapter/a.bin is f2",
        "\"sha256\": \"2c|\"sha256\": \"2d|field digest: expected",
        "\"files\": [|\"files\": [7,|field files[0]: expected an object, found 7",
        "\"files\": [|\"files\": [], \"other\": [|0 files, must be 1 to 256",
        "\"digest\"|\"digits\"|field digest: missing",
      })
  void refuses(String from, String to, String error) {
    String text = text(SMALL);
    assertThat(text).contains(from);
    assertThatThrownBy(() -> parse(text.replace(from, to)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("manifest.json")
        .hasMessageContaining(error);
  }

  @Test
  void refusesAFileTwice() {
    Manifest two =
        new Manifest(
            1,
            1,
            OptionalLong.empty(),
            Map.of(),
            List.of(new Manifest.Entry("a", 1, SHA), new Manifest.Entry("b", 1, SHA)));
    for (String twice : List.of("a", "A")) {
      assertThatThrownBy(() -> parse(text(two).replace("\"b\"", "\"" + twice + "\"")))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(
              "manifest.json: the file "
                  + twice
                  + " is there twice, upper and lower case being equal");
    }
  }

  @Test
  void refusesWhatIsLongBeforeItCosts() {
    for (String path : List.of("a.".repeat(500_000) + "a", "a/".repeat(500_000) + "a")) {
      assertThatThrownBy(() -> parse(text(SMALL).replace("adapter/a.bin", path)))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith("manifest.json: the path a");
    }
    assertThatThrownBy(() -> parse("[".repeat(1_000_000)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("nested deeper than 64");
  }
}
