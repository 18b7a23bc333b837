package io.telecomllm.lora;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableSortedSet;
import java.util.Set;

/** Which linear layers an adapter changes: PEFT's {@code target_modules}, or roles. Immutable. */
public sealed interface LoraTargets {
  /** Every linear layer of the decoder. */
  record AllLinear() implements LoraTargets {}

  /**
   * Layers whose full name is one of these, or ends in one of them after a dot.
   *
   * @param names the names, such as {@code q_proj} or {@code self_attn.q_proj}
   */
  record Names(Set<String> names) implements LoraTargets {
    /** Checks that each can be a module's name. */
    public Names {
      for (String name : names) {
        checkArgument(
            name.length() <= 300 && name.matches("[A-Za-z0-9_.-]+"),
            "target module '%s' is not a module name",
            name);
      }
      names = ImmutableSortedSet.copyOf(names);
    }
  }

  /**
   * Layers whose whole name matches a regular expression in Python's syntax.
   *
   * @param expression an expression for {@code re.fullmatch} without look-behind, back references,
   *     possessive quantifiers and flags; at most 1000 characters
   */
  record Pattern(String expression) implements LoraTargets {
    /** Checks the syntax. */
    public Pattern {
      PythonPattern.compile(expression);
    }
  }

  /**
   * Layers, or rows of layers, with one of these roles. Several roles in one fused layer are
   * adapted independently of each other.
   *
   * @param roles at least one
   */
  record Roles(Set<TargetModule> roles) implements LoraTargets {
    /** Checks that there is one. */
    public Roles {
      checkArgument(!roles.isEmpty(), "no role is targeted");
      roles = ImmutableSortedSet.copyOf(roles);
    }
  }
}
