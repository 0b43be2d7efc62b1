/// The bytes of a parameter struct as a shader's push constants take them.
package func pushConstants<Parameters: BitwiseCopyable>(_ parameters: Parameters) -> [UInt8] {
  withUnsafeBytes(of: parameters) { Array($0) }
}
