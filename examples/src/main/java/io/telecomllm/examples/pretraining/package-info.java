/**
 * How the tiny model of the resources was made: its tokenizer, the task that it learns, the weights
 * that it begins with, and the program that trains it.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples.pretraining;
