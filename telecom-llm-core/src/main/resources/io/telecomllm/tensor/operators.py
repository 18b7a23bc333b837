# The operator library, in the dialect of serialized TorchScript: every argument has a type, data types are numbers
# (15 = bf16, 6 = fp32, 4 = int64, 0 = uint8), and operators call each other as (self).name(a, b, ).
#
# Matrices are (rows, features) with a row per token, whatever questions the rows belong to.
# Products are computed in the type of their arguments; norms, softmax, losses and sums in fp32.
# An operator whose name ends in _ changes its first argument.
# Large tensors are processed in pieces: the temporary tensors of a piece stay in the cache, in memory that the
# allocator reuses; new memory costs more time than the computation.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # ---- memory ----

  def empty(self: __torch__.Kernels, shape: List[int], dtype: int, device: str) -> Tensor:
    return torch.empty(shape, dtype=dtype, device=torch.device(device))

  def zeros(self: __torch__.Kernels, shape: List[int], dtype: int, device: str) -> Tensor:
    return torch.zeros(shape, dtype=dtype, device=torch.device(device))

  def shape(self: __torch__.Kernels, x: Tensor) -> List[int]:
    return torch.size(x)

  def dtype(self: __torch__.Kernels, x: Tensor) -> int:
    return ops.prim.dtype(x)

  def to(self: __torch__.Kernels, x: Tensor, dtype: int, device: str) -> Tensor:
    return torch.to(x, torch.device(device), dtype)

  def clone(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.clone(torch.contiguous(x))

  # a view of the transposed matrix
  def transpose(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.t(x)

  def reshape(self: __torch__.Kernels, x: Tensor, shape: List[int]) -> Tensor:
    return torch.reshape(x, shape)

  def narrow(self: __torch__.Kernels, x: Tensor, dim: int, start: int, length: int) -> Tensor:
    return torch.narrow(x, dim, start, length)

  # index_select has no kernel for tensors without memory
  def select_rows(self: __torch__.Kernels, x: Tensor, rows: Tensor) -> Tensor:
    if ops.prim.is_meta(x):
      return torch.index(x, annotate(List[Optional[Tensor]], [rows]))
    else:
      return torch.index_select(x, 0, rows)

  # adds the rows of x to those rows of a zero matrix of `count` rows: the backward pass of select_rows
  def scatter_rows(self: __torch__.Kernels, x: Tensor, rows: Tensor, count: int) -> Tensor:
    y = torch.zeros([count, torch.size(x, 1)], dtype=ops.prim.dtype(x), device=ops.prim.device(x))
    return torch.index_add_(y, 0, rows, x)

  def add_rows_(self: __torch__.Kernels, x: Tensor, rows: Tensor, y: Tensor) -> Tensor:
    return torch.index_add_(x, 0, rows, y)

  def put_rows_(self: __torch__.Kernels, y: Tensor, rows: Tensor, x: Tensor) -> Tensor:
    return torch.index_copy_(y, 0, rows, x)

  def concat(self: __torch__.Kernels, parts: List[Tensor], dim: int) -> Tensor:
    return torch.cat(parts, dim)

  def copy_(self: __torch__.Kernels, y: Tensor, x: Tensor) -> Tensor:
    return torch.copy_(y, x)

  # how many of n rows of this width make a piece of about 256 Ki values
  def piece(self: __torch__.Kernels, n: int, width: int) -> int:
    return ops.prim.max(1, ops.prim.min(n, torch.floordiv(262144, width)))

  # how many pieces n rows make
  def pieces(self: __torch__.Kernels, n: int, piece: int) -> int:
    return torch.floordiv(torch.sub(torch.add(n, piece), 1), piece)

  # writes table[index], for a table of one dimension, to y; on all cores, unlike index_select
  def look_up_(self: __torch__.Kernels, y: Tensor, table: Tensor, index: Tensor) -> Tensor:
    rows = 1
    if torch.eq(torch.remainder(torch.numel(index), 16), 0):
      rows = 16
    _0 = torch.gather(torch.expand(torch.unsqueeze(table, 0), [rows, -1]), 1, torch.view(index, [rows, -1]),
        out=torch.view(y, [rows, -1]))
    return y

  # ---- arithmetic ----

  def add(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.add(x, y)

  def add_(self: __torch__.Kernels, x: Tensor, y: Tensor, alpha: float) -> Tensor:
    return torch.add_(x, y, alpha=alpha)

  def add_scalar_(self: __torch__.Kernels, x: Tensor, value: float) -> Tensor:
    return torch.add_(x, value)

  def mean(self: __torch__.Kernels, x: Tensor) -> float:
    return float(torch.item(torch.mean(torch.to(x, 6))))

  def mul(self: __torch__.Kernels, x: Tensor, factor: float) -> Tensor:
    return torch.mul(x, factor)

  def zero_(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.zero_(x)

  def mul_(self: __torch__.Kernels, x: Tensor, factor: float) -> Tensor:
    return torch.mul_(x, factor)

  def squared_norm(self: __torch__.Kernels, parts: List[Tensor]) -> float:
    total = 0.
    for i in range(torch.len(parts)):
      norm = torch.linalg_vector_norm(torch.to(parts[i], 6), 2)
      value = torch.item(norm)
      total = torch.add(total, torch.mul(float(value), float(value)))
    return total

  def matmul(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.mm(x, y)

  # fills x with normally distributed values from the generator, which is seeded first
  def normal_(self: __torch__.Kernels, x: Tensor, std: float, seed: int) -> Tensor:
    torch.manual_seed(seed)
    return torch.normal_(x, 0., std)

  # ---- linear: y = x w^T (+ bias), w (out, in) ----

  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tensor:
    return torch.mm(x, torch.t(w))

  # y += x w^T, added within the product in fp32
  def add_linear_(self: __torch__.Kernels, y: Tensor, x: Tensor, w: Tensor) -> Tensor:
    return torch.addmm_(y, x, torch.t(w), beta=1, alpha=1)

  def add_linear_backward_(self: __torch__.Kernels, gx: Tensor, g: Tensor, w: Tensor) -> Tensor:
    return torch.addmm_(gx, g, w, beta=1, alpha=1)

  def linear_backward(self: __torch__.Kernels, g: Tensor, w: Tensor) -> Tensor:
    return torch.mm(g, w)

  # y (rows, out) += bias (out), fp32
  def bias_(self: __torch__.Kernels, y: Tensor, bias: Tensor) -> Tensor:
    return torch.add_(y, bias)

  def bias_backward_(self: __torch__.Kernels, gbias: Tensor, g: Tensor) -> Tensor:
    return torch.add_(gbias, torch.sum(g, [0], False, dtype=6))

  # adds the gradient of the weight to gw (fp32)
  def linear_weight_backward_(self: __torch__.Kernels, gw: Tensor, g: Tensor, x: Tensor) -> Tensor:
    return torch.add_(gw, torch.mm(torch.t(g), x))

  # ---- LoRA: y[:, from:from+out] += scale * (x a^T) b^T; a (r, in), b (out, r); returns u = x a^T ----

  # with `onto` 0 it overwrites y, with 1 it adds to y
  def lora_(self: __torch__.Kernels, y: Tensor, x: Tensor, a: Tensor, b: Tensor, start: int, scale: float, onto: int) -> Tensor:
    u = torch.mm(x, torch.t(a))
    part = torch.narrow(y, 1, start, torch.size(b, 0))
    _0 = torch.addmm_(part, u, torch.t(b), beta=onto, alpha=scale)
    return u

  # adds to the fp32 gradients ga and gb, and to gx, the gradient of the input, unless gx is empty
  def lora_backward_(self: __torch__.Kernels, gx: Tensor, g: Tensor, x: Tensor, u: Tensor, a: Tensor, b: Tensor,
      start: int, scale: float, onto: int, ga: Tensor, gb: Tensor) -> Tensor:
    part = torch.narrow(g, 1, start, torch.size(b, 0))
    gu = torch.mm(part, b)
    _0 = torch.add_(ga, torch.mm(torch.t(gu), x), alpha=scale)
    _1 = torch.add_(gb, torch.mm(torch.t(part), u), alpha=scale)
    if torch.gt(torch.numel(gx), 0):
      _2 = torch.addmm_(gx, gu, a, beta=onto, alpha=scale)
    return gx

  # ---- RMSNorm (Zhang and Sennrich 2019): y = x / rms(x) * w, in fp32, w fp32 ----

  def inverse_rms(self: __torch__.Kernels, x: Tensor, eps: float) -> Tensor:
    norm = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
    mean = torch.div(torch.mul(norm, norm), torch.size(x, -1))
    return torch.rsqrt(torch.add(mean, eps))

  def rms_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, eps: float) -> Tensor:
    y = torch.empty_like(x, memory_format=0)
    rows = torch.size(x, 0)
    step = (self).piece(rows, torch.size(x, 1), )
    for i in range((self).pieces(rows, step, )):
      start = torch.mul(i, step)
      n = ops.prim.min(step, torch.sub(rows, start))
      xi = torch.narrow(x, 0, start, n)
      yi = torch.mul(xi, (self).inverse_rms(xi, eps, ))
      _0 = torch.copy_(torch.narrow(y, 0, start, n), torch.mul_(yi, w))
    return y

  # the gradient of x, plus `residual`, the gradient that reaches x past the norm
  def rms_norm_backward(self: __torch__.Kernels, g: Tensor, x: Tensor, w: Tensor, eps: float, residual: Tensor) -> Tensor:
    gx = torch.empty_like(x, memory_format=0)
    rows = torch.size(x, 0)
    step = (self).piece(rows, torch.size(x, 1), )
    for i in range((self).pieces(rows, step, )):
      start = torch.mul(i, step)
      n = ops.prim.min(step, torch.sub(rows, start))
      xi = torch.narrow(x, 0, start, n)
      r = (self).inverse_rms(xi, eps, )
      gw = torch.mul(torch.narrow(g, 0, start, n), w)
      dot = torch.sum(torch.mul(gw, xi), [-1], True)
      c = torch.div(torch.mul(dot, torch.pow(r, 3)), torch.size(x, -1))
      gi = torch.addcmul_(torch.mul_(gw, r), xi, c, value=-1)
      _0 = torch.copy_(torch.narrow(gx, 0, start, n), torch.add_(gi, torch.narrow(residual, 0, start, n)))
    return gx

  def rms_norm_weight_backward_(self: __torch__.Kernels, gw: Tensor, g: Tensor, x: Tensor, eps: float) -> Tensor:
    y = torch.mul(x, (self).inverse_rms(x, eps, ))
    return torch.add_(gw, torch.sum(torch.mul(y, g), [0]))

  # ---- LayerNorm (Ba et al. 2016): y = (x - mean) / deviation * w + b, in fp32, w and b fp32 ----

  # x with mean 0 and variance 1, and the factor that gave it variance 1
  def standardize(self: __torch__.Kernels, x: Tensor, eps: float) -> Tuple[Tensor, Tensor]:
    centred = torch.to(x, 6)
    centred = torch.sub(centred, torch.mean(centred, [-1], True))
    r = torch.rsqrt(torch.add(torch.mean(torch.mul(centred, centred), [-1], True), eps))
    return (torch.mul_(centred, r), r)

  def layer_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, eps: float) -> Tensor:
    y, r, = (self).standardize(x, eps, )
    return torch.to(torch.add_(torch.mul_(y, w), b), ops.prim.dtype(x))

  # the gradient of x, plus `residual`, the gradient that reaches x past the norm
  def layer_norm_backward(self: __torch__.Kernels, g: Tensor, x: Tensor, w: Tensor, eps: float, residual: Tensor) -> Tensor:
    y, r, = (self).standardize(x, eps, )
    gw = torch.mul(torch.to(g, 6), w)
    dot = torch.mean(torch.mul(gw, y), [-1], True)
    gx = torch.sub(gw, torch.mean(gw, [-1], True))
    gx = torch.mul_(torch.sub_(gx, torch.mul_(y, dot)), r)
    return torch.to(torch.add_(gx, residual), ops.prim.dtype(x))

  def layer_norm_weight_backward_(self: __torch__.Kernels, gw: Tensor, g: Tensor, x: Tensor, eps: float) -> Tensor:
    y, r, = (self).standardize(x, eps, )
    return torch.add_(gw, torch.sum(torch.mul_(y, g), [0]))

  # ---- rotary embedding (Su et al. 2021, rotate-half form); cos, sin (rows, rotated/2) in fp32 ----

  # rotates the first `heads` heads of x (rows, all heads * size) in place
  def rotate_(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, heads: int, size: int) -> Tensor:
    rows = torch.size(x, 0)
    half = torch.size(cos, 1)
    step = (self).piece(rows, torch.mul(heads, size), )
    for i in range((self).pieces(rows, step, )):
      start = torch.mul(i, step)
      n = ops.prim.min(step, torch.sub(rows, start))
      all = torch.view(torch.narrow(torch.narrow(x, 0, start, n), 1, 0, torch.mul(heads, size)), [n, heads, size])
      turned = torch.narrow(all, 2, 0, torch.mul(half, 2))
      halves = torch.reshape(torch.to(turned, 6), [n, heads, 2, half])
      s = torch.unsqueeze(torch.narrow(sin, 0, start, n), 1)
      y = torch.mul(halves, torch.reshape(torch.narrow(cos, 0, start, n), [n, 1, 1, half]))
      _0 = torch.addcmul_(torch.select(y, 2, 0), torch.select(halves, 2, 1), s, value=-1)
      _1 = torch.addcmul_(torch.select(y, 2, 1), torch.select(halves, 2, 0), s)
      _2 = torch.copy_(turned, torch.view(y, [n, heads, torch.mul(half, 2)]))
    return x

  # frequencies (n, rotated/2); `which` (rows) says which of the n sets each row uses
  def rope_table(self: __torch__.Kernels, positions: Tensor, frequencies: Tensor, which: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
    angles = torch.mul(torch.unsqueeze(torch.to(positions, 6), 1), (self).select_rows(frequencies, which, ))
    return (torch.mul(torch.cos(angles), scale), torch.mul(torch.sin(angles), scale))

  # ---- attention ----
  #
  # The rows of q are divided into segments: segment i is rows [starts[i], starts[i] + lengths[i]). It sees the next
  # key_counts[i] of the ranges of keys [key_starts[j], key_starts[j] + key_lengths[j]), in their order; the last
  # lengths[i] of these keys are its own (causal). With a window over 0 a row sees at most that number of keys, the
  # last of which is its own. q (rows, heads, size); k, v (keys, kv heads, size); heads that share keys are a group.

  # the keys of the ranges from `first` on: (kv heads, keys, size)
  def seen_keys(self: __torch__.Kernels, x: Tensor, starts: List[int], lengths: List[int], first: int, count: int) -> Tensor:
    y = torch.transpose(x, 0, 1)
    if torch.eq(count, 1):
      return torch.narrow(y, 1, starts[first], lengths[first])
    else:
      parts = annotate(List[Tensor], [])
      for i in range(count):
        j = torch.add(first, i)
        _0 = torch.append(parts, torch.narrow(y, 1, starts[j], lengths[j]))
      return torch.cat(parts, 1)

  # 0 for the keys that a query (the last `queries` of `keys`) sees, -inf for the others
  def causal_mask(self: __torch__.Kernels, queries: int, keys: int, window: int, dtype: int, like: Tensor) -> Tensor:
    none = torch.full([queries, keys], -inf, dtype=dtype, device=ops.prim.device(like))
    before = torch.sub(keys, queries)
    mask = torch.triu(none, torch.add(before, 1))
    if torch.gt(window, 0):
      if torch.gt(keys, window):
        mask = torch.add_(mask, torch.tril(none, torch.sub(before, window)))
    return mask

  # the mask in fp32 for `repeat` heads, one below the other
  def group_mask(self: __torch__.Kernels, queries: int, keys: int, window: int, repeat: int, like: Tensor) -> Tensor:
    mask = (self).causal_mask(queries, keys, window, 6, like, )
    if torch.gt(repeat, 1):
      mask = torch.repeat(mask, [repeat, 1])
    return mask

  # whether each query sees all keys up to its own
  def unbounded(self: __torch__.Kernels, keys: int, window: int) -> bool:
    if torch.eq(window, 0):
      return True
    else:
      return torch.le(keys, window)

  # whether a segment on a CPU is a single row that sees all keys
  def single_row(self: __torch__.Kernels, n: int, keys: int, window: int, like: Tensor) -> bool:
    return torch.__and__(torch.__and__(torch.eq(n, 1), (self).unbounded(keys, window, )), torch.__not__(ops.prim.is_cuda(like)))

  # attention of one row to all keys: (1, heads, size) and log-sums (heads, 1). Heads that share keys take the place of
  # rows, and if none do, the row is computed twice: the kernel takes a fourth of the time for two rows.
  def single_row_products(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
    groups = torch.size(k, 0)
    heads = torch.size(q, 1)
    repeat = torch.floordiv(heads, groups)
    rows = torch.reshape(q, [1, groups, repeat, torch.size(q, 2)])
    twice = torch.expand(rows, [-1, -1, ops.prim.max(2, repeat), -1])
    o, l, = torch._scaled_dot_product_flash_attention_for_cpu(twice, torch.unsqueeze(k, 0), torch.unsqueeze(v, 0), 0., False, attn_mask=None, scale=scale)
    own = torch.narrow(o, 2, 0, repeat)
    return (torch.reshape(own, torch.size(q)), torch.reshape(torch.narrow(l, 2, 0, repeat), [heads, 1]))

  # q (n, queries, size), k (n, keys, size): products in fp32 (in bf16 they would be off by percents), scaled, masked
  def scores(self: __torch__.Kernels, q: Tensor, k: Tensor, mask: Tensor, scale: float) -> Tensor:
    return torch.baddbmm(mask, torch.to(q, 6), torch.transpose(torch.to(k, 6), 1, 2), beta=1, alpha=scale)

  # (heads, rows, size) as (1, heads * repeat, rows, size)
  def repeated(self: __torch__.Kernels, x: Tensor, repeat: int) -> Tensor:
    if torch.gt(repeat, 1):
      return torch.unsqueeze(torch.repeat_interleave(x, repeat, 0), 0)
    else:
      return torch.unsqueeze(x, 0)

  # softmax(q k^T * scale) v and the log-sums of the rows; the queries are the last of the keys.
  # q, k, v (1, heads, length, size). By the CPU's fused kernel there; with `fused` by the GPU's where the shapes need no
  # mask, which it takes in certain layouts only; by plain products elsewhere.
  def scaled_products(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, window: int, scale: float, fused: bool) -> Tuple[Tensor, Tensor]:
    n = torch.size(q, 2)
    keys = torch.size(k, 2)
    whole = (self).unbounded(keys, window, )
    maskless = torch.__and__(torch.__or__(torch.eq(n, 1), torch.eq(n, keys)), whole)
    aligned = torch.eq(torch.remainder(torch.size(q, 3), 8), 0)
    if torch.__and__(torch.__and__(fused, maskless), torch.__and__(aligned, ops.prim.is_cuda(q))):
      return (self).efficient_products(q, k, v, torch.eq(n, keys), scale, )
    elif ops.prim.is_cuda(q):
      return (self).plain_products(q, k, v, window, scale, )
    elif torch.__and__(torch.eq(n, keys), whole):
      o, l, = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0., True, attn_mask=None, scale=scale)
      return (o, l)
    else:
      mask = (self).causal_mask(n, keys, window, ops.prim.dtype(q), q, )
      o, l, = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0., False, attn_mask=mask, scale=scale)
      return (o, l)

  # the GPU's kernel, whose log-sums are padded to a multiple of 32 rows
  def efficient_products(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, causal: bool, scale: float) -> Tuple[Tensor, Tensor]:
    o, l, _0, _1, = torch._scaled_dot_product_efficient_attention(q, k, v, None, True, 0., causal, scale=scale)
    return (o, torch.narrow(l, 2, 0, torch.size(q, 2)))

  def plain_products(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, window: int, scale: float) -> Tuple[Tensor, Tensor]:
    mask = (self).causal_mask(torch.size(q, 2), torch.size(k, 2), window, 6, q, )
    s = (self).scores(torch.squeeze(q, 0), torch.squeeze(k, 0), mask, scale, )
    p = torch.to(torch.softmax(s, -1), ops.prim.dtype(q))
    return (torch.unsqueeze(torch.bmm(p, torch.squeeze(v, 0)), 0), torch.unsqueeze(torch.logsumexp(s, [-1]), 0))

  # attention of every row to all rows of its own text. qkv (rows, 3 * heads * size); texts of one length are a group:
  # group i is the next counts[i] texts of lengths[i] rows each, so that nothing is padded. (rows, heads * size)
  def attention_both_ways(self: __torch__.Kernels, qkv: Tensor, counts: List[int], lengths: List[int], heads: int) -> Tensor:
    size = torch.floordiv(torch.size(qkv, 1), torch.mul(3, heads))
    out = torch.empty([torch.size(qkv, 0), torch.mul(heads, size)], dtype=ops.prim.dtype(qkv), device=ops.prim.device(qkv))
    start = 0
    for i in range(torch.len(counts)):
      rows = torch.mul(counts[i], lengths[i])
      all = torch.view(torch.narrow(qkv, 0, start, rows), [counts[i], lengths[i], 3, heads, size])
      q = torch.transpose(torch.select(all, 2, 0), 1, 2)
      k = torch.transpose(torch.select(all, 2, 1), 1, 2)
      v = torch.transpose(torch.select(all, 2, 2), 1, 2)
      o = torch.transpose(torch.scaled_dot_product_attention(q, k, v), 1, 2)
      part = torch.view(torch.narrow(out, 0, start, rows), [counts[i], lengths[i], heads, size])
      _0 = torch.copy_(part, o)
      start = torch.add(start, rows)
    return out

  # The output (rows, heads, size) and what the backward pass needs: the log-sums (heads, rows) in fp32, or with `keep`
  # all probabilities, flat, one segment after the other, (heads, lengths[i], its keys) each. Shapes alone of tensors
  # without memory, for which there is no fused kernel.
  def attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, starts: List[int], lengths: List[int],
      key_starts: List[int], key_lengths: List[int], key_counts: List[int], window: int, scale: float, keep: bool, fused: bool) -> Tuple[Tensor, Tensor]:
    heads = torch.size(q, 1)
    repeat = torch.floordiv(heads, torch.size(k, 1))
    out = torch.empty_like(q, memory_format=0)
    kept = torch.empty([0], dtype=6, device=ops.prim.device(q))
    if keep:
      scores = torch.mul(heads, (self).query_keys(lengths, key_lengths, key_counts, ))
      kept = torch.empty([scores], dtype=ops.prim.dtype(q), device=ops.prim.device(q))
    else:
      kept = torch.empty([heads, torch.size(q, 0)], dtype=6, device=ops.prim.device(q))
    segments = torch.len(starts)
    if ops.prim.is_meta(q):
      segments = 0
    first = 0
    at = 0
    for i in range(segments):
      n = lengths[i]
      qi = torch.narrow(q, 0, starts[i], n)
      oi = torch.narrow(out, 0, starts[i], n)
      ki = (self).seen_keys(k, key_starts, key_lengths, first, key_counts[i], )
      vi = (self).seen_keys(v, key_starts, key_lengths, first, key_counts[i], )
      first = torch.add(first, key_counts[i])
      if keep:
        size = torch.mul(torch.mul(heads, n), torch.size(ki, 1))
        _0 = (self).segment_(oi, torch.narrow(kept, 0, at, size), qi, ki, vi, window, scale, )
        at = torch.add(at, size)
      elif (self).single_row(n, torch.size(ki, 1), window, q, ):
        o, l, = (self).single_row_products(qi, ki, vi, scale, )
        _1 = torch.copy_(oi, o)
        _2 = torch.copy_(torch.narrow(kept, 1, starts[i], n), l)
      else:
        o, l, = (self).scaled_products(torch.unsqueeze(torch.transpose(qi, 0, 1), 0), (self).repeated(ki, repeat, ),
            (self).repeated(vi, repeat, ), window, scale, fused, )
        _1 = torch.copy_(oi, torch.transpose(torch.squeeze(o, 0), 0, 1))
        _2 = torch.copy_(torch.narrow(kept, 1, starts[i], n), torch.squeeze(l, 0))
    return (out, kept)

  # how many pairs of a query and a key of its segment there are
  def query_keys(self: __torch__.Kernels, lengths: List[int], key_lengths: List[int], key_counts: List[int]) -> int:
    total = 0
    first = 0
    for i in range(torch.len(lengths)):
      for j in range(key_counts[i]):
        total = torch.add(total, torch.mul(lengths[i], key_lengths[torch.add(first, j)]))
      first = torch.add(first, key_counts[i])
    return total

  # how many groups of `each` scores make 4 Mi scores
  def group_step(self: __torch__.Kernels, groups: int, each: int) -> int:
    return ops.prim.max(1, ops.prim.min(groups, torch.floordiv(4194304, each)))

  # writes the output of a segment and its probabilities p; q (n, heads, size), k and v (groups, m, size)
  def segment_(self: __torch__.Kernels, out: Tensor, p: Tensor, q: Tensor, k: Tensor, v: Tensor, window: int, scale: float) -> Tensor:
    n = torch.size(q, 0)
    groups = torch.size(k, 0)
    m = torch.size(k, 1)
    repeat = torch.floordiv(torch.size(q, 1), groups)
    each = torch.mul(repeat, n)
    mask = (self).group_mask(n, m, window, repeat, q, )
    all = torch.view(p, [groups, each, m])
    step = (self).group_step(groups, torch.mul(each, m), )
    for i in range((self).pieces(groups, step, )):
      start = torch.mul(i, step)
      count = ops.prim.min(step, torch.sub(groups, start))
      s = (self).scores((self).grouped(q, start, count, repeat, ), torch.narrow(k, 0, start, count), mask, scale, )
      pi = torch.copy_(torch.narrow(all, 0, start, count), torch.softmax(s, -1))
      o = torch.bmm(pi, torch.narrow(v, 0, start, count))
      _0 = (self).ungroup_(out, o, start, repeat, )
    return out

  # the heads of `count` groups from `start` on, (count, repeat * n, size)
  def grouped(self: __torch__.Kernels, x: Tensor, start: int, count: int, repeat: int) -> Tensor:
    n = torch.size(x, 0)
    part = torch.transpose(torch.narrow(x, 1, torch.mul(start, repeat), torch.mul(count, repeat)), 0, 1)
    return torch.reshape(part, [count, torch.mul(repeat, n), torch.size(x, 2)])

  # the inverse of grouped: writes x (count, repeat * n, size) to these heads of y (n, heads, size)
  def ungroup_(self: __torch__.Kernels, y: Tensor, x: Tensor, start: int, repeat: int) -> Tensor:
    heads = torch.mul(torch.size(x, 0), repeat)
    to = torch.narrow(y, 1, torch.mul(start, repeat), heads)
    return torch.copy_(to, torch.transpose(torch.view(x, [heads, torch.size(y, 0), torch.size(y, 2)]), 0, 1))

  # Writes the gradients of q to gq (queries, heads, size), of k and v to gkv (keys, 2 kv heads, size); `kept` is
  # the forward pass's second result. Keys from `shared` on are seen by one segment only; gradients of the others are
  # added in fp32. By plain products, which take a quarter of the fused kernel's time for questions.
  def attention_backward_(self: __torch__.Kernels, gq: Tensor, gkv: Tensor, g: Tensor, q: Tensor, k: Tensor, v: Tensor, kept: Tensor,
      starts: List[int], lengths: List[int], key_starts: List[int], key_lengths: List[int], key_counts: List[int],
      shared: int, window: int, scale: float) -> Tensor:
    groups = torch.size(k, 1)
    sums = torch.zeros([shared, torch.mul(groups, 2), torch.size(q, 2)], dtype=6, device=ops.prim.device(q))
    _0 = torch.zero_(gkv)
    first = 0
    at = 0
    for i in range(torch.len(starts)):
      n = lengths[i]
      gi = torch.narrow(g, 0, starts[i], n)
      qi = torch.narrow(q, 0, starts[i], n)
      ki = torch.contiguous((self).seen_keys(k, key_starts, key_lengths, first, key_counts[i], ))
      vi = torch.contiguous((self).seen_keys(v, key_starts, key_lengths, first, key_counts[i], ))
      gk = torch.empty_like(ki, memory_format=0)
      gv = torch.empty_like(vi, memory_format=0)
      to = torch.narrow(gq, 0, starts[i], n)
      if torch.eq(torch.dim(kept), 1):
        size = torch.mul(torch.mul(torch.size(q, 1), n), torch.size(ki, 1))
        _1 = (self).segment_backward_(to, gk, gv, gi, qi, ki, vi, torch.narrow(kept, 0, at, size), window, scale, )
        at = torch.add(at, size)
      else:
        _2 = (self).blocks_backward_(to, gk, gv, gi, qi, ki, vi, torch.narrow(kept, 1, starts[i], n), window, scale, )
      _3 = (self).add_keys_(torch.narrow(sums, 1, 0, groups), torch.narrow(gkv, 1, 0, groups), gk, key_starts, key_lengths, first, key_counts[i], )
      _4 = (self).add_keys_(torch.narrow(sums, 1, groups, groups), torch.narrow(gkv, 1, groups, groups), gv, key_starts, key_lengths, first, key_counts[i], )
      first = torch.add(first, key_counts[i])
    _5 = torch.copy_(torch.narrow(gkv, 0, 0, shared), sums)
    return gq

  # adds the gradients of a segment's shared keys to sums and writes the others to y; g (groups, keys, size)
  def add_keys_(self: __torch__.Kernels, sums: Tensor, y: Tensor, g: Tensor, starts: List[int], lengths: List[int], first: int, count: int) -> Tensor:
    shared = torch.size(sums, 0)
    x = torch.transpose(g, 0, 1)
    at = 0
    for i in range(count):
      start = starts[torch.add(first, i)]
      length = lengths[torch.add(first, i)]
      common = ops.prim.min(length, ops.prim.max(0, torch.sub(shared, start)))
      own = torch.sub(length, common)
      if torch.gt(common, 0):
        _0 = torch.add_(torch.narrow(sums, 0, start, common), torch.narrow(x, 0, at, common))
      if torch.gt(own, 0):
        _1 = torch.copy_(torch.narrow(y, 0, torch.add(start, common), own), torch.narrow(x, 0, torch.add(at, common), own))
      at = torch.add(at, length)
    return y

  # without probabilities: in blocks of queries, so that keys after a block's last query are not computed
  def blocks_backward_(self: __torch__.Kernels, gq: Tensor, gk: Tensor, gv: Tensor, g: Tensor, q: Tensor, k: Tensor, v: Tensor,
      log_sums: Tensor, window: int, scale: float) -> Tensor:
    n = torch.size(q, 0)
    if torch.le(n, 512):
      _0 = (self).segment_backward_(gq, gk, gv, g, q, k, v, log_sums, window, scale, )
    else:
      m = torch.size(k, 1)
      sk = torch.zeros_like(k, dtype=6, memory_format=0)
      sv = torch.zeros_like(v, dtype=6, memory_format=0)
      for i in range((self).pieces(n, 512, )):
        first = torch.mul(i, 512)
        count = ops.prim.min(512, torch.sub(n, first))
        # the block sees the keys [low, high)
        high = torch.add(torch.add(torch.sub(m, n), first), count)
        low = 0
        if torch.gt(window, 0):
          low = ops.prim.max(0, torch.add(torch.sub(torch.sub(high, count), window), 1))
        seen = torch.sub(high, low)
        bk = torch.contiguous(torch.narrow(k, 1, low, seen))
        bv = torch.contiguous(torch.narrow(v, 1, low, seen))
        ek = torch.empty_like(bk, memory_format=0)
        ev = torch.empty_like(bv, memory_format=0)
        _1 = (self).segment_backward_(torch.narrow(gq, 0, first, count), ek, ev, torch.narrow(g, 0, first, count),
            torch.narrow(q, 0, first, count), bk, bv, torch.narrow(log_sums, 1, first, count), window, scale, )
        _2 = torch.add_(torch.narrow(sk, 1, low, seen), ek)
        _3 = torch.add_(torch.narrow(sv, 1, low, seen), ev)
      _4 = torch.copy_(gk, sk)
      _5 = torch.copy_(gv, sv)
    return gq

  # Writes gq (n, heads, size), gk and gv (groups, m, size). kept: the segment's probabilities, flat, or the
  # log-sums (heads, n) to compute them from again.
  def segment_backward_(self: __torch__.Kernels, gq: Tensor, gk: Tensor, gv: Tensor, g: Tensor, q: Tensor, k: Tensor, v: Tensor,
      kept: Tensor, window: int, scale: float) -> Tensor:
    n = torch.size(q, 0)
    groups = torch.size(k, 0)
    m = torch.size(k, 1)
    repeat = torch.floordiv(torch.size(q, 1), groups)
    each = torch.mul(repeat, n)
    type = ops.prim.dtype(q)
    flat = torch.eq(torch.dim(kept), 1)
    mask = k
    if torch.__not__(flat):
      mask = (self).group_mask(n, m, window, repeat, q, )
    step = (self).group_step(groups, torch.mul(each, m), )
    for i in range((self).pieces(groups, step, )):
      start = torch.mul(i, step)
      count = ops.prim.min(step, torch.sub(groups, start))
      qi = (self).grouped(q, start, count, repeat, )
      gi = torch.contiguous((self).grouped(g, start, count, repeat, ))
      ki = torch.narrow(k, 0, start, count)
      p = kept
      if flat:
        p = torch.narrow(torch.view(kept, [groups, each, m]), 0, start, count)
      else:
        l = torch.narrow(kept, 0, torch.mul(start, repeat), torch.mul(count, repeat))
        s = (self).scores(qi, ki, mask, scale, )
        p = torch.to(torch.exp_(torch.sub_(s, torch.reshape(l, [count, each, 1]))), type)
      gp = torch.bmm(gi, torch.transpose(torch.narrow(v, 0, start, count), 1, 2))
      gs = torch._softmax_backward_data(gp, p, -1, type)
      a = torch.baddbmm(torch.narrow(qi, 2, 0, 1), gs, ki, beta=0, alpha=scale)
      _0 = (self).ungroup_(gq, a, start, repeat, )
      _1 = torch.baddbmm_(torch.narrow(gk, 0, start, count), torch.transpose(gs, 1, 2), qi, beta=0, alpha=scale)
      _2 = torch.baddbmm_(torch.narrow(gv, 0, start, count), torch.transpose(p, 1, 2), gi, beta=0, alpha=1)
    return gq

  # ---- SwiGLU (Shazeer 2020): y = silu(gate) * up; gate and up side by side in x (rows, 2 * width) ----

  def swiglu(self: __torch__.Kernels, x: Tensor) -> Tensor:
    width = torch.floordiv(torch.size(x, 1), 2)
    y = torch.silu(torch.narrow(x, 1, 0, width))
    return torch.mul_(y, torch.narrow(x, 1, width, width))

  def swiglu_backward(self: __torch__.Kernels, g: Tensor, x: Tensor) -> Tensor:
    width = torch.floordiv(torch.size(x, 1), 2)
    gx = torch.empty_like(x, memory_format=0)
    rows = torch.size(x, 0)
    step = (self).piece(rows, width, )
    for i in range((self).pieces(rows, step, )):
      start = torch.mul(i, step)
      n = ops.prim.min(step, torch.sub(rows, start))
      xi = torch.narrow(x, 0, start, n)
      gi = torch.narrow(g, 0, start, n)
      gate = torch.narrow(xi, 1, 0, width)
      to = torch.narrow(gx, 0, start, n)
      _0 = torch.copy_(torch.narrow(to, 1, 0, width),
          ops.aten.silu_backward(torch.mul(gi, torch.narrow(xi, 1, width, width)), gate))
      _1 = torch.copy_(torch.narrow(to, 1, width, width), torch.mul_(torch.silu(gate), gi))
    return gx

  # ---- GELU (Hendrycks and Gimpel 2016), exact or by tanh ----

  def gelu(self: __torch__.Kernels, x: Tensor, approximate: str) -> Tensor:
    return torch.gelu(x, approximate=approximate)

  def gelu_backward(self: __torch__.Kernels, g: Tensor, x: Tensor, approximate: str) -> Tensor:
    return ops.aten.gelu_backward(g, x, approximate=approximate)

  # ---- embedding ----

  def embed(self: __torch__.Kernels, table: Tensor, ids: Tensor, dtype: int) -> Tensor:
    return torch.to((self).select_rows(table, ids, ), dtype)

  def embed_backward_(self: __torch__.Kernels, gtable: Tensor, g: Tensor, ids: Tensor) -> Tensor:
    return torch.index_add_(gtable, 0, ids, torch.to(g, 6))

  # ---- head and loss ----

  # h w^T with fp32 results for h and w of any type: products in bf16 round logits over 32 to steps of 0.25, so that
  # options tie. The matrix is converted in pieces of 1 Mi values.
  def exact_linear(self: __torch__.Kernels, h: Tensor, w: Tensor) -> Tensor:
    x = torch.to(h, 6)
    if torch.eq(ops.prim.dtype(w), 6):
      return torch.mm(x, torch.t(w))
    else:
      count = torch.size(w, 0)
      y = torch.empty([torch.size(h, 0), count], dtype=6, device=ops.prim.device(h))
      step = ops.prim.max(1, ops.prim.min(count, torch.floordiv(1048576, torch.size(w, 1))))
      for i in range((self).pieces(count, step, )):
        start = torch.mul(i, step)
        n = ops.prim.min(step, torch.sub(count, start))
        part = torch.to(torch.narrow(w, 0, start, n), 6)
        _0 = torch.copy_(torch.narrow(y, 1, start, n), torch.mm(x, torch.t(part)))
      return y

  # an empty bias stands for none
  def logits(self: __torch__.Kernels, h: Tensor, w: Tensor, bias: Tensor) -> Tensor:
    y = (self).exact_linear(h, w, )
    if torch.gt(torch.numel(bias), 0):
      y = torch.add_(y, bias)
    return y

  def log_softmax(self: __torch__.Kernels, logits: Tensor) -> Tensor:
    return torch.log_softmax(torch.to(logits, 6), -1)

  # the weighted sum of the rows' cross-entropies, given their logits, which become its gradient. With smoothing e over 0
  # the loss of a row is (1 - e) nll + e mean(-log p); its gradient is p - (1 - e) label - e / vocabulary
  def cross_entropy_(self: __torch__.Kernels, logits: Tensor, labels: Tensor, weights: Tensor, smoothing: float) -> Tensor:
    li = torch.unsqueeze(labels, 1)
    wi = torch.unsqueeze(weights, 1)
    p = torch.log_softmax(logits, -1)
    nll = torch.neg(torch.gather(p, 1, li))
    hit = torch.neg(torch.ones_like(nll))
    if torch.gt(smoothing, 0.):
      kept = torch.sub(1., smoothing)
      nll = torch.sub(torch.mul(nll, kept), torch.mean(p, [1], True), alpha=smoothing)
      hit = torch.mul(hit, kept)
    p = torch.exp(p, out=logits)
    _1 = torch.scatter_add_(p, 1, li, hit)
    if torch.gt(smoothing, 0.):
      p = torch.sub_(p, torch.div(smoothing, torch.size(p, 1)))
    p = torch.mul_(p, wi)
    return torch.sum(torch.mul(nll, wi))

  # the same for the logits h w^T + bias, and the gradient of h. Logits exist for `chunk` rows at a time; the gradients of
  # the head are added to gw and gbias (empty if frozen)
  def cross_entropy(self: __torch__.Kernels, h: Tensor, w: Tensor, bias: Tensor, labels: Tensor, weights: Tensor, chunk: int,
      smoothing: float, gw: Tensor, gbias: Tensor) -> Tuple[Tensor, Tensor]:
    rows = torch.size(h, 0)
    loss = torch.zeros([], dtype=6, device=ops.prim.device(h))
    gh = torch.empty_like(h, memory_format=0)
    chunks = torch.floordiv(torch.sub(torch.add(rows, chunk), 1), chunk)
    for i in range(chunks):
      start = torch.mul(i, chunk)
      n = ops.prim.min(chunk, torch.sub(rows, start))
      hi = torch.narrow(h, 0, start, n)
      p = (self).logits(hi, w, bias, )
      some = (self).cross_entropy_(p, torch.narrow(labels, 0, start, n), torch.narrow(weights, 0, start, n), smoothing, )
      loss = torch.add_(loss, some)
      if torch.gt(torch.numel(gbias), 0):
        _4 = (self).bias_backward_(gbias, p, )
      g = torch.to(p, ops.prim.dtype(h))
      _2 = torch.copy_(torch.narrow(gh, 0, start, n), torch.mm(g, w))
      if torch.gt(torch.numel(gw), 0):
        _3 = torch.add_(gw, torch.mm(torch.t(g), hi))
    return (loss, gh)

  # ---- blockwise 8-bit quantization (Dettmers et al. 2022): 256 codes, one scale per block ----

  # nearest (65536, uint8) holds the codes of -1, -1 + 2/65535, ... 1: a fraction is rounded to this grid first,
  # as in bitsandbytes on a CPU; a block of zeros gets code 0
  def quantize_blockwise(self: __torch__.Kernels, x: Tensor, nearest: Tensor, block: int) -> Tuple[Tensor, Tensor]:
    blocks, scales, = (self).scaled_blocks(x, block, )
    grid = torch.floor(torch.add(torch.mul(torch.add(blocks, 1.), 32767.5), 0.5))
    index = torch.to(torch.flatten(grid), 4)
    q = (self).look_up_(torch.empty_like(index, dtype=0), nearest, index, )
    some = torch.to(torch.gt(scales, 0), 0)
    q = torch.flatten(torch.mul(torch.view(q, [-1, block]), torch.unsqueeze(some, 1)))
    return (torch.contiguous(torch.narrow(q, 0, 0, torch.numel(x))), scales)

  # x as blocks (the last one padded with 0), each divided by its largest magnitude, and these magnitudes
  def scaled_blocks(self: __torch__.Kernels, x: Tensor, block: int) -> Tuple[Tensor, Tensor]:
    n = torch.numel(x)
    count = torch.floordiv(torch.sub(torch.add(n, block), 1), block)
    flat = torch.to(torch.flatten(x), 6)
    if torch.ne(torch.mul(count, block), n):
      flat = torch.constant_pad_nd(flat, [0, torch.sub(torch.mul(count, block), n)], 0)
    blocks = torch.view(flat, [count, block])
    scales = torch.amax(torch.abs(blocks), [1], False)
    inverse = torch.reciprocal(torch.clamp(scales, 1.0e-38, None))
    return (torch.clamp(torch.mul(blocks, torch.unsqueeze(inverse, 1)), -1, 1), scales)

  def dequantize_blockwise(self: __torch__.Kernels, q: Tensor, scales: Tensor, code: Tensor, block: int) -> Tensor:
    n = torch.numel(q)
    index = torch.to(torch.flatten(q), 4)
    values = (self).look_up_(torch.empty_like(index, dtype=6), code, index, )
    if torch.eq(torch.mul(torch.size(scales, 0), block), n):
      return torch.flatten(torch.mul_(torch.view(values, [-1, block]), torch.unsqueeze(scales, 1)))
    else:
      return torch.mul_(values, torch.narrow(torch.repeat_interleave(scales, block, 0), 0, 0, n))

  # ---- 4-bit quantization (Dettmers et al. 2023): two codes per byte, the first in the high bits ----

  # `pairs` holds 64-bit words: the four values of two packed bytes (65536 words), or in fp32 the two values of one
  # byte (256 words); packed codes are indexes into it. words and values are the same memory, as 64-bit words and as
  # elements of the compute type; empty words mean that it has no such view.
  def dequantize_4bit_(self: __torch__.Kernels, values: Tensor, words: Tensor, packed: Tensor, pairs: Tensor, scales: Tensor,
      block: int) -> Tensor:
    if torch.eq(torch.numel(words), 0):
      index = (self).word_index(packed, pairs, )
      _0 = torch.copy_(torch.flatten(values), ops.aten.view_copy(torch.index_select(pairs, 0, index), dtype=ops.prim.dtype(values)))
      _1 = torch.mul_(torch.view(values, [-1, block]), torch.unsqueeze(scales, 1))
    else:
      flat = torch.view(values, [-1])
      count = torch.numel(flat)
      per_word = torch.floordiv(count, torch.numel(words))
      step = torch.mul(block, ops.prim.max(1, torch.floordiv(1048576, block)))
      for i in range((self).pieces(count, step, )):
        start = torch.mul(i, step)
        n = ops.prim.min(step, torch.sub(count, start))
        index = (self).word_index(torch.narrow(packed, 0, torch.floordiv(start, 2), torch.floordiv(n, 2)), pairs, )
        _2 = (self).look_up_(torch.narrow(words, 0, torch.floordiv(start, per_word), torch.floordiv(n, per_word)), pairs, index, )
        part = torch.view(torch.narrow(flat, 0, start, n), [-1, block])
        scale = torch.narrow(scales, 0, torch.floordiv(start, block), torch.floordiv(n, block))
        _3 = torch.mul_(part, torch.unsqueeze(scale, 1))
    return values

  # the index into `pairs` of each two packed bytes, or of each byte
  def word_index(self: __torch__.Kernels, packed: Tensor, pairs: Tensor) -> Tensor:
    if torch.eq(torch.size(pairs, 0), 256):
      return torch.to(packed, 4)
    else:
      return torch.bitwise_and_(torch.to(ops.aten.view_copy(packed, dtype=2), 4), 65535)

  # ---- ggml's blocks: integer codes, and a scale (and minimum) for each group of codes ----

  # raw is (blocks, bytes of a block). words (int64) and floats (fp32) have room for all codes, a byte each, and all values:
  # new memory would cost more than the work; floats may be the memory of values. Bits are moved in 64-bit words of eight
  # codes: loops over single bytes of a group are not vectorized. A value is scale * code - minimum, computed in fp32 and
  # rounded once: the numbers that the gguf package computes. Where it subtracts an offset from the code first, the minimum
  # is the offset times the scale, which is exact: scales have at most 18 significant bits, codes 6. Empty minima stand for
  # none.
  def scaled_codes_(self: __torch__.Kernels, values: Tensor, codes: Tensor, floats: Tensor, scales: Tensor, minima: Tensor) -> Tensor:
    shape = [torch.numel(scales), torch.floordiv(torch.numel(values), torch.numel(scales))]
    f = torch.view(torch.narrow(floats, 0, 0, torch.numel(values)), shape)
    f = torch.mul_(torch.copy_(f, torch.view(codes, shape)), torch.view(scales, [-1, 1]))
    if torch.gt(torch.numel(minima), 0):
      f = torch.sub_(f, torch.view(minima, [-1, 1]))
    if torch.ne(ops.prim.dtype(values), 6):
      _0 = torch.copy_(values, torch.view(f, [-1]))
    return values

  # the same for codes in words
  def scaled_words_(self: __torch__.Kernels, values: Tensor, words: Tensor, floats: Tensor, scales: Tensor, minima: Tensor) -> Tensor:
    return (self).scaled_codes_(values, ops.aten.view_copy(words, dtype=0), floats, scales, minima, )

  # the half precision number at this byte of each block, (blocks, 1) in fp32
  def block_half(self: __torch__.Kernels, raw: Tensor, at: int) -> Tensor:
    if torch.lt(torch.size(raw, 1), 64):
      # so many that one copy of all is faster than one of two bytes each
      halves = ops.aten.view_copy(raw, dtype=5)
      return torch.to(torch.contiguous(torch.narrow(halves, 1, torch.floordiv(at, 2), 1)), 6)
    else:
      return torch.to(ops.aten.view_copy(torch.contiguous(torch.narrow(raw, 1, at, 2)), dtype=5), 6)

  # count bytes of each block from this one on as words, (..., size / 8) for groups of `size` bytes
  def block_words(self: __torch__.Kernels, raw: Tensor, at: int, count: int, size: int) -> Tensor:
    if torch.lt(count, 64):
      pairs = torch.narrow(ops.aten.view_copy(raw, dtype=2), 1, torch.floordiv(at, 2), torch.floordiv(count, 2))
      words = ops.aten.view_copy(torch.contiguous(pairs), dtype=4)
    else:
      words = ops.aten.view_copy(torch.contiguous(torch.narrow(raw, 1, at, count)), dtype=4)
    return torch.view(words, [-1, torch.floordiv(size, 8)])

  # the bits of a word's bytes under `mask` (a byte repeated), moved up by `up` places, or down if it is negative
  def moved_bits(self: __torch__.Kernels, x: Tensor, up: int, mask: int) -> Tensor:
    if torch.gt(up, 0):
      return torch.bitwise_and_(torch.bitwise_left_shift(x, up), mask)
    elif torch.lt(up, 0):
      return torch.bitwise_and_(torch.bitwise_right_shift(x, torch.neg(up)), mask)
    else:
      return torch.bitwise_and(x, mask)

  # the low and the high halves of the bytes of words (groups, n) into words as (groups, 2, n)
  def nibbles_(self: __torch__.Kernels, words: Tensor, x: Tensor) -> Tensor:
    parts = torch.view(words, [torch.size(x, 0), 2, torch.size(x, 1)])
    _0 = torch.bitwise_and(x, 1085102592571150095, out=torch.select(parts, 1, 0))
    _1 = torch.bitwise_and(torch.bitwise_right_shift(x, 4), 1085102592571150095, out=torch.select(parts, 1, 1))
    return words

  # the four pairs of bits of the bytes of words (groups, n), the lowest first, into words as (groups, 4, n)
  def bit_pairs_(self: __torch__.Kernels, words: Tensor, x: Tensor) -> Tensor:
    parts = torch.view(words, [torch.size(x, 0), 4, torch.size(x, 1)])
    for i in range(4):
      moved = torch.bitwise_right_shift(x, torch.mul(2, i))
      _0 = torch.bitwise_and(moved, 217020518514230019, out=torch.select(parts, 1, i))
    return words

  # adds a bit of weight 2^place, bit i of the bytes of words (groups, n), to part i of words as (groups, 8, n)
  def plus_bits_(self: __torch__.Kernels, words: Tensor, x: Tensor, place: int) -> Tensor:
    parts = torch.view(words, [torch.size(x, 0), 8, torch.size(x, 1)])
    mask = torch.__lshift__(72340172838076673, place)
    for i in range(8):
      part = torch.select(parts, 1, i)
      _0 = torch.bitwise_or_(part, (self).moved_bits(x, torch.sub(place, i), mask, ))
    return words

  # six bits from four in bytes (blocks, 8) or fewer, the low halves before the high ones, and two in bytes (blocks, 4) or
  # fewer, the lowest pairs first; minus 32, in fp32
  def signed_scales(self: __torch__.Kernels, fours: Tensor, twos: Tensor) -> Tensor:
    low = torch.stack([torch.bitwise_and(fours, 15), torch.bitwise_right_shift(fours, 4)], 1)
    pairs = [torch.bitwise_and(twos, 3), torch.bitwise_and(torch.bitwise_right_shift(twos, 2), 3),
        torch.bitwise_and(torch.bitwise_right_shift(twos, 4), 3), torch.bitwise_right_shift(twos, 6)]
    high = torch.view(torch.stack(pairs, 1), torch.size(low))
    return torch.sub_(torch.to(torch.add_(low, high, alpha=16), 6), 32.)

  # the scales and minima of eight groups, (blocks, 8) each in fp32: two half precision numbers at the beginning of a block
  # times six bits each of the next 12 bytes. Computed with a row for each of the four 32-bit words
  def six_bit_scales(self: __torch__.Kernels, raw: Tensor) -> Tuple[Tensor, Tensor]:
    words = ops.aten.view_copy(torch.contiguous(torch.narrow(raw, 1, 0, 16)), dtype=3)
    rows = torch.contiguous(torch.t(words))
    both = torch.to(ops.aten.view_copy(torch.select(rows, 0, 0), dtype=5), 6)
    low = torch.narrow(rows, 0, 1, 2)
    last = torch.select(rows, 0, 3)
    codes = torch.empty([2, 2, torch.size(rows, 1)], dtype=3, device=ops.prim.device(raw))
    _0 = torch.bitwise_and(low, 1061109567, out=torch.select(codes, 1, 0))
    high = torch.bitwise_and_(torch.bitwise_right_shift(low, 2), 808464432)
    _1 = torch.bitwise_or_(torch.select(high, 0, 0), torch.bitwise_and(last, 252645135))
    _2 = torch.bitwise_or_(torch.select(high, 0, 1), torch.bitwise_and_(torch.bitwise_right_shift(last, 4), 252645135))
    _3 = torch.copy_(torch.select(codes, 1, 1), high)
    bytes = ops.aten.view_copy(torch.contiguous(torch.permute(codes, [0, 2, 1])), dtype=0)
    scales = torch.mul_(torch.to(bytes, 6), torch.unsqueeze(torch.t(torch.view(both, [-1, 2])), -1))
    return (torch.select(scales, 0, 0), torch.select(scales, 0, 1))

  def groups_q4_0(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    d = (self).block_half(raw, 0, )
    _0 = (self).nibbles_(words, (self).block_words(raw, 2, 16, 16, ), )
    return (ops.aten.view_copy(words, dtype=0), d, torch.mul(d, 8.))

  def unpack_q4_0_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    codes, scales, minima, = (self).groups_q4_0(raw, words, table, )
    return (self).scaled_codes_(values, codes, floats, scales, minima, )

  def groups_q4_1(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    _0 = (self).nibbles_(words, (self).block_words(raw, 4, 16, 16, ), )
    return (ops.aten.view_copy(words, dtype=0), (self).block_half(raw, 0, ), torch.neg((self).block_half(raw, 2, )))

  def unpack_q4_1_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    codes, scales, minima, = (self).groups_q4_1(raw, words, table, )
    return (self).scaled_codes_(values, codes, floats, scales, minima, )

  # four bits from 16 bytes and a fifth from the four bytes before them: `table` has the eight bits of a byte, times 16, as
  # a word
  def five_bits_(self: __torch__.Kernels, words: Tensor, raw: Tensor, at: int, table: Tensor) -> Tensor:
    _0 = (self).nibbles_(words, (self).block_words(raw, torch.add(at, 4), 16, 16, ), )
    index = torch.flatten(torch.to(torch.narrow(raw, 1, at, 4), 4))
    return torch.bitwise_or_(words, (self).look_up_(torch.empty_like(index), table, index, ))

  def groups_q5_0(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    d = (self).block_half(raw, 0, )
    _0 = (self).five_bits_(words, raw, 2, table, )
    return (ops.aten.view_copy(words, dtype=0), d, torch.mul(d, 16.))

  def unpack_q5_0_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    codes, scales, minima, = (self).groups_q5_0(raw, words, table, )
    return (self).scaled_codes_(values, codes, floats, scales, minima, )

  def groups_q5_1(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    _0 = (self).five_bits_(words, raw, 4, table, )
    return (ops.aten.view_copy(words, dtype=0), (self).block_half(raw, 0, ), torch.neg((self).block_half(raw, 2, )))

  def unpack_q5_1_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    codes, scales, minima, = (self).groups_q5_1(raw, words, table, )
    return (self).scaled_codes_(values, codes, floats, scales, minima, )

  def unpack_q8_0_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    d = (self).block_half(raw, 0, )
    signed = ops.aten.view_copy(torch.contiguous(torch.narrow(raw, 1, 2, 32)), dtype=1)
    return (self).scaled_codes_(values, signed, floats, d, torch.narrow(d, 0, 0, 0), )

  def unpack_q2_k_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    _0 = (self).bit_pairs_(words, (self).block_words(raw, 16, 64, 32, ), )
    small = torch.narrow(raw, 1, 0, 16)
    scales = torch.mul(torch.to(torch.bitwise_and(small, 15), 6), (self).block_half(raw, 80, ))
    minima = torch.mul(torch.to(torch.bitwise_right_shift(small, 4), 6), (self).block_half(raw, 82, ))
    return (self).scaled_words_(values, words, floats, scales, minima, )

  # the third bit is stored inverted: 0 means minus four
  def unpack_q3_k_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    _0 = (self).bit_pairs_(words, (self).block_words(raw, 32, 64, 32, ), )
    _1 = (self).plus_bits_(words, (self).block_words(raw, 0, 32, 32, ), 2, )
    signed = (self).signed_scales(torch.narrow(raw, 1, 96, 8), torch.narrow(raw, 1, 104, 4), )
    scales = torch.mul_(torch.flatten(signed, 1), (self).block_half(raw, 108, ))
    return (self).scaled_words_(values, words, floats, scales, torch.mul(scales, 4.), )

  def groups_q4_k(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    _0 = (self).nibbles_(words, (self).block_words(raw, 16, 128, 32, ), )
    scales, minima, = (self).six_bit_scales(raw, )
    return (ops.aten.view_copy(words, dtype=0), scales, minima)

  def unpack_q4_k_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    codes, scales, minima, = (self).groups_q4_k(raw, words, table, )
    return (self).scaled_codes_(values, codes, floats, scales, minima, )

  def groups_q5_k(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    _0 = (self).nibbles_(words, (self).block_words(raw, 48, 128, 32, ), )
    _1 = (self).plus_bits_(words, (self).block_words(raw, 16, 32, 32, ), 4, )
    scales, minima, = (self).six_bit_scales(raw, )
    return (ops.aten.view_copy(words, dtype=0), scales, minima)

  def unpack_q5_k_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    codes, scales, minima, = (self).groups_q5_k(raw, words, table, )
    return (self).scaled_codes_(values, codes, floats, scales, minima, )

  # in each half of a block the low bits of the first two parts are low halves of bytes, of the others high halves
  def groups_q6_k(self: __torch__.Kernels, raw: Tensor, words: Tensor) -> Tuple[Tensor, Tensor]:
    x = torch.unflatten((self).block_words(raw, 0, 128, 64, ), 1, [2, 4])
    others = (self).block_words(raw, 128, 64, 32, )
    parts = torch.view(words, [torch.size(x, 0), 4, 4])
    for half in range(2):
      low = (self).moved_bits(x, torch.mul(half, -4), 1085102592571150095, )
      for i in range(2):
        place = torch.add(torch.mul(half, 2), i)
        pair = (self).moved_bits(others, torch.sub(4, torch.mul(2, place)), 3472328296227680304, )
        _1 = torch.bitwise_or(torch.select(low, 1, i), pair, out=torch.select(parts, 1, place))
    small = ops.aten.view_copy(torch.contiguous(torch.narrow(raw, 1, 192, 16)), dtype=1)
    return (ops.aten.view_copy(words, dtype=1), torch.mul(torch.to(small, 6), (self).block_half(raw, 208, )))

  def unpack_q6_k_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    codes, scales, = (self).groups_q6_k(raw, words, )
    return (self).scaled_codes_(values, codes, floats, scales, torch.mul(scales, 32.), )

  # the signed bytes that the 4-bit codes of words stand for, `table` by index
  def from_table(self: __torch__.Kernels, words: Tensor, table: Tensor) -> Tensor:
    index = torch.to(ops.aten.view_copy(words, dtype=0), 4)
    return (self).look_up_(torch.empty_like(index, dtype=1), table, index, )

  def unpack_iq4_nl_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    d = (self).block_half(raw, 0, )
    _0 = (self).nibbles_(words, (self).block_words(raw, 2, 16, 16, ), )
    return (self).scaled_codes_(values, (self).from_table(words, table, ), floats, d, torch.narrow(d, 0, 0, 0), )

  def unpack_iq4_xs_(self: __torch__.Kernels, values: Tensor, raw: Tensor, words: Tensor, floats: Tensor, table: Tensor) -> Tensor:
    _0 = (self).nibbles_(words, (self).block_words(raw, 8, 128, 16, ), )
    fours = torch.reshape(torch.narrow(raw, 1, 4, 4), [-1, 1])
    signed = (self).signed_scales(fours, torch.reshape(torch.narrow(raw, 1, 2, 2), [-1, 1]), )
    scales = torch.mul_(torch.view(signed, [-1, 8]), (self).block_half(raw, 0, ))
    return (self).scaled_codes_(values, (self).from_table(words, table, ), floats, scales, torch.narrow(scales, 0, 0, 0), )

  # ---- signed bytes (rows, columns), and a scale in fp32 for each group of columns, (rows, groups) ----

  # blocks of `rows` rows as bytes; words: room for the codes
  def bytes_q6_k(self: __torch__.Kernels, raw: Tensor, words: Tensor, rows: int) -> Tuple[Tensor, Tensor]:
    codes, scales, = (self).groups_q6_k(raw, words, )
    return (torch.view(torch.sub_(codes, 32), [rows, -1]), torch.view(scales, [rows, -1]))

  def bytes_q8_0(self: __torch__.Kernels, raw: Tensor, words: Tensor, rows: int) -> Tuple[Tensor, Tensor]:
    codes = ops.aten.view_copy(torch.contiguous(torch.narrow(raw, 1, 2, 32)), dtype=1)
    return (torch.view(codes, [rows, -1]), torch.view((self).block_half(raw, 0, ), [rows, -1]))

  # writes the values, flat; floats: room for them in fp32, or the same memory
  def unpack_bytes_(self: __torch__.Kernels, values: Tensor, codes: Tensor, scales: Tensor, floats: Tensor) -> Tensor:
    return (self).scaled_codes_(values, codes, floats, scales, torch.empty([0], dtype=6), )

  # logits for a head in bytes, which are exact in fp32: unpacked in pieces of 1 Mi values
  def byte_logits(self: __torch__.Kernels, h: Tensor, codes: Tensor, scales: Tensor, bias: Tensor) -> Tensor:
    x = torch.to(h, 6)
    count = torch.size(codes, 0)
    y = torch.empty([torch.size(h, 0), count], dtype=6)
    step = ops.prim.max(1, ops.prim.min(count, torch.floordiv(1048576, torch.size(codes, 1))))
    room = torch.empty([step, torch.size(codes, 1)], dtype=6)
    for i in range((self).pieces(count, step, )):
      start = torch.mul(i, step)
      n = ops.prim.min(step, torch.sub(count, start))
      part = torch.narrow(room, 0, 0, n)
      flat = torch.view(part, [-1])
      _0 = (self).scaled_codes_(flat, torch.narrow(codes, 0, start, n), flat, torch.narrow(scales, 0, start, n), torch.narrow(flat, 0, 0, 0), )
      _1 = torch.copy_(torch.narrow(y, 1, start, n), torch.mm(x, torch.t(part)))
    if torch.gt(torch.numel(bias), 0):
      y = torch.add_(y, bias)
    return y

  # ---- integers of 4 bits in groups of 32, as libtorch's product of few rows on a CPU reads them ----

  # A value is (code - 8) * scale + zero, with a scale and a zero in bf16 for each group of 32 columns: (columns / 32, rows,
  # 2). The codes are laid out by libtorch as it likes, (rows, columns / 2) bytes. A code of 8 bits is two of 4: the lower
  # halves of all columns, then the upper ones with 16 times the scale. A row of x is then read twice.

  # codes (rows * columns) of 4, 5 or 8 bits, uint8; the value of a code is scale * code - minimum. More than 4 bits take 8.
  # The zero is such that the middle code keeps its value when the scale is rounded.
  def pack_groups(self: __torch__.Kernels, codes: Tensor, scales: Tensor, minima: Tensor, rows: int, bits: int) -> Tuple[Tensor, Tensor]:
    c = torch.view(codes, [rows, -1])
    exact = torch.t(torch.view(scales, [rows, -1]))
    s = torch.to(torch.to(exact, 15), 6)
    m = torch.t(torch.view(minima, [rows, -1]))
    m = torch.add(m, torch.sub(s, exact), alpha=torch.__lshift__(1, torch.sub(bits, 1)))
    if torch.eq(bits, 4):
      packed = torch._convert_weight_to_int4pack_for_cpu(torch.to(c, 3), 1)
      return (packed, torch.to(torch.stack([s, torch.sub(torch.mul(s, 8.), m)], 2), 15))
    else:
      halves = torch.cat([torch.bitwise_and(c, 15), torch.bitwise_right_shift(c, 4)], 1)
      packed = torch._convert_weight_to_int4pack_for_cpu(torch.to(halves, 3), 1)
      # what the zero of the upper halves loses by rounding is the zero of the lower ones
      zero = torch.sub(torch.mul(s, 136.), m)
      rest = torch.sub(zero, torch.to(torch.to(zero, 15), 6))
      lower = torch.stack([s, rest], 2)
      upper = torch.stack([torch.mul(s, 16.), zero], 2)
      return (packed, torch.to(torch.cat([lower, upper], 0), 15))

  # rounds x (rows, columns) in fp32 to the nearest codes; the middle of a group's range gets the middle code
  def quantize_groups(self: __torch__.Kernels, x: Tensor, bits: int) -> Tuple[Tensor, Tensor]:
    g = torch.view(x, [-1, 32])
    low = torch.amin(g, [1], True)
    high = torch.amax(g, [1], True)
    levels = 15.
    if torch.eq(bits, 8):
      levels = 255.
    # codes are chosen for the scale and the zero as they are after rounding; the least scale is that of equal values
    s = torch.to(torch.to(torch.clamp(torch.div(torch.sub(high, low), levels), 1.0e-30, None), 15), 6)
    m = torch.sub(torch.mul(s, torch.div(levels, 2.)), torch.div(torch.add(low, high), 2.))
    if torch.eq(bits, 4):
      m = torch.sub(torch.mul(s, 8.), torch.to(torch.to(torch.sub(torch.mul(s, 8.), m), 15), 6))
    codes = torch.to(torch.clamp(torch.round(torch.div(torch.add(g, m), s)), 0., levels), 0)
    return (self).pack_groups(codes, s, m, torch.size(x, 0), bits, )

  # words: room for the codes, a byte each
  def regroup_q4_0(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor, rows: int) -> Tuple[Tensor, Tensor]:
    codes, scales, minima, = (self).groups_q4_0(raw, words, table, )
    return (self).pack_groups(codes, scales, minima, rows, 4, )

  def regroup_q4_1(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor, rows: int) -> Tuple[Tensor, Tensor]:
    codes, scales, minima, = (self).groups_q4_1(raw, words, table, )
    return (self).pack_groups(codes, scales, minima, rows, 4, )

  def regroup_q4_k(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor, rows: int) -> Tuple[Tensor, Tensor]:
    codes, scales, minima, = (self).groups_q4_k(raw, words, table, )
    return (self).pack_groups(codes, scales, minima, rows, 4, )

  def regroup_q5_0(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor, rows: int) -> Tuple[Tensor, Tensor]:
    codes, scales, minima, = (self).groups_q5_0(raw, words, table, )
    return (self).pack_groups(codes, scales, minima, rows, 5, )

  def regroup_q5_1(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor, rows: int) -> Tuple[Tensor, Tensor]:
    codes, scales, minima, = (self).groups_q5_1(raw, words, table, )
    return (self).pack_groups(codes, scales, minima, rows, 5, )

  def regroup_q5_k(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor, rows: int) -> Tuple[Tensor, Tensor]:
    codes, scales, minima, = (self).groups_q5_k(raw, words, table, )
    return (self).pack_groups(codes, scales, minima, rows, 5, )

  # the codes are signed
  def regroup_q8_0(self: __torch__.Kernels, raw: Tensor, words: Tensor, table: Tensor, rows: int) -> Tuple[Tensor, Tensor]:
    d = (self).block_half(raw, 0, )
    codes = torch.bitwise_xor(torch.contiguous(torch.narrow(raw, 1, 2, 32)), 128)
    return (self).pack_groups(codes, d, torch.mul(d, 128.), rows, 8, )

  # x w^T, without the values of w in memory; fast in bf16 only
  def group_linear(self: __torch__.Kernels, x: Tensor, packed: Tensor, scales: Tensor) -> Tensor:
    y = x
    if torch.lt(torch.size(x, 1), torch.mul(torch.size(packed, 1), 2)):
      y = torch.cat([x, x], 1)
    return torch._weight_int4pack_mm_for_cpu(torch.contiguous(y), packed, 32, scales)

  # Writes the values to values (columns, rows), which is how they lie in packed: in blocks of `block` rows, the codes of
  # rows i and i + block / 2 in a byte, one column after the other. words (int64) and floats (fp32) have room for a block's
  # codes, a byte each, and values, or for several blocks'.
  def dequantize_groups_(self: __torch__.Kernels, values: Tensor, packed: Tensor, words: Tensor, floats: Tensor, scales: Tensor, block: int) -> Tensor:
    columns = torch.size(values, 0)
    parts = torch.floordiv(torch.mul(torch.size(packed, 1), 2), columns)
    groups = torch.floordiv(torch.mul(columns, parts), 32)
    each = torch.mul(torch.mul(columns, parts), block)
    count = torch.floordiv(torch.size(packed, 0), block)
    bytes = torch.view(packed, [count, -1])
    step = ops.prim.max(1, ops.prim.min(count, torch.floordiv(torch.numel(floats), each)))
    for i in range((self).pieces(count, step, )):
      first = torch.mul(i, step)
      n = ops.prim.min(step, torch.sub(count, first))
      own = torch.narrow(words, 0, 0, torch.floordiv(torch.mul(n, each), 8))
      x = torch.view(ops.aten.view_copy(torch.narrow(bytes, 0, first, n), dtype=4), [-1, torch.floordiv(block, 16)])
      _0 = (self).nibbles_(own, x, )
      shape = [n, groups, 32, block]
      f = torch.view(torch.narrow(floats, 0, 0, torch.mul(n, each)), shape)
      _1 = torch.sub_(torch.copy_(f, torch.view(ops.aten.view_copy(own, dtype=0), shape)), 8.)
      some = torch.narrow(scales, 1, torch.mul(first, block), torch.mul(n, block))
      both = torch.permute(torch.view(torch.to(some, 6), [groups, n, block, 2]), [3, 1, 0, 2])
      pair = torch.unsqueeze(torch.contiguous(both), 3)
      _2 = torch.add_(torch.mul_(f, torch.select(pair, 0, 0)), torch.select(pair, 0, 1))
      sums = torch.view(f, [n, parts, columns, block])
      sum = torch.select(sums, 1, 0)
      if torch.gt(parts, 1):
        sum = torch.add_(sum, torch.select(sums, 1, 1))
      to = torch.view(torch.narrow(values, 1, torch.mul(first, block), torch.mul(n, block)), [columns, n, block])
      _3 = torch.copy_(to, torch.permute(sum, [1, 0, 2]))
    return values

  # ---- integers of 8 bits, multiplied with rows of x that are rounded to 8 bits as well: oneDNN's product on a CPU ----

  # rounds rows of w (rows, columns) in fp32 to signed bytes from -127 to 127, and a scale for each row
  def quantize_rows(self: __torch__.Kernels, w: Tensor) -> Tuple[Tensor, Tensor]:
    s = torch.clamp(torch.div(torch.amax(torch.abs(w), [1], True), 127.), 1.0e-30, None)
    return (torch.to(torch.round(torch.div(w, s)), 1), torch.squeeze(s, 1))

  # whether only oneDNN's own operators can read x
  def is_opaque(self: __torch__.Kernels, x: Tensor) -> bool:
    return ops.prim.is_mkldnn(x)

  # lays out signed bytes (out, in) as oneDNN's product reads them: (in, out), opaque
  def pack_bytes(self: __torch__.Kernels, codes: Tensor) -> Tensor:
    return ops.onednn.qlinear_prepack(codes, None)

  # x in bytes from 1 to 255, 128 for 0, and a scale for each row in the type of x: the codes are those of the rounded scale.
  # A row of zeros has a scale of 0, and what it has for codes does not matter. Third, whether a value stands out of its row,
  # over 32 times the mean magnitude: it leaves few codes for the others.
  def rows_in_bytes(self: __torch__.Kernels, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    a = torch.abs(x)
    m = torch.amax(a, [1], True)
    s = torch.mul(m, 0.007874015748031496)
    y = torch.mul(x, torch.reciprocal(torch.to(s, 6)))
    return (torch.to(torch.add_(y, 128.5), 0), s, torch.gt(m, torch.mul(torch.mean(a, [1], True), 32.)))

  # what is left of these rows of x in bytes, in bytes of a scale 254 times as small
  def rest_in_bytes(self: __torch__.Kernels, x: Tensor, q: Tensor, s: Tensor, which: Tensor) -> Tensor:
    rows = torch.size(which, 0)
    rest = torch.empty([rows, torch.size(x, 1)], dtype=0)
    step = (self).piece(rows, torch.size(x, 1), )
    for i in range((self).pieces(rows, step, )):
      start = torch.mul(i, step)
      n = ops.prim.min(step, torch.sub(rows, start))
      some = torch.narrow(which, 0, start, n)
      y = torch.mul(torch.index_select(x, 0, some), torch.reciprocal(torch.to(torch.index_select(s, 0, some), 6)))
      left = torch.sub_(torch.add_(y, 128.), torch.to(torch.index_select(q, 0, some), 6))
      _0 = torch.copy_(torch.narrow(rest, 0, start, n), torch.add_(torch.mul_(left, 254.), 128.5))
    return rest

  # x w^T for rows of x in bytes, before their scales are applied; no_zeros is (out) zeros, int64. Four rows take less time
  # than one or two.
  def byte_product(self: __torch__.Kernels, q: Tensor, packed: Tensor, scales: Tensor, no_zeros: Tensor, dtype: int) -> Tensor:
    rows = torch.size(q, 0)
    four = q
    if torch.lt(rows, 4):
      four = torch.empty([4, torch.size(q, 1)], dtype=0)
      _0 = torch.copy_(torch.narrow(four, 0, 0, rows), q)
    y = ops.onednn.qlinear_pointwise(four, 1., 128, packed, scales, no_zeros, None, 1., 0, dtype, "none", annotate(List[Optional[number]], []), "")
    return torch.narrow(y, 0, 0, rows)

  # rows_in_bytes for any number of rows
  def all_rows_in_bytes(self: __torch__.Kernels, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    codes = annotate(List[Tensor], [])
    scales = annotate(List[Tensor], [])
    uneven = annotate(List[Tensor], [])
    rows = torch.size(x, 0)
    step = (self).piece(rows, torch.size(x, 1), )
    for i in range((self).pieces(rows, step, )):
      start = torch.mul(i, step)
      n = ops.prim.min(step, torch.sub(rows, start))
      q, s, u, = (self).rows_in_bytes(torch.narrow(x, 0, start, n), )
      _0 = torch.append(codes, q)
      _1 = torch.append(scales, s)
      _2 = torch.append(uneven, u)
    return ((self).joined(codes, ), (self).joined(scales, ), (self).joined(uneven, ))

  # one below the other; a single part is not copied
  def joined(self: __torch__.Kernels, parts: List[Tensor]) -> Tensor:
    if torch.eq(torch.len(parts), 1):
      return parts[0]
    else:
      return torch.cat(parts, 0)

  # x w^T, given the codes and scales of x; these rows of x are read in two bytes, as if they were two rows
  def two_byte_linear(self: __torch__.Kernels, x: Tensor, q: Tensor, s: Tensor, which: Tensor, packed: Tensor, scales: Tensor, no_zeros: Tensor) -> Tensor:
    rows = torch.size(x, 0)
    rest = (self).rest_in_bytes(x, q, s, which, )
    z = (self).byte_product(torch.cat([q, rest], 0), packed, scales, no_zeros, ops.prim.dtype(x), )
    y = torch.narrow(z, 0, 0, rows)
    _0 = torch.index_add_(y, 0, which, torch.narrow(z, 0, rows, torch.size(which, 0)), alpha=0.003937007874015748)
    return torch.mul_(y, s)

  # x w^T for w in bytes. Rows in which a value stands out are read in two bytes.
  def byte_linear(self: __torch__.Kernels, x: Tensor, packed: Tensor, scales: Tensor, no_zeros: Tensor) -> Tensor:
    q, s, uneven, = (self).all_rows_in_bytes(x, )
    which = torch.view(torch.nonzero(torch.view(uneven, [-1])), [-1])
    if torch.eq(torch.size(which, 0), 0):
      return torch.mul_((self).byte_product(q, packed, scales, no_zeros, ops.prim.dtype(x), ), s)
    else:
      return (self).two_byte_linear(x, q, s, which, packed, scales, no_zeros, )

  # The same in fp32 with all rows in two bytes. While the time is that of reading w, the second byte costs nothing.
  def precise_byte_linear(self: __torch__.Kernels, h: Tensor, packed: Tensor, scales: Tensor, no_zeros: Tensor) -> Tensor:
    x = torch.to(h, 6)
    q, s, uneven, = (self).all_rows_in_bytes(x, )
    return (self).two_byte_linear(x, q, s, torch.arange(torch.size(x, 0)), packed, scales, no_zeros, )

  # writes the rows [from, from + rows of values) of w to values
  def dequantize_bytes_(self: __torch__.Kernels, values: Tensor, packed: Tensor, scales: Tensor, start: int) -> Tensor:
    n = torch.size(values, 0)
    codes = torch.t(torch.narrow(torch.to_dense(packed), 1, start, n))
    s = torch.unsqueeze(torch.narrow(scales, 0, start, n), 1)
    step = (self).piece(n, torch.size(values, 1), )
    for i in range((self).pieces(n, step, )):
      at = torch.mul(i, step)
      some = ops.prim.min(step, torch.sub(n, at))
      _0 = torch.copy_(torch.narrow(values, 0, at, some), torch.mul(torch.narrow(codes, 0, at, some), torch.narrow(s, 0, at, some)))
    return values

  # ---- optimizers ----

  # a step of AdamW (Loshchilov and Hutter 2019) on p, m and s, the moments, in fp32
  def adamw_(self: __torch__.Kernels, p: Tensor, g: Tensor, m: Tensor, s: Tensor, lr: float, beta1: float, beta2: float,
      eps: float, decay: float, step: int) -> Tensor:
    _0 = torch.add_(torch.mul_(m, beta1), g, alpha=torch.sub(1., beta1))
    _1 = torch.addcmul_(torch.mul_(s, beta2), g, g, value=torch.sub(1., beta2))
    correction1 = torch.sub(1., torch.pow(beta1, float(step)))
    correction2 = torch.pow(torch.sub(1., torch.pow(beta2, float(step))), 0.5)
    denominator = torch.add_(torch.div(torch.sqrt(s), correction2), eps)
    if torch.gt(decay, 0.):
      _2 = torch.mul_(p, torch.sub(1., torch.mul(lr, decay)))
    return torch.addcdiv_(p, m, denominator, value=torch.neg(torch.div(lr, correction1)))

  # a step of AdamW with the moments stored as 8-bit blocks of 256
  def adamw_8bit_(self: __torch__.Kernels, p: Tensor, g: Tensor, q1: Tensor, scales1: Tensor, q2: Tensor, scales2: Tensor,
      code1: Tensor, nearest1: Tensor, code2: Tensor, nearest2: Tensor, lr: float, beta1: float, beta2: float, eps: float, decay: float, step: int) -> Tensor:
    n = torch.numel(p)
    pf = torch.view(p, [-1])
    gf = torch.view(g, [-1])
    step_size = 131072
    for i in range((self).pieces(n, step_size, )):
      start = torch.mul(i, step_size)
      count = ops.prim.min(step_size, torch.sub(n, start))
      first = torch.mul(i, 512)
      blocks = (self).pieces(count, 256, )
      c1 = torch.narrow(q1, 0, start, count)
      s1 = torch.narrow(scales1, 0, first, blocks)
      c2 = torch.narrow(q2, 0, start, count)
      s2 = torch.narrow(scales2, 0, first, blocks)
      m = (self).dequantize_blockwise(c1, s1, code1, 256, )
      s = (self).dequantize_blockwise(c2, s2, code2, 256, )
      _0 = (self).adamw_(torch.narrow(pf, 0, start, count), torch.narrow(gf, 0, start, count), m, s, lr, beta1, beta2, eps, decay, step, )
      a, b, = (self).quantize_blockwise(m, nearest1, 256, )
      c, d, = (self).quantize_blockwise(s, nearest2, 256, )
      _1 = torch.copy_(c1, a)
      _2 = torch.copy_(s1, b)
      _3 = torch.copy_(c2, c)
      _4 = torch.copy_(s2, d)
    return p

  # ---- adapters ----

  # the backward pass of lora_ for frozen a and b
  def lora_input_backward_(self: __torch__.Kernels, gx: Tensor, g: Tensor, a: Tensor, b: Tensor, start: int, scale: float) -> Tensor:
    if torch.gt(torch.numel(gx), 0):
      part = torch.narrow(g, 1, start, torch.size(b, 0))
      _0 = torch.addmm_(gx, torch.mm(part, b), a, beta=1, alpha=scale)
    return gx

  # the lengths of the rows of w + scale b a, the roots of |w|^2 + 2 scale b . (w a^T) + scale^2 (b a a^T) . b, in fp32
  def adapted_row_norms(self: __torch__.Kernels, w: Tensor, a: Tensor, b: Tensor, scale: float) -> Tensor:
    length = torch.linalg_vector_norm(w, 2, [1], False, dtype=6)
    a6 = torch.to(a, 6)
    b6 = torch.to(b, 6)
    cross = torch.sum(torch.mul(torch.to(torch.mm(w, torch.t(a)), 6), b6), [1])
    own = torch.sum(torch.mul(torch.mm(b6, torch.mm(a6, torch.t(a6))), b6), [1])
    squares = torch.add_(torch.mul(length, length), cross, alpha=torch.mul(2., scale))
    squares = torch.add_(squares, own, alpha=torch.mul(scale, scale))
    return torch.sqrt(torch.clamp(squares, 1.0e-30, None))

  def multiply_by_ratio_(self: __torch__.Kernels, x: Tensor, m: Tensor, n: Tensor) -> Tensor:
    return torch.mul_(x, torch.div(m, n))

  def magnitude_backward_(self: __torch__.Kernels, gm: Tensor, g: Tensor, z: Tensor, n: Tensor) -> Tensor:
    return torch.add_(gm, torch.div(torch.sum(torch.mul(torch.to(g, 6), z), [0]), n))

  # w (out, in) in fp32, start (in, width); see Operators.lowRankApproximation
  def low_rank_approximation(self: __torch__.Kernels, w: Tensor, start: Tensor, rank: int, iterations: int) -> Tuple[Tensor, Tensor]:
    q, r, = torch.linalg_qr(torch.mm(w, start))
    for i in range(iterations):
      p, r1, = torch.linalg_qr(torch.mm(torch.t(w), q))
      q1, r2, = torch.linalg_qr(torch.mm(w, p))
      q = q1
    u, s, vh, = torch.linalg_svd(torch.mm(torch.t(q), w), False)
    root = torch.sqrt(torch.narrow(s, 0, 0, rank))
    left = torch.mul(torch.mm(q, torch.narrow(u, 1, 0, rank)), root)
    right = torch.mul(torch.narrow(vh, 0, 0, rank), torch.unsqueeze(root, 1))
    return (torch.contiguous(left), torch.contiguous(right))

  # ---- random values, from the generator, which each call seeds first ----

  # each element is kept with probability `keep` and divided by it, else 0
  def dropout(self: __torch__.Kernels, x: Tensor, keep: float, seed: int) -> Tensor:
    torch.manual_seed(seed)
    mask = torch.bernoulli_(torch.empty_like(x, memory_format=0), keep)
    return torch.mul_(torch.div_(mask, keep), x)

  def add_dropout_(self: __torch__.Kernels, y: Tensor, x: Tensor, keep: float, seed: int) -> Tensor:
    return torch.add_(y, (self).dropout(x, keep, seed, ))

  # x (rows, features) += noise uniform between -magnitude and magnitude; magnitudes (rows) in fp32
  def add_uniform_(self: __torch__.Kernels, x: Tensor, magnitudes: Tensor, seed: int) -> Tensor:
    torch.manual_seed(seed)
    noise = torch.uniform_(torch.empty(torch.size(x), dtype=6, device=ops.prim.device(x)), -1., 1.)
    return torch.add_(x, torch.mul_(noise, torch.unsqueeze(magnitudes, 1)))
