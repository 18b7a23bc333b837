/** Low-rank adapters: what to adapt, the adapter itself, and PEFT's folders of it. */
@org.jspecify.annotations.NullMarked
package io.telecomllm.lora;
