import Foundation
import Tensors
import TestKit
import Testing

@Suite struct CheckpointTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func refusal(_ directory: String? = nil) -> String {
    do {
      _ = try Checkpoint(directory: directory ?? folder.path)
      return "accepted"
    } catch {
      return error.description
    }
  }

  private func one(_ name: String) -> [UInt8] {
    SafetensorsBytes(
      header: "{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", data: [0, 0, 0, 0]
    ).bytes
  }

  private func index(_ map: String) -> String { "{\"metadata\":{},\"weight_map\":{\(map)}}" }

  @Test func oneFile() throws {
    try folder.write("config.json", "{\"a\":1}")
    try folder.write("model.safetensors", SafetensorsBytes.valid.bytes)
    let checkpoint = try Checkpoint(directory: folder.path)
    #expect(checkpoint.tensors.count == 4)
    #expect(checkpoint.unreadable == ["steps": "I32"])
    #expect(checkpoint.configuration["a"] == .integer(1))
    #expect(checkpoint.generation == nil)
    try folder.write("generation_config.json", "{}")
    #expect(try Checkpoint(directory: folder.path).generation?.object != nil)
  }

  @Test func severalFiles() throws {
    try folder.write("config.json", "{}")
    try folder.write("m-1.safetensors", one("a"))
    try folder.write("m-2.safetensors", one("b"))
    try folder.write("model.safetensors.index.json", index(#""a":"m-1.safetensors","b":"m-2.safetensors""#))
    #expect(try Checkpoint(directory: folder.path).tensors.map(\.name) == ["a", "b"])
    try folder.write("model.safetensors.index.json", index(#""a":"m-1.safetensors","b":"m-3.safetensors""#))
    #expect(refusal().contains("m-3.safetensors is missing"))
    try folder.write("model.safetensors.index.json", index(#""a":"m-1.safetensors","c":"m-2.safetensors""#))
    #expect(refusal().contains("m-2.safetensors has no tensor \"c\""))
    try folder.write("m-2.safetensors", one("a"))
    try folder.write("model.safetensors.index.json", index(#""a":"m-1.safetensors","b":"m-2.safetensors""#))
    #expect(refusal().contains("no tensor \"b\""))
  }

  @Test func sameTensorInTwoFiles() throws {
    try folder.write("config.json", "{}")
    try folder.write("m-1.safetensors", one("a"))
    try folder.write(
      "m-2.safetensors",
      SafetensorsBytes(
        header:
          #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
          + #""b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        data: [UInt8](repeating: 0, count: 8)
      ).bytes)
    try folder.write("model.safetensors.index.json", index(#""a":"m-1.safetensors","b":"m-2.safetensors""#))
    #expect(refusal().contains("stands in another file too"))
  }

  @Test func missingParts() throws {
    #expect(refusal(folder.path + "/none").contains("does not exist"))
    #expect(refusal().contains("no config.json"))
    try folder.write("config.json", "{}")
    #expect(refusal(folder.path + "/config.json").contains("no folder"))
    #expect(refusal().contains("neither model.safetensors nor"))
    try folder.write("pytorch_model.bin", "")
    #expect(refusal().contains("convert it to safetensors"))
    try folder.write("model.safetensors.index.json", "{}")
    #expect(refusal().contains("weight_map is missing"))
    try folder.write("model.safetensors.index.json", index(""))
    #expect(refusal().contains("names no tensor"))
    try folder.write("model.safetensors", "")
    #expect(refusal().contains("0 bytes"))
    try folder.write("config.json", "{")
    #expect(refusal().contains("config.json, byte 1"))
    try folder.write("config.json", [UInt8](repeating: 0x20, count: 1 << 20) + [0x7b, 0x7d])
    #expect(refusal().contains("at most 1048576"))
  }

  @Test(arguments: [
    "../m.safetensors", "/etc/passwd", "a/b", "..", ".", "", "a\\u0000b", "m .safetensors", "mé", "..\\\\m",
  ])
  func namesThatLeadElsewhere(_ name: String) throws {
    try folder.write("config.json", "{}")
    try folder.write("model.safetensors.index.json", index("\"a\":\"\(name)\""))
    #expect(refusal().contains("no plain file name"))
  }

  @Test func linksStayWithin() throws {
    let outside = try TemporaryFolder()
    try outside.write("m.safetensors", one("a"))
    try folder.write("config.json", "{}")
    let link = folder.path + "/model.safetensors"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: outside.path + "/m.safetensors")
    #expect(refusal().contains("outside the model's folder"))
    try FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nowhere")
    #expect(refusal().contains("does not exist"))
    try FileManager.default.removeItem(atPath: link)
    try folder.write("real.safetensors", one("a"))
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real.safetensors")
    #expect(refusal() == "accepted")
  }

  /// The layout of a Hugging Face cache: the snapshot's files are links into `blobs`.
  @Test func cacheSnapshot() throws {
    try folder.write("hub/blobs/0a", "{}")
    try folder.write("hub/blobs/0b", one("a"))
    try folder.write("hub/secret", one("a"))
    try folder.write("hub/snapshots/r1/README", "")
    let snapshot = folder.path + "/hub/snapshots/r1"
    for (name, blob) in [("config.json", "0a"), ("model.safetensors", "0b")] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(snapshot)/\(name)", withDestinationPath: "../../blobs/\(blob)")
    }
    #expect(refusal(snapshot) == "accepted")
    try FileManager.default.removeItem(atPath: snapshot + "/model.safetensors")
    try FileManager.default.createSymbolicLink(
      atPath: snapshot + "/model.safetensors", withDestinationPath: "../../secret")
    #expect(refusal(snapshot).contains("outside the model's folder"))
  }
}
