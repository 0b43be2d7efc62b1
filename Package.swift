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
  targets: [
    .systemLibrary(
      name: "CGlslangSystem", pkgConfig: "glslang", providers: [.apt(["glslang-dev"])]),
    .systemLibrary(name: "CKernelParams", path: "shaders/params"),
    .target(name: "CGlslang", dependencies: ["CGlslangSystem"]),
    .target(name: "ShaderCompiler", dependencies: ["CGlslang"], swiftSettings: settings),
    .target(
      name: "VulkanBackend", dependencies: ["CKernelParams", "ShaderCompiler"], swiftSettings: settings,
      plugins: ["KernelPackPlugin"]),
    .executableTarget(
      name: "kernel-pack", dependencies: ["ShaderCompiler"], path: "tools/kernel-pack", swiftSettings: settings),
    .plugin(name: "KernelPackPlugin", capability: .buildTool(), dependencies: ["kernel-pack"]),
    .testTarget(name: "ShaderCompilerTests", dependencies: ["ShaderCompiler", "CKernelParams"], swiftSettings: settings),
    .testTarget(
      name: "VulkanBackendTests", dependencies: ["VulkanBackend", "ShaderCompiler"], swiftSettings: settings),
  ]
)
