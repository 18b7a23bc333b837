package io.telecomllm.examples;

/** x. */
public final class Quickstart {
  private Quickstart() {}

  /** x. */
  public static void main(String[] args) {
    System.out.println("hello");
  }
}
