package io.telecomllm.examples.guide;

import io.telecomllm.tensor.Device;
import io.telecomllm.training.doctor.Doctor;
import io.telecomllm.training.doctor.DoctorReport;

/** Code of docs/guide/check-a-machine.md. */
final class CheckMachine {
  private CheckMachine() {}

  static boolean works(Device device) {
    DoctorReport report = Doctor.check(device);
    System.out.print(report);
    return report.ok();
  }
}
