package io.telecomllm.tensor;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import com.google.common.base.Throwables;
import io.telecomllm.DeviceException;
import io.telecomllm.Internal;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The native library that computes the tensors: found, unpacked and loaded at the first call. */
@Internal
public final class NativeLibrary {
  private static final String ENGINE = "PyTorch";
  private static final String LIBRARY = "pytorch";

  private static volatile @Nullable Engine engine;

  private NativeLibrary() {}

  /** Returns the versions in use, under the keys {@code djl} and {@code libtorch}. */
  public static Map<String, String> versions() {
    return new TreeMap<>(Map.of("djl", Engine.getDjlVersion(), "libtorch", engine().getVersion()));
  }

  /** Returns the folder that libtorch was loaded from. */
  public static Path folder() {
    engine();
    return Path.of(LibUtils.getLibtorchPath());
  }

  /** Returns the number of GPUs that libtorch can use. */
  public static int gpus() {
    return engine().getGpuCount();
  }

  /**
   * Returns the engine; the first call unpacks the library, unless it is there, and loads it.
   *
   * @throws StorageException naming folder and variable, if it cannot be unpacked
   * @throws DeviceException if it is not on the class path or cannot be loaded
   */
  static Engine engine() {
    Engine known = engine;
    if (known == null) {
      known = load();
      engine = known;
    }
    return known;
  }

  private static Engine load() {
    if (System.getenv("PYTORCH_LIBRARY_PATH") == null) {
      requireOnClassPath();
    }
    try {
      return Engine.getEngine(ENGINE);
    } catch (EngineException | IllegalStateException | IllegalArgumentException | LinkageError e) {
      throw failure("libtorch", LIBRARY, e);
    }
  }

  // without it, DJL would look for a download
  private static void requireOnClassPath() {
    Platform platform = Platform.detectPlatform(LIBRARY);
    if (platform.isPlaceholder()) {
      throw new DeviceException(
          "there is no libtorch for "
              + platform.getClassifier()
              + " on the class path: add ai.djl.pytorch:pytorch-native-cpu:"
              + platform.getVersion()
              + " with classifier "
              + platform.getClassifier()
              + ", or name the folder of an installed one with the environment variables"
              + " PYTORCH_LIBRARY_PATH and PYTORCH_VERSION");
    }
  }

  /**
   * Returns what to throw where a native library could not be unpacked or loaded.
   *
   * @param name the library's name for people
   * @param folder the name of its folder below DJL's cache
   */
  public static TelecomLlmException failure(String name, String folder, Throwable failure) {
    Path cache = Utils.getEngineCacheDir(folder).toAbsolutePath();
    for (Throwable cause : Throwables.getCausalChain(failure)) {
      if (cause instanceof IOException) {
        String reason =
            cause instanceof FileSystemException ? cause.toString() : cause.getMessage();
        return new StorageException(
            name
                + " cannot be unpacked into "
                + cache
                + ": "
                + reason
                + "; set the environment variable or system property ENGINE_CACHE_DIR to a folder"
                + " that can be written and has 500 MB free, or fill that folder beforehand (see"
                + " docs/guide/in-a-server.md)",
            failure);
      }
    }
    return new DeviceException(
        name
            + " cannot be loaded from "
            + cache
            + ": "
            + Throwables.getRootCause(failure)
            + "; the folder must allow executable files, and the system's C library be glibc",
        failure);
  }
}
