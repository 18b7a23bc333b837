/** A program on the module path. */
module org.example.module {
  requires io.telecomllm.core;
  requires io.telecomllm.inference;
}
