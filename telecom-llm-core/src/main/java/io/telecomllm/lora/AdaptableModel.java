package io.telecomllm.lora;

import io.telecomllm.Internal;

/** A model that an adapter can be made for. */
public interface AdaptableModel {
  /** Returns its network: layers and weights by name. */
  @Internal
  AdaptableNetwork network();
}
