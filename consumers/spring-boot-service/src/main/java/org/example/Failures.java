package org.example;

import io.telecomllm.BusyException;
import io.telecomllm.DeadlineException;
import io.telecomllm.InvalidDataException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Says whether the request is wrong or the service busy; anything else is an error of its own. */
@RestControllerAdvice
class Failures {
  @ExceptionHandler({IllegalArgumentException.class, InvalidDataException.class})
  ProblemDetail wrong(RuntimeException failure) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, failure.getMessage());
  }

  @ExceptionHandler({BusyException.class, DeadlineException.class})
  ProblemDetail busy(RuntimeException failure) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, failure.getMessage());
  }
}
