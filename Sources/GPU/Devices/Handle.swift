/// One Vulkan handle with a type of its own: the headers import every handle as the same `OpaquePointer`.
///
/// Sendable: a handle is a name, not an object; the owner of the object sees to its threads and its life.
struct Handle<Object>: Hashable, @unchecked Sendable {
  let raw: OpaquePointer

  init(_ raw: OpaquePointer) { self.raw = raw }

  /// The handle that a successful call wrote.
  init(_ raw: OpaquePointer?, from call: String) throws(GPUError) {
    guard let raw else { throw GPUError(.vulkan(.unknownError, call: call), "\(call) succeeded without an object") }
    self.raw = raw
  }
}

enum PhysicalDeviceObject {}
enum DeviceObject {}
enum QueueObject {}
enum MemoryObject {}
enum BufferObject {}
enum SemaphoreObject {}
enum PipelineObject {}
enum PipelineLayoutObject {}
enum SetLayoutObject {}
enum CommandPoolObject {}
enum CommandsObject {}
enum DescriptorPoolObject {}
enum DescriptorSetObject {}
enum TimestampsObject {}
enum PipelineCacheObject {}
