package io.telecomllm.examples;

/** To be written when the embedded model is there. */
public final class Quickstart {
  private Quickstart() {}

  /** Runs it. */
  public static void main(String[] args) {
    System.out.println("The quickstart is on its way.");
  }
}
