extension SPIRVReflection {
  private enum Decoration {
    static let specId: UInt32 = 1
    static let bufferBlock: UInt32 = 3
    static let arrayStride: UInt32 = 6
    static let matrixStride: UInt32 = 7
    static let builtIn: UInt32 = 11
    static let nonWritable: UInt32 = 24
    static let nonReadable: UInt32 = 25
    static let binding: UInt32 = 33
    static let descriptorSet: UInt32 = 34
    static let offset: UInt32 = 35
  }

  private enum StorageClass {
    static let uniform: UInt32 = 2
    static let pushConstant: UInt32 = 9
    static let storageBuffer: UInt32 = 12
  }

  /// Reads the interface of a compute module; words of any content are refused or read, never trapped on.
  package init(words: [UInt32]) throws(SPIRVReflectionError) {
    let module = try SPIRVModule(words: words)
    guard module.hasComputeEntryPoint else { throw .noComputeEntryPoint }
    bindings = try Self.bindings(of: module)
    specializationConstants = Self.specializationConstants(of: module)
    pushConstantByteCount = try Self.pushConstantByteCount(of: module)
    localSize = try Self.localSize(of: module)
    capabilities = Set(module.capabilities.map(SPIRVCapability.init))
    subgroupOperations = module.capabilities.reduce(into: []) { all, capability in
      all.formUnion(SPIRVCapability.subgroupOperations[capability] ?? [])
    }
    extensions = module.extensions
  }

  private static func bindings(of module: SPIRVModule) throws(SPIRVReflectionError) -> [Binding] {
    var found: [Binding] = []
    for (id, variable) in module.variables {
      guard let number = module.decoration(Decoration.binding, of: id) else { continue }
      guard case .pointer(let pointer)? = module.types[variable.pointerType] else { throw .bindingWithoutType(id: id) }
      let block = blockType(pointer.pointee, of: module)
      let kind = kind(of: variable, block: block, module)
      found.append(
        Binding(
          set: Int(module.decoration(Decoration.descriptorSet, of: id) ?? 0), binding: Int(number),
          kind: kind, access: kind == .uniformBuffer ? .readonly : access(of: id, block: block, module),
          name: module.name(of: id), blockName: module.name(of: block)))
    }
    return found.sorted { ($0.set, $0.binding) < ($1.set, $1.binding) }
  }

  // An array of blocks is described by its element.
  private static func blockType(_ type: UInt32, of module: SPIRVModule) -> UInt32 {
    switch module.types[type] {
    case .array(let element, _), .runtimeArray(let element): element
    default: type
    }
  }

  private static func kind(of variable: SPIRVModule.Variable, block: UInt32, _ module: SPIRVModule) -> BindingKind {
    switch variable.storageClass {
    case StorageClass.storageBuffer: .storageBuffer
    case StorageClass.uniform:
      module.decoration(Decoration.bufferBlock, of: block) == nil ? .uniformBuffer : .storageBuffer
    default: .other
    }
  }

  private static func access(of id: UInt32, block: UInt32, _ module: SPIRVModule) -> Access {
    func has(_ decoration: UInt32) -> Bool {
      if module.decoration(decoration, of: id) != nil { return true }
      guard case .structure(let members)? = module.types[block], !members.isEmpty else { return false }
      return members.indices.allSatisfy { module.decoration(decoration, of: block, member: $0) != nil }
    }
    if has(Decoration.nonWritable) { return .readonly }
    return has(Decoration.nonReadable) ? .writeonly : .readWrite
  }

