/// One pool of memory that a device can use.
package struct MemoryHeap: Codable, Hashable, Sendable {
  package var byteCount: Int
  /// What this process may use in all, as the driver sees it now; nil where the driver does not say.
  package var budgetByteCount: Int?
  /// What this process uses of it now.
  package var usedByteCount: Int?
  package var isDeviceLocal: Bool

  package init(byteCount: Int, budgetByteCount: Int? = nil, usedByteCount: Int? = nil, isDeviceLocal: Bool) {
    self.byteCount = byteCount
    self.budgetByteCount = budgetByteCount
    self.usedByteCount = usedByteCount
    self.isDeviceLocal = isDeviceLocal
  }
}

extension [MemoryHeap] {
  /// Bytes that the driver would still give from the device's own memory: from its largest heap, where buffers go.
  package var availableByteCount: Int {
    filter(\.isDeviceLocal).map { Swift.max(0, ($0.budgetByteCount ?? $0.byteCount) - ($0.usedByteCount ?? 0)) }.max()
      ?? 0
  }
}
