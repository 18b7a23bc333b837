package io.telecomllm.quantization;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/**
 * Unpacks rows of a {@link GroupWeight}: the whole blocks of the layout that hold them, as the
 * transposed matrix, in whose order the codes lie.
 *
 * @param from the first wanted row
 * @param count the number of wanted rows
 * @param first the first unpacked row
 * @param rows the number of unpacked rows
 */
record GroupUnpacking(GroupWeight weight, int from, int count, int first, int rows) {
  static GroupUnpacking of(GroupWeight weight, int from, int count) {
    int block = GroupLayout.block();
    int first = from / block * block;
    int rows = (from + count - first + block - 1) / block * block;
    return new GroupUnpacking(weight, from, count, first, rows);
  }

  /** Returns the rows in the workspace's compute type, valid until it unpacks another weight. */
  Tensor dense(Workspace workspace) {
    return workspace.unpacked(
        (long) rows * weight.in(),
        (values, views) -> {
          try (Tensor transposed = views.reshape(values, weight.in(), rows)) {
            return unpacked(workspace, transposed, views);
          }
        });
  }

  /** Returns the rows in fp32, owned by the scope of the operators. */
  Tensor exact(Workspace workspace, Operators owner) {
    try (Tensor transposed = owner.empty(DataType.FLOAT32, weight.in(), rows)) {
      return unpacked(workspace, transposed, owner);
    }
  }

  private Tensor unpacked(Workspace workspace, Tensor transposed, Operators views) {
    long values =
        Math.max(Workspace.PIECE, (long) GroupLayout.block() * weight.packed().size(1) * 2);
    Workspace.Room room = workspace.room(values);
    boolean none = workspace.type() == DataType.FLOAT32;
    try (Tensor packed = views.narrow(weight.packed(), 0, first, rows);
        Tensor scales = views.narrow(weight.scales(), 1, first, rows);
        Tensor floats = none ? views.empty(DataType.FLOAT32, values) : views.none()) {
      views
          .packing()
          .dequantizeGroupsInPlace(
              transposed,
              packed,
              room.words(),
              none ? floats : room.floats(),
              scales,
              GroupLayout.block());
    }
    try (Tensor all = views.transpose(transposed)) {
      return views.narrow(all, 0, from - first, count);
    }
  }
}