  private static func specializationConstants(of module: SPIRVModule) -> [SpecializationConstant] {
    let found = module.constants.compactMap { id, constant -> SpecializationConstant? in
      guard constant.isSpecialization, let number = module.decoration(Decoration.specId, of: id) else { return nil }
      let type: SpecializationConstant.ScalarType =
        switch module.types[constant.type] {
        case .bool?: .bool
        case .int(32, let isSigned)?: isSigned ? .int : .uint
        case .float(32)?: .float
        default: .other
        }
      return SpecializationConstant(
        id: Int(number), name: module.name(of: id), type: type, defaultBits: constant.bits)
    }
    // Where the workgroup size is specialized, glslang declares its constant a second time for gl_WorkGroupSize.
    let byId = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { $0.name.isEmpty ? $1 : $0 })
    return byId.values.sorted { $0.id < $1.id }
  }

  private static func localSize(of module: SPIRVModule) throws(SPIRVReflectionError) -> [LocalSize] {
    // A built-in WorkgroupSize overrides the execution mode where an older target wrote both.
    let builtIn = module.composites.first { module.decoration(Decoration.builtIn, of: $0.key) == 25 }
    if let ids = builtIn?.value ?? module.localSizeIds, ids.count == 3 {
      return try ids.map { id throws(SPIRVReflectionError) in
        guard let constant = module.constants[id] else { throw .noLocalSize }
        guard constant.isSpecialization, let number = module.decoration(Decoration.specId, of: id) else {
          return .fixed(Int(constant.bits))
        }
        return .specialized(id: Int(number), defaultValue: Int(constant.bits))
      }
    }
    guard let sizes = module.fixedLocalSize else { throw .noLocalSize }
    return sizes.map { .fixed(Int($0)) }
  }

  private static func pushConstantByteCount(of module: SPIRVModule) throws(SPIRVReflectionError) -> Int {
    guard let variable = module.variables.first(where: { $0.variable.storageClass == StorageClass.pushConstant }) else {
      return 0
    }
    var remainingVisits = 4096
    guard case .pointer(let pointer)? = module.types[variable.variable.pointerType],
      let byteCount = byteCount(of: pointer.pointee, module, remainingVisits: &remainingVisits)
    else { throw .unmeasurablePushConstants }
    return byteCount
  }

  // nil where a size cannot be told; the bound on visits ends types that contain themselves.
  private static func byteCount(
    of type: UInt32, _ module: SPIRVModule, matrixStride: UInt32? = nil, remainingVisits: inout Int
  ) -> Int? {
    guard remainingVisits > 0, let shape = module.types[type] else { return nil }
    remainingVisits -= 1
    switch shape {
    case .bool, .runtimeArray: return nil
    case .int(let bitCount, _), .float(let bitCount): return Int(bitCount / 8)
    case .vector(let component, let count):
      guard let each = byteCount(of: component, module, remainingVisits: &remainingVisits) else { return nil }
      return checkedProduct(each, Int(count))
    case .matrix(_, let count): return matrixStride.flatMap { checkedProduct(Int($0), Int(count)) }
    case .array(_, let length):
      guard let stride = module.decoration(Decoration.arrayStride, of: type), let count = module.constants[length]
      else { return nil }
      return checkedProduct(Int(stride), Int(count.bits))
    case .structure(let members):
      return structureByteCount(of: type, members: members, module, remainingVisits: &remainingVisits)
    case .pointer: return 8
    }
  }

  private static func structureByteCount(
    of type: UInt32, members: [UInt32], _ module: SPIRVModule, remainingVisits: inout Int
  ) -> Int? {
    var end = 0
    for (index, member) in members.enumerated() {
      let stride = module.decoration(Decoration.matrixStride, of: type, member: index)
      guard let offset = module.decoration(Decoration.offset, of: type, member: index),
        let size = byteCount(of: member, module, matrixStride: stride, remainingVisits: &remainingVisits)
      else { return nil }
      end = max(end, Int(offset) + size)
    }
    return end
  }

  // Every factor is below 2^32, and no device has push constants near this bound.
  private static func checkedProduct(_ left: Int, _ right: Int) -> Int? {
    let (product, didOverflow) = left.multipliedReportingOverflow(by: right)
    return didOverflow || product > 1 << 31 ? nil : product
  }
}
