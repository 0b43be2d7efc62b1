/// Every operation; adding one is a file in `Operations/` and a line here.
public enum OperationCatalogue {
  public static let all: [any Operation.Type] = [
    Add.self, Attention.self, Embedding.self, Linear.self, RMSNorm.self, RotaryStore.self,
    Sample.self, SelectRows.self, SwiGLU.self,
  ]
}
