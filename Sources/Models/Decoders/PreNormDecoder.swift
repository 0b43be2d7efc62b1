import Ops
import Tensors

/// A decoder that normalises before attention and before the feed-forward part: Llama's, under any family's names.
struct PreNormDecoder: Sendable, Hashable {
  let sizes: DecoderSizes
  let names: DecoderNames
  /// How the checkpoint orders the rows of queries and keys, which positions rotate.
  var rotatedRows = RowOrder.asStored

  /// Every tensor that the program reads, in its order.
  var tensorShapes: [TensorShape] {
    var shapes = [embedding]
    for layer in 0..<sizes.layerCount {
      shapes.append(vector(names.attentionNorm, layer))
      shapes += queryKeyValue(layer)
      shapes.append(attentionOutput(layer))
      shapes.append(vector(names.feedForwardNorm, layer))
      shapes += gateUp(layer)
      shapes.append(down(layer))
    }
    shapes.append(finalNorm)
    return sizes.tiesEmbeddings ? shapes : shapes + [head]
  }

  /// The program: logits of the output rows, and the largest one's id.
  ///
  /// Activations are named `embedding`, `layer.N.…` (a layer's result is `layer.N.output`), `norm`, `logits`, `id`.
  func program() throws(ProgramError) -> Program {
    var program = Program()
    let table = program.weight([embedding])
    let rotary = program.rotaryTable(sizes.rotary)
    var x = try program.append(Embedding(), [table], name: "embedding")
    for layer in 0..<sizes.layerCount {
      x = try appendAttention(layer, x, rotary: rotary, to: &program)
      x = try appendFeedForward(layer, x, to: &program)
    }
    x = try program.append(SelectRows(), [x], name: "selected")
    let norm = program.weight([finalNorm])
    x = try program.append(RMSNorm(epsilon: sizes.normEpsilon), [x, norm], name: "norm")
    let matrix = sizes.tiesEmbeddings ? table : program.weight([head])
    let logits = try program.append(Linear(), [x, matrix], name: "logits")
    program.setLogits(logits)
    program.keep(try program.append(Sample(), [logits], name: "id"))
    return program
  }

  private func appendAttention(
    _ layer: Int, _ x: TensorID, rotary: TensorID, to program: inout Program
  ) throws(ProgramError) -> TensorID {
    let name = "layer.\(layer)"
    let heads = sizes.headCount
    let keyValueHeads = sizes.keyValueHeadCount
    let dimension = sizes.headDimension
    let cache = program.keyValueCache(layer: layer, heads: keyValueHeads, headDimension: dimension)
    let norm = program.weight([vector(names.attentionNorm, layer)])
    let matrix = program.weight(queryKeyValue(layer))
    let output = program.weight([attentionOutput(layer)])
    let normalised = try program.append(
      RMSNorm(epsilon: sizes.normEpsilon), [x, norm], name: "\(name).attention_norm")
    let joined = try program.append(Linear(), [normalised, matrix], name: "\(name).qkv")
    let queries = try program.append(
      RotaryStore(heads: heads, keyValueHeads: keyValueHeads, headDimension: dimension), [joined, rotary, cache],
      name: "\(name).q")
    let attention = Attention(
      heads: heads, keyValueHeads: keyValueHeads, headDimension: dimension,
      scale: Float(1 / Double(dimension).squareRoot()))
    let mixed = try program.append(attention, [queries, cache], name: "\(name).attention")
    let projected = try program.append(Linear(), [mixed, output], name: "\(name).attention_output")
    return try program.append(Add(), [x, projected], name: "\(name).attended")
  }

  private func appendFeedForward(
    _ layer: Int, _ x: TensorID, to program: inout Program
  ) throws(ProgramError) -> TensorID {
    let name = "layer.\(layer)"
    let norm = program.weight([vector(names.feedForwardNorm, layer)])
    let matrix = program.weight(gateUp(layer))
    let output = program.weight([down(layer)])
    let normalised = try program.append(
      RMSNorm(epsilon: sizes.normEpsilon), [x, norm], name: "\(name).feed_forward_norm")
    let joined = try program.append(Linear(), [normalised, matrix], name: "\(name).gate_up")
    let activated = try program.append(SwiGLU(), [joined], name: "\(name).activated")
    let projected = try program.append(Linear(), [activated, output], name: "\(name).feed_forward_output")
    return try program.append(Add(), [x, projected], name: "\(name).output")
  }
}

extension PreNormDecoder {
  private var embedding: TensorShape {
    TensorShape(name: "\(names.embedding).weight", rows: sizes.vocabularySize, columns: sizes.hiddenSize)
  }
  private var finalNorm: TensorShape {
    TensorShape(name: "\(names.finalNorm).weight", rows: 1, columns: sizes.hiddenSize)
  }
  private var head: TensorShape {
    TensorShape(name: "\(names.head).weight", rows: sizes.vocabularySize, columns: sizes.hiddenSize)
  }
  private var queryColumns: Int { sizes.headCount * sizes.headDimension }
  private var keyValueColumns: Int { sizes.keyValueHeadCount * sizes.headDimension }

  private func matrix(_ part: String, _ layer: Int, rows: Int, columns: Int) -> TensorShape {
    TensorShape(name: "\(names.layers).\(layer).\(part).weight", rows: rows, columns: columns)
  }
  private func vector(_ part: String, _ layer: Int) -> TensorShape {
    matrix(part, layer, rows: 1, columns: sizes.hiddenSize)
  }
  private func queryKeyValue(_ layer: Int) -> [TensorShape] {
    var query = matrix(names.query, layer, rows: queryColumns, columns: sizes.hiddenSize)
    var key = matrix(names.key, layer, rows: keyValueColumns, columns: sizes.hiddenSize)
    query.rowOrder = rotatedRows
    key.rowOrder = rotatedRows
    return [query, key, matrix(names.value, layer, rows: keyValueColumns, columns: sizes.hiddenSize)]
  }
  private func attentionOutput(_ layer: Int) -> TensorShape {
    matrix(names.attentionOutput, layer, rows: sizes.hiddenSize, columns: queryColumns)
  }
  private func gateUp(_ layer: Int) -> [TensorShape] {
    [names.gate, names.up].map { matrix($0, layer, rows: sizes.intermediateSize, columns: sizes.hiddenSize) }
  }
  private func down(_ layer: Int) -> TensorShape {
    matrix(names.down, layer, rows: sizes.hiddenSize, columns: sizes.intermediateSize)
  }
}

extension Program {
  /// Declares the weight that `parts` make, joined by rows.
  fileprivate mutating func weight(_ parts: [TensorShape]) -> TensorID {
    weight(parts.map(\.name), rows: parts.reduce(0) { $0 + $1.rows }, columns: parts.first?.columns ?? 0)
  }
}
