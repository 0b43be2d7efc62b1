/// The interface of one SPIR-V compute shader, read from its words.
package struct SPIRVReflection: Equatable, Sendable {
  package enum Access: String, Sendable { case readonly, writeonly, readWrite }
  package enum BindingKind: String, Sendable { case storageBuffer, uniformBuffer, other }

  package struct Binding: Equatable, Sendable {
    package var set: Int
    package var binding: Int
    package var kind: BindingKind
    package var access: Access
    /// The instance name in GLSL; empty where the block has none.
    package var name: String
    package var blockName: String

    package init(
      set: Int, binding: Int, kind: BindingKind, access: Access, name: String = "", blockName: String = ""
    ) {
      self.set = set
      self.binding = binding
      self.kind = kind
      self.access = access
      self.name = name
      self.blockName = blockName
    }
  }

  package struct SpecializationConstant: Equatable, Sendable {
    package enum ScalarType: String, Sendable { case bool, int, uint, float, other }

    package var id: Int
    package var name: String
    package var type: ScalarType
    /// The bits of the default value: 0 or 1 for a bool, the low word of a 64-bit value.
    package var defaultBits: UInt32

    package init(id: Int, name: String, type: ScalarType, defaultBits: UInt32) {
      self.id = id
      self.name = name
      self.type = type
      self.defaultBits = defaultBits
    }
  }

  /// One dimension of the workgroup.
  package enum LocalSize: Equatable, Sendable {
    case fixed(Int)
    /// Given when the pipeline is created, through the specialization constant with this id.
    case specialized(id: Int, defaultValue: Int)
  }

  /// Sorted by set, then binding.
  package var bindings: [Binding]
  /// Sorted by id; those that size the workgroup are among them.
  package var specializationConstants: [SpecializationConstant]
  package var pushConstantByteCount: Int
  /// x, y, z.
  package var localSize: [LocalSize]
  package var capabilities: Set<SPIRVCapability>
  package var subgroupOperations: SubgroupOperations
  /// SPIR-V extensions that the module declares.
  package var extensions: [String]
}

/// Classes of subgroup operations, with the bits of `VkSubgroupFeatureFlagBits`.
package struct SubgroupOperations: OptionSet, Sendable, Hashable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let basic = SubgroupOperations(rawValue: 0x1)
  package static let vote = SubgroupOperations(rawValue: 0x2)
  package static let arithmetic = SubgroupOperations(rawValue: 0x4)
  package static let ballot = SubgroupOperations(rawValue: 0x8)
  package static let shuffle = SubgroupOperations(rawValue: 0x10)
  package static let shuffleRelative = SubgroupOperations(rawValue: 0x20)
  package static let clustered = SubgroupOperations(rawValue: 0x40)
  package static let quad = SubgroupOperations(rawValue: 0x80)
  package static let rotate = SubgroupOperations(rawValue: 0x200)
  package static let rotateClustered = SubgroupOperations(rawValue: 0x400)
}

/// A capability that a SPIR-V module declares, by its number in the SPIR-V registry.
package struct SPIRVCapability: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let shader = SPIRVCapability(rawValue: 1)
  package static let float16 = SPIRVCapability(rawValue: 9)
  package static let float64 = SPIRVCapability(rawValue: 10)
  package static let int64 = SPIRVCapability(rawValue: 11)
  package static let int16 = SPIRVCapability(rawValue: 22)
  package static let int8 = SPIRVCapability(rawValue: 39)
  package static let storageBuffer16BitAccess = SPIRVCapability(rawValue: 4433)
  package static let storagePushConstant16 = SPIRVCapability(rawValue: 4435)
  package static let storageBuffer8BitAccess = SPIRVCapability(rawValue: 4448)
  package static let physicalStorageBufferAddresses = SPIRVCapability(rawValue: 5347)
  package static let vulkanMemoryModel = SPIRVCapability(rawValue: 5345)
  package static let cooperativeMatrixKHR = SPIRVCapability(rawValue: 6022)
  package static let dotProduct = SPIRVCapability(rawValue: 6019)
  package static let dotProductInput4x8BitPacked = SPIRVCapability(rawValue: 6018)

  private static let names: [SPIRVCapability: String] = [
    shader: "Shader", float16: "Float16", float64: "Float64", int64: "Int64", int16: "Int16", int8: "Int8",
    storageBuffer16BitAccess: "StorageBuffer16BitAccess", storagePushConstant16: "StoragePushConstant16",
    storageBuffer8BitAccess: "StorageBuffer8BitAccess",
    physicalStorageBufferAddresses: "PhysicalStorageBufferAddresses", vulkanMemoryModel: "VulkanMemoryModel",
    cooperativeMatrixKHR: "CooperativeMatrixKHR", dotProduct: "DotProduct",
    dotProductInput4x8BitPacked: "DotProductInput4x8BitPacked", SPIRVCapability(rawValue: 61): "GroupNonUniform",
    SPIRVCapability(rawValue: 62): "GroupNonUniformVote", SPIRVCapability(rawValue: 63): "GroupNonUniformArithmetic",
    SPIRVCapability(rawValue: 64): "GroupNonUniformBallot", SPIRVCapability(rawValue: 65): "GroupNonUniformShuffle",
  ]

  package var description: String { Self.names[self] ?? "capability \(rawValue)" }

  // Subgroup classes have a capability each; arithmetic and the rest all imply `basic`.
  static let subgroupOperations: [UInt32: SubgroupOperations] = [
    61: .basic, 62: [.basic, .vote], 63: [.basic, .arithmetic], 64: [.basic, .ballot], 65: [.basic, .shuffle],
    66: [.basic, .shuffleRelative], 67: [.basic, .clustered], 68: [.basic, .quad], 6026: [.basic, .rotate],
  ]
}
