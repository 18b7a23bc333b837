package io.telecomllm.lineage;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.telecomllm.Internal;
import io.telecomllm.lora.AdaptedLayer;
import io.telecomllm.lora.AdapterPlan;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Computes the SHA-256 that identifies an adapter, from all that it changes.
 *
 * <p>It hashes, for each adapted layer, the rows and the scale of each update and the values of its
 * matrices, DoRA's magnitudes, and then the replaced parameters; each tensor as a line of its name
 * and shape and its values in fp32, little endian. So it does not depend on the device, nor on
 * whether the adapter was read from a folder.
 */
@Internal
public final class AdapterFingerprint {
  private static final String FORMAT = "telecom-llm-adapter-1";

  private final Hasher hasher = Hashing.sha256().newHasher();
  private final Operators host;

  private AdapterFingerprint(Operators host) {
    this.host = host;
  }

  /** Returns 64 hexadecimal digits in lower case. */
  public static String of(LoraAdapter adapter) {
    try (Scope scope = Scope.open(Device.cpu())) {
      AdapterFingerprint fingerprint = new AdapterFingerprint(scope.operators());
      fingerprint.line(FORMAT);
      adapter.layers().forEach(fingerprint::layer);
      adapter.replaced().forEach(fingerprint::tensor);
      return fingerprint.hasher.hash().toString();
    }
  }

  private void layer(String name, AdaptedLayer layer) {
    for (int i = 0; i < layer.parts().size(); i++) {
      AdapterPlan.Part part = layer.plan().parts().get(i);
      line(name + " " + part.start() + " " + part.out() + " " + part.scale());
      tensor("a", layer.parts().get(i).a());
      tensor("b", layer.parts().get(i).b());
    }
    Tensor magnitude = layer.magnitude();
    if (magnitude != null) {
      tensor("magnitude", magnitude);
    }
  }

  private void tensor(String name, Tensor value) {
    line(name + " " + Arrays.toString(value.shape()));
    try (Tensor copy = host.copy(host.to(value, DataType.FLOAT32))) {
      hasher.putBytes(copy.bytes());
    }
  }

  private void line(String text) {
    hasher.putString(text + "\n", StandardCharsets.UTF_8);
  }
}
