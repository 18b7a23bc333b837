package io.telecomllm.inference;

import com.google.common.base.Suppliers;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.inference.calibration.CalibratedFor;
import io.telecomllm.lineage.AdapterFingerprint;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.scoring.PromptedModel;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an answerer consists of. Each is computed once, when it is asked for: it reads all of it.
 */
final class Identity {
  private final Supplier<String> model;
  private final Supplier<Optional<String>> adapter;
  private final Supplier<CalibratedFor> calibratedFor;

  Identity(AnswererBuilder settings, PromptedModel prompted, Optional<LoraAdapter> adapter) {
    model = Suppliers.memoize(() -> Lineage.Base.of(prompted.model()).fingerprint());
    this.adapter = Suppliers.memoize(() -> adapter.map(AdapterFingerprint::of));
    String prompt = prompted.prompt().digest();
    String reading =
        settings.scoring
            + ", most orders "
            + settings.permutations
            + (settings.withoutReferencesBelow == 0
                ? ""
                : ", without references below " + settings.withoutReferencesBelow);
    Optional<Knowledge> knowledge = settings.knowledge;
    calibratedFor =
        Suppliers.memoize(
            () ->
                new CalibratedFor(
                    model(),
                    adapter(),
                    prompt,
                    reading,
                    knowledge.map(k -> k.base().id() + ", most references " + k.references())));
  }

  /** Returns the fingerprint of the base model. */
  String model() {
    return model.get();
  }

  /** Returns the fingerprint of the adapter. */
  Optional<String> adapter() {
    return adapter.get();
  }

  CalibratedFor calibratedFor() {
    return calibratedFor.get();
  }
}
