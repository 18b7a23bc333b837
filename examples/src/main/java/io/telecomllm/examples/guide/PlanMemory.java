package io.telecomllm.examples.guide;

import io.telecomllm.lora.LoraConfig;
import io.telecomllm.training.memory.MemoryPlan;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.file.Path;

/** Code of docs/guide/memory.md. */
final class PlanMemory {
  private PlanMemory() {}

  static MemoryPlan plan(Path model, long bytes) {
    TrainingConfig config = TrainingConfig.builder().batchSize(2).gradientAccumulation(4).build();
    MemoryPlan plan = MemoryPlan.of(model, LoraConfig.defaults(), config);
    System.out.println(plan.peakBytes() + " bytes, of them " + plan.parts());
    if (!plan.fits(bytes)) {
      System.out.println(plan.smallestChange(bytes));
    }
    return plan;
  }
}
