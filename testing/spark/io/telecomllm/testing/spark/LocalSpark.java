package io.telecomllm.testing.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark on this machine; the profile "spark" sets the environment that it needs. */
public final class LocalSpark {
  private LocalSpark() {}

  /** Tasks are threads of this process; a task is tried that often. */
  public static JavaSparkContext threads(int count, int tries) {
    return new JavaSparkContext(conf("local[" + count + "," + tries + "]"));
  }

  /** Executors are processes of their own, of one core each, on a cluster within this process. */
  public static JavaSparkContext executors(int count) {
    try {
      // there are no jars of Spark's own: executors take this process's class path
      Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new JavaSparkContext(
        conf("local-cluster[" + count + ",1,2048]")
            .set("spark.executor.memory", "2g")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .setExecutorEnv("OMP_WAIT_POLICY", "PASSIVE")
            .setExecutorEnv("SPARK_LOCAL_IP", "127.0.0.1"));
  }

  private static SparkConf conf(String master) {
    return new SparkConf(false)
        .setMaster(master)
        .setAppName("test")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.ui.enabled", "false");
  }

  /** The executors' processes. */
  public static List<ProcessHandle> processes() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("java"))
        .toList();
  }
}
