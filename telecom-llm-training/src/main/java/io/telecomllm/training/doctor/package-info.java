/**
 * What a machine can do for this library: {@link io.telecomllm.training.doctor.Doctor} looks at the
 * native library, the device, threads and memory, compares every operator of the device with the
 * CPU, and measures a step and a pass. It is the first thing to run on a new machine, and what a
 * report of a problem should hold.
 */
@NullMarked
package io.telecomllm.training.doctor;

import org.jspecify.annotations.NullMarked;
