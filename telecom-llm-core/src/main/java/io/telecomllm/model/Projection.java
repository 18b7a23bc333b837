package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Linear layers that read the same input, their outputs side by side: one fused layer, or several.
 *
 * @param parts in the order of their outputs
 */
record Projection(List<Linear> parts) {
  /** Outputs (rows, sum of out), and each part's own. */
  record Output(Tensor value, List<Linear.Output> parts) {
    Stream<Tensor> kept() {
      return Stream.concat(Stream.of(value), parts.stream().flatMap(Linear.Output::kept));
    }
  }

  /** The outputs [from, from + count) of one part. */
  private record Piece(Linear part, int from, int count) {}

  Projection unpacked(Workspace workspace, Scope owner) {
    return new Projection(parts.stream().map(part -> part.unpacked(workspace, owner)).toList());
  }

  int out() {
    return parts.stream().mapToInt(Linear::out).sum();
  }

  /** What of the parts makes the outputs [from, from + count). */
  private List<Piece> pieces(int from, int count) {
    List<Piece> pieces = new ArrayList<>();
    int start = 0;
    for (Linear part : parts) {
      int low = Math.max(from, start);
      int high = Math.min(from + count, start + part.out());
      if (low < high) {
        pieces.add(new Piece(part, low - start, high - low));
      }
      start += part.out();
    }
    return pieces;
  }

  Output forward(Operators ops, Tensor x, Pass pass) {
    return forward(ops, x, pass, 0, out());
  }

  /** x (rows, in): the outputs [from, from + count). */
  Output forward(Operators ops, Tensor x, Pass pass, int from, int count) {
    List<Linear.Output> outputs =
        pieces(from, count).stream()
            .map(piece -> piece.part().forward(ops, x, pass, piece.from(), piece.count()))
            .toList();
    List<Tensor> values = outputs.stream().map(Linear.Output::value).toList();
    return new Output(values.size() == 1 ? values.get(0) : ops.concat(values, 1), outputs);
  }

  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor x,
      Output saved,
      Pass pass,
      Gradients gradients,
      boolean inputWanted) {
    return backward(ops, g, x, saved, pass, gradients, inputWanted, 0, out());
  }

  /**
   * The gradient of x, or no elements if it is not wanted.
   *
   * @param g of the outputs [from, from + count)
   */
  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor x,
      Output saved,
      Pass pass,
      Gradients gradients,
      boolean inputWanted,
      int from,
      int count) {
    List<Piece> pieces = pieces(from, count);
    Tensor sum = null;
    int start = 0;
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      Tensor own = pieces.size() == 1 ? g : ops.copy(ops.narrow(g, 1, start, piece.count()));
      Linear.Output output = saved.parts().get(i);
      Tensor gx =
          piece
              .part()
              .backward(
                  ops, own, x, output, pass, gradients, inputWanted, piece.from(), piece.count());
      if (sum == null) {
        sum = gx;
      } else if (inputWanted) {
        ops.addInPlace(sum, gx, 1);
      }
      start += piece.count();
    }
    return sum == null ? ops.none() : sum;
  }
}
