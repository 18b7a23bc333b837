package io.telecomllm.examples.peers;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.telecomllm.embedding.EncoderSettings;
import io.telecomllm.embedding.TextEncoder;
import io.telecomllm.examples.Cli;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Prints the vector of each line of a file as a line of JSON: {@code tools/check_encoder.py}
 * compares them with what transformers or onnxruntime compute.
 */
@CommandLine.Command(name = "EncodedTexts", mixinStandardHelpOptions = true)
public final class EncodedTexts implements Callable<Integer> {
  @Option(names = "--encoder", required = true, description = "Hugging Face folder")
  private Path folder = Path.of("encoder");

  @Option(names = "--texts", required = true, description = "a text to encode a line")
  private Path texts = Path.of("texts.txt");

  @Option(names = "--compute", defaultValue = "FLOAT32", description = "type to compute in")
  private DataType compute = DataType.FLOAT32;

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new EncodedTexts(), args);
  }

  @Override
  public Integer call() throws IOException {
    EncoderSettings settings = EncoderSettings.defaults().on(Device.cpu(), compute);
    try (TextEncoder encoder = TextEncoder.load(folder, settings)) {
      List<String> lines = Files.readAllLines(texts);
      List<float[]> vectors = encoder.encode(lines);
      for (int i = 0; i < lines.size(); i++) {
        JsonArray vector = new JsonArray();
        for (float value : vectors.get(i)) {
          vector.add(value);
        }
        JsonObject line = new JsonObject();
        line.addProperty("text", lines.get(i));
        line.add("vector", vector);
        System.out.println(line);
      }
    }
    return 0;
  }
}
