/// Why a write did not happen: the device failed, or the code that provides the bytes did.
package enum WriteError<Source: Error>: Error, CustomStringConvertible {
  case device(GPUError)
  case source(Source)

  package var description: String {
    switch self {
    case .device(let error): error.description
    case .source(let error): "\(error)"
    }
  }
}

extension WriteError {
  /// The error that it wraps.
  package var cause: any Error {
    switch self {
    case .device(let error): error
    case .source(let error): error
    }
  }
}

extension WriteError where Source == Never {
  /// Its only possible reason.
  var deviceError: GPUError {
    switch self {
    case .device(let error): error
    }
  }
}
