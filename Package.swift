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
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .systemLibrary(name: "CVulkan", pkgConfig: "vulkan", providers: [.apt(["libvulkan-dev"])]),
    .target(name: "Tensors", swiftSettings: settings),
    .target(name: "Ops", dependencies: ["Tensors"], swiftSettings: settings),
    .target(
      name: "GPU", dependencies: ["CVulkan", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: settings),
    .target(name: "VulkanBackend", dependencies: ["Ops", "GPU", "Tensors"], swiftSettings: settings),
    .target(name: "Models", dependencies: ["Tensors", "Ops"], swiftSettings: settings),
    .target(name: "Text", dependencies: ["Tensors"], swiftSettings: settings),
    .target(name: "Engine", dependencies: ["Tensors", "Ops", "Models", "Text"], swiftSettings: settings),
    .executableTarget(
      name: "kalsae",
      dependencies: [
        "Tensors", "Ops", "GPU", "VulkanBackend", "Models", "Text", "Engine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    .target(name: "TestKit", dependencies: ["Tensors", "Ops"], path: "Tests/TestKit", swiftSettings: settings),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestKit"], swiftSettings: settings),
    .testTarget(name: "GPUTests", dependencies: ["GPU"], swiftSettings: settings),
    .testTarget(name: "OpsTests", dependencies: ["Ops", "Tensors", "TestKit"], swiftSettings: settings),
  ]
)
