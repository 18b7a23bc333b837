package io.telecomllm.jinja;

import io.telecomllm.Internal;
import io.telecomllm.UnsupportedModelException;

/** A template that cannot be rendered: what it uses is not known, is wrong, or is over a limit. */
@Internal
public final class JinjaException extends UnsupportedModelException {
  private static final long serialVersionUID = 1L;

  JinjaException(String message) {
    super(message);
  }
}
