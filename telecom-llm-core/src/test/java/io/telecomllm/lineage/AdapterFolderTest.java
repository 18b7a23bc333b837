package io.telecomllm.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdapterFolderTest {
  private static final String WEIGHTS = "adapter_model.safetensors";

  @TempDir Path base;
  @TempDir Path folder;
  private Lineage saved;

  @BeforeEach
  void save() throws IOException {
    TinyModel.write(base, 256);
    try (LanguageModel model = Fixture.model(base);
        LoraAdapter adapter = Fixture.adapter(model, 0.3, 5)) {
      saved = Fixture.lineage(model, adapter);
      AdapterFolder.save(folder, adapter, saved);
    }
  }

  private AdapterFolder.Loaded load(LanguageModel model, QuestionPrompt prompt, Accept... accept) {
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      AdapterFolder.Loaded loaded =
          AdapterFolder.load(folder, new PromptedModel(model, tokenizer, prompt), accept);
      loaded.adapter().close();
      return loaded;
    }
  }

  private AdapterFolder.Loaded load(Accept... accept) {
    try (LanguageModel model = Fixture.model(base)) {
      return load(model, TinyModel.prompt(), accept);
    }
  }

  /** All names but the one. */
  private static Accept[] others(Accept name) {
    return Arrays.stream(Accept.values()).filter(a -> a != name).toArray(Accept[]::new);
  }

  /** Refused under every other name, loaded under its own. */
  private void assertAcceptedByNameOnly(Accept name, String... parts) {
    assertThatThrownBy(this::load)
        .isInstanceOf(IncompatibleException.class)
        .hasMessageStartingWith(folder.resolve("lineage.json") + ": the adapter ")
        .hasMessageContainingAll(parts)
        .hasMessageEndingWith("; Accept." + name + " loads it nevertheless");
    assertThatThrownBy(() -> load(others(name))).isInstanceOf(IncompatibleException.class);
    assertThat(load(name).differences()).containsExactly(name);
  }

  private static void replaceIn(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  /** Flips bits of the byte that lies so far from the file's end. */
  private static void flip(Path file, int fromEnd, int mask) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - fromEnd] ^= (byte) mask;
    Files.write(file, bytes);
  }

  @Test
  void whatIsSavedComesBackWhole() throws IOException {
    AdapterFolder.Loaded loaded = load();
    assertThat(loaded.lineage()).contains(saved);
    assertThat(loaded.differences()).isEmpty();
    assertThat(AdapterFolder.lineage(folder)).contains(saved);
    assertThat(saved.probes()).hasSize(Probe.COUNT);
    assertThat(saved.probes())
        .extracting(Probe::question)
        .containsExactly(
            "What is term 0?", "What is term 3?", "What is term 6?", "What is term 9?");
    assertThat(saved.base().architecture()).isEqualTo("llama");
    assertThat(saved.base().weights()).isEqualTo("DENSE");
    assertThat(saved.base().computeType()).isEqualTo("FLOAT32");
    assertThat(saved.base().name()).isEqualTo(base.getFileName().toString());
    assertThat(saved.versions()).containsKeys("telecom-llm", "djl", "libtorch", "java", "os");
    assertThat(saved.data()).get().extracting(Lineage.Data::training).isEqualTo(9);
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("adapter_config.json", WEIGHTS, "lineage.json");
    }
    // nothing of the machine's folders
    assertThat(Files.readString(folder.resolve("lineage.json")))
        .doesNotContain(base.getParent().toString());
  }

  @Test
  void otherDevicesTypesAndPackingsAreTheSameBase() {
    for (DataType compute : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      try (LanguageModel dense = Fixture.loader(base).computeType(compute).dense().load()) {
        assertThat(load(dense, TinyModel.prompt()).differences()).isEmpty();
      }
      try (LanguageModel packed = Fixture.loader(base).computeType(compute).load()) {
        // NF4 changes the answers of so small a model, never what the base is
        assertThat(load(packed, TinyModel.prompt(), Accept.OTHER_SCORES).differences())
            .containsExactly(Accept.OTHER_SCORES);
        assertThatThrownBy(() -> load(packed, TinyModel.prompt()))
            .hasMessageContaining("(saved with DENSE weights in FLOAT32, now NF4 in " + compute);
      }
    }
  }

  @Test
  void anotherBaseIsRefused() throws IOException {
    flip(base.resolve("model.safetensors"), 1, 0x01);
    String here;
    try (LanguageModel model = Fixture.model(base)) {
      here = Lineage.Base.of(model).fingerprint();
    }
    assertThat(here).isNotEqualTo(saved.base().fingerprint());
    assertAcceptedByNameOnly(Accept.OTHER_BASE, saved.base().fingerprint(), here, "(llama, ");
  }

  @Test
  void anotherTokenizerIsRefused() throws IOException {
    replaceIn(base.resolve("tokenizer.json"), "\"a\":", "\"zz\":");
    String here;
    try (Tokenizer tokenizer = Tokenizer.load(base)) {
      here = tokenizer.digest();
    }
    assertAcceptedByNameOnly(
        Accept.OTHER_TOKENIZER, "the tokenizer " + saved.tokenizer(), "the one in use is " + here);
  }

  @Test
  void anotherPromptIsRefused() {
    QuestionPrompt other = TinyModel.prompt().withInstruction("Choose well.");
    try (LanguageModel model = Fixture.model(base)) {
      assertThatThrownBy(() -> load(model, other, others(Accept.OTHER_PROMPT)))
          .isInstanceOf(IncompatibleException.class)
          .hasMessageContainingAll(
              "made with the prompt " + saved.prompt(),
              "the one in use is " + other.digest(),
              "Accept.OTHER_PROMPT");
      assertThat(load(model, other, Accept.OTHER_PROMPT).differences())
          .containsExactly(Accept.OTHER_PROMPT);
      assertThat(load(model, TinyModel.prompt(), Accept.OTHER_PROMPT).differences()).isEmpty();
    }
  }

  @Test
  void theProbesCatchADamagedAdapter() throws IOException {
    try (LanguageModel model = Fixture.model(base);
        LoraAdapter other = Fixture.adapter(model, 0.3, 6)) {
      PeftFolder.save(folder, other, "damaged");
    }
    assertAcceptedByNameOnly(
        Accept.OTHER_SCORES,
        "gave the options of probe 1 the shares ",
        " % when it was saved, it gives ",
        "so its files or the model's have changed",
        "(saved with DENSE weights in FLOAT32, now DENSE in FLOAT32)");
  }

  @Test
  void aFlippedExponentInOneMatrixIsCaught() throws IOException {
    // the highest exponent bit of the last value of the file: that of some b
    flip(folder.resolve(WEIGHTS), 1, 0x40);
    assertAcceptedByNameOnly(Accept.OTHER_SCORES, "the log-probability of option 1 is NaN");
  }

  @Test
  void allThatDiffersIsSaidAtOnce() throws IOException {
    flip(base.resolve("model.safetensors"), 1, 0x01);
    replaceIn(base.resolve("tokenizer.json"), "\"a\":", "\"zz\":");
    assertThatThrownBy(this::load)
        .hasMessageContainingAll("Accept.OTHER_BASE", "; and ", "Accept.OTHER_TOKENIZER");
    assertThatThrownBy(() -> load(Accept.OTHER_BASE))
        .hasMessageContaining("Accept.OTHER_TOKENIZER")
        .hasMessageNotContaining("OTHER_BASE");
    assertThat(load(Accept.OTHER_BASE, Accept.OTHER_TOKENIZER).differences()).hasSize(2);
  }

  @Test
  void aFolderFromElsewhereLoadsAndSaysThatNothingWasChecked() throws IOException {
    Files.delete(folder.resolve("lineage.json"));
    assertThat(load().lineage()).isEmpty();
    assertThat(load().differences()).isEmpty();
    assertThat(AdapterFolder.lineage(folder)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedLineageIsNeverPassedOver(Accept accept) throws IOException {
    Files.writeString(folder.resolve("lineage.json"), "{");
    assertThatThrownBy(() -> load(accept))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("lineage.json");
    Files.delete(folder.resolve("lineage.json"));
    Files.createSymbolicLink(folder.resolve("lineage.json"), Path.of("nowhere"));
    assertThatThrownBy(() -> load(accept)).isInstanceOf(InvalidDataException.class);
  }

  @Test
  void aMergedModelIsAnotherBase() {
    try (LanguageModel model = Fixture.model(base);
        LoraAdapter adapter = PeftFolder.load(folder, model);
        LanguageModel merged = model.merged(adapter)) {
      assertThatThrownBy(() -> load(merged, TinyModel.prompt()))
          .hasMessageContaining(saved.base().name() + ", merged (llama, fingerprint ");
    }
  }

  @Test
  void probesAreTheLogProbabilitiesOfEachLabelBehindWhatAllShare() {
    try (LanguageModel model = Fixture.model(base);
        LoraAdapter adapter = PeftFolder.load(folder, model);
        Tokenizer tokenizer = Tokenizer.load(model.files());
        Scope scope = Scope.open(Device.cpu())) {
      var deltas = adapter.deltas(DataType.FLOAT32, scope);
      for (Probe probe : saved.probes()) {
        var rendered = TinyModel.prompt().ask(tokenizer, probe.question(), probe.options());
        double[] expected = new double[probe.options().size()];
        for (int option = 0; option < expected.length; option++) {
          int[] label = rendered.candidates().get(option).labelIds();
          int[] ids = com.google.common.primitives.Ints.concat(rendered.promptIds(), label);
          var logits =
              model
                  .network()
                  .logits(io.telecomllm.model.TokenBatch.of(ids), null, deltas, null, scope);
          float[] all = scope.operators().toFloats(logits);
          int width = model.config().vocabularySize();
          double sum = 0;
          int first = rendered.promptIds().length + rendered.sharedLabelLength();
          for (int at = first; at < ids.length; at++) {
            double total = 0;
            for (int v = 0; v < width; v++) {
              total += Math.exp(all[(at - 1) * width + v]);
            }
            sum += all[(at - 1) * width + ids[at]] - Math.log(total);
          }
          expected[option] = sum;
        }
        // only the shares of the options count, so all but a common number
        for (int option = 1; option < expected.length; option++) {
          assertThat(probe.scores().get(option) - probe.scores().get(0))
              .isCloseTo(
                  expected[option] - expected[0], org.assertj.core.api.Assertions.within(1e-4));
        }
      }
    }
  }

  @Test
  void questionsThatDoNotFitGiveWay() throws IOException {
    Path narrow = Files.createDirectory(base.resolve("narrow"));
    TinyModel.write(narrow, 200);
    var long1 = Fixture.questions(2).get(0);
    var tooLong =
        new io.telecomllm.data.Question(
            "long", "x".repeat(300), long1.options(), 0, "", long1.category());
    try (LanguageModel model = Fixture.model(narrow);
        LoraAdapter adapter = PeftFolder.load(folder, model);
        Tokenizer tokenizer = Tokenizer.load(model.files())) {
      PromptedModel prompted = new PromptedModel(model, tokenizer, TinyModel.prompt());
      List<Probe> probes = Probe.ask(List.of(tooLong), prompted, adapter);
      assertThat(probes).isEmpty();
      var mixed = new java.util.ArrayList<>(Fixture.questions(7));
      mixed.add(0, tooLong);
      assertThat(Probe.ask(mixed, prompted, adapter))
          .extracting(Probe::question)
          .containsExactly(
              "What is term 0?", "What is term 1?", "What is term 3?", "What is term 5?");
    }
  }

  @Test
  void aProbeThatCannotBeAskedIsDamage() throws IOException {
    replaceIn(folder.resolve("lineage.json"), "What is term 3?", "What? ".repeat(100_000));
    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            folder.resolve("lineage.json")
                + ", field probes[1] takes more tokens than the 256 of the model's context");
  }

  @Test
  void sharesMayMoveByTheTolerance() {
    OptionScores even = OptionScores.of(Math.log(0.5), Math.log(0.5));
    assertThat(ProbeCheck.agree(even, OptionScores.of(Math.log(0.41), Math.log(0.59)))).isTrue();
    assertThat(ProbeCheck.agree(even, OptionScores.of(Math.log(0.39), Math.log(0.61)))).isFalse();
    // the best changes places with one that was further behind than the tolerance
    OptionScores clear = OptionScores.of(Math.log(0.56), Math.log(0.44));
    assertThat(ProbeCheck.agree(clear, OptionScores.of(Math.log(0.49), Math.log(0.51)))).isFalse();
    OptionScores near = OptionScores.of(Math.log(0.54), Math.log(0.46));
    assertThat(ProbeCheck.agree(near, OptionScores.of(Math.log(0.49), Math.log(0.51)))).isTrue();
  }
}
