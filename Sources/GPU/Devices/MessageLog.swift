internal import CVulkan
import Synchronization

/// The validation messages of one instance; outlives it, so that leaks reported at its end are heard.
package final class MessageLog: Sendable {
  private let list = Mutex<[String]>([])
  private let onMessage: (@Sendable (String) -> Void)?

  init(onMessage: (@Sendable (String) -> Void)?) { self.onMessage = onMessage }

  /// All messages so far, in order.
  package var messages: [String] { list.withLock { $0 } }

  func append(_ message: String) {
    list.withLock { $0.append(message) }
    onMessage?(message)
  }

  /// What the layer calls; `userData` is an unretained `MessageLog`.
  static let callback: PFN_vkDebugUtilsMessengerCallbackEXT = { _, _, data, userData in
    if let userData, let text = data?.pointee.pMessage {
      Unmanaged<MessageLog>.fromOpaque(userData).takeUnretainedValue().append(String(cString: text))
    }
    return VkBool32(VK_FALSE)
  }
}
