// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "kalsae",
  products: [.executable(name: "kalsae", targets: ["kalsae"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CVulkan", pkgConfig: "vulkan", providers: [.apt(["libvulkan-dev"])]),
    .systemLibrary(name: "CGlslangSystem", pkgConfig: "glslang", providers: [.apt(["glslang-dev"])]),
    .target(name: "CGlslang", dependencies: ["CGlslangSystem"]),
    // The headers are those of shaders/params; the target spans the folder so that SwiftPM notices a shader that
    // is added or removed.
    .systemLibrary(name: "CKernelParams", path: "shaders"),
    .target(name: "ShaderCompiler", dependencies: ["CGlslang"], swiftSettings: settings),
    .executableTarget(
      name: "kernel-pack", dependencies: ["ShaderCompiler"], path: "tools/kernel-pack", swiftSettings: settings),
    .plugin(name: "KernelPackPlugin", capability: .buildTool(), dependencies: ["kernel-pack"]),
    .target(name: "Tensors", swiftSettings: settings),
    .target(name: "Ops", dependencies: ["Tensors"], swiftSettings: settings),
    .target(name: "GPU", dependencies: ["CVulkan"], swiftSettings: settings),
    .target(name: "CAllocationCount"),
    .target(
      name: "VulkanBackend",
      dependencies: ["Ops", "GPU", "Tensors", "CAllocationCount", "CKernelParams", "ShaderCompiler"],
      swiftSettings: settings, plugins: ["KernelPackPlugin"]),
    .target(name: "Models", dependencies: ["Tensors", "Ops"], swiftSettings: settings),
    .target(name: "CUnicode"),
    .target(name: "Text", dependencies: ["Tensors", "CUnicode"], swiftSettings: settings),
    .target(name: "Engine", dependencies: ["Tensors", "Ops", "Models", "Text"], swiftSettings: settings),
    .target(
      name: "Workbench",
      dependencies: ["Tensors", "Ops", "GPU", "ShaderCompiler", "VulkanBackend", "Models", "Engine"],
      swiftSettings: settings),
    .target(name: "CTerminal"),
    .executableTarget(
      name: "kalsae",
      dependencies: [
        "CTerminal", "Tensors", "Ops", "GPU", "ShaderCompiler", "VulkanBackend", "Models", "Text", "Engine",
        "Workbench",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    .testTarget(name: "ShaderCompilerTests", dependencies: ["ShaderCompiler", "Ops"], swiftSettings: settings),
    .testTarget(
      name: "VulkanBackendTests",
      dependencies: ["VulkanBackend", "GPU", "Ops", "Tensors", "ShaderCompiler", "CKernelParams", "TestKit"],
      swiftSettings: settings),
    .target(
      name: "TestKit", dependencies: ["Tensors", "Ops", "Models", "GPU", "VulkanBackend", "Workbench"],
      path: "Tests/TestKit",
      swiftSettings: settings),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "Ops", "TestKit"], swiftSettings: settings),
    .testTarget(
      name: "TextTests", dependencies: ["Text", "Tensors", "Ops", "TestKit"], swiftSettings: settings),
    .testTarget(name: "GPUTests", dependencies: ["GPU", "Ops", "TestKit"], swiftSettings: settings),
    .testTarget(name: "OpsTests", dependencies: ["Ops", "Tensors", "TestKit"], swiftSettings: settings),
    .testTarget(name: "ModelsTests", dependencies: ["Models", "Ops", "Tensors", "TestKit"], swiftSettings: settings),
    .testTarget(
      name: "Conformance", dependencies: ["Engine", "Models", "Ops", "Tensors", "TestKit", "Workbench"],
      path: "Tests/Conformance",
      swiftSettings: settings),
    .testTarget(name: "EngineTests", dependencies: ["Engine", "Ops", "Tensors"], swiftSettings: settings),
    .testTarget(
      name: "WorkbenchTests",
      dependencies: ["Workbench", "VulkanBackend", "GPU", "Ops", "Tensors", "Models", "ShaderCompiler", "TestKit"],
      swiftSettings: settings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "kalsae", "Engine", "Models", "Ops", "TestKit", "Workbench",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
  ]
)
