import Models
import Ops
import Tensors
import Testing

@Suite struct SyntheticModelTests {
  @Test(arguments: SyntheticModel.names)
  func everyShapeMakesAProgram(_ name: String) throws {
    let model = try Model(synthetic: try SyntheticModel(name))
    let program = try model.architecture.program()
    for tensor in program.tensors where tensor.weightNames != nil {
      #expect(try model.weights.weight(for: tensor).rowCount > 0)
    }
    #expect(model.path == "synthetic \(name):bf16")
  }

  @Test func theLargestHasAsManyParametersAsItsNameSays() throws {
    for (name, billions) in [("exaone-3.0-7.8b", 7.82), ("exaone-3.5-32b", 32.0), ("llama-3.1-8b", 8.03)] {
      let shapes = try Model(synthetic: try SyntheticModel(name)).architecture.tensorShapes
      let count = shapes.reduce(0.0) { $0 + Double($1.rows) * Double($1.columns) }
      #expect(abs(count / 1e9 - billions) < 0.1, "\(name): \(count)")
    }
  }

  @Test func weightsAreTheSameEachTimeAndRowsDiffer() throws {
    func rows(_ text: String) throws -> [[Float]] {
      let model = try Model(synthetic: try SyntheticModel(text))
      let tensor = try #require(try model.architecture.program().tensors.first { $0.weightNames != nil })
      let weight = try model.weights.weight(for: tensor)
      return try [0, 1, 64, 4095].map { row in
        var values = [Float](repeating: 0, count: weight.columnCount)
        try weight.decode(row: row, into: &values)
        return values
      }
    }
    let once = try rows("tiny:q8_0")
    #expect(try rows("tiny:q8_0") == once)
    #expect(Set(once).count == once.count)
    let deviation = (once[0].reduce(0) { $0 + $1 * $1 } / 512).squareRoot()
    #expect(abs(deviation * Float(512).squareRoot() - 1) < 0.1)
  }

  @Test func whatIsNotThereIsListed() {
    #expect { try SyntheticModel("gpt-5") } throws: { "\($0)".contains("exaone-3.0-7.8b") }
    #expect { try SyntheticModel("tiny:q3_x") } throws: { "\($0)".contains("q8_0") }
    #expect { try SyntheticModel("tiny:") } throws: { "\($0)".contains("no format") }
  }
}
