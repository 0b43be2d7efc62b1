/// Events over time as Perfetto and chrome://tracing open them.
package struct TimelineTrace: Sendable {
  package struct Event: Sendable, Hashable {
    package var name: String
    /// What a viewer filters by.
    package var category: String
    package var startMicroseconds: Double
    package var durationMicroseconds: Double
    package var arguments: [String: ResultTable.Value]

    package init(
      name: String, category: String, startMicroseconds: Double, durationMicroseconds: Double,
      arguments: [String: ResultTable.Value] = [:]
    ) {
      self.name = name
      self.category = category
      self.startMicroseconds = startMicroseconds
      self.durationMicroseconds = durationMicroseconds
      self.arguments = arguments
    }
  }

  /// One row of the viewer.
  package struct Track: Sendable, Hashable {
    package var name: String
    package var events: [Event]

    package init(name: String, events: [Event]) {
      self.name = name
      self.events = events
    }
  }

  package var process: String
  package var tracks: [Track]

  package init(process: String = "kalsae", tracks: [Track]) {
    self.process = process
    self.tracks = tracks
  }

  /// Chrome's trace event format: an object with complete events (`X`) and the names of the tracks (`M`).
  package var json: String {
    var events = [Self.name("process_name", process, thread: 0)]
    for (index, track) in tracks.enumerated() {
      events.append(Self.name("thread_name", track.name, thread: index + 1))
      events.append(
        "{\"name\": \"thread_sort_index\", \"ph\": \"M\", \"pid\": 1, \"tid\": \(index + 1), "
          + "\"args\": {\"sort_index\": \(index)}}")
      events += track.events.map { Self.complete($0, thread: index + 1) }
    }
    return "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n" + events.joined(separator: ",\n") + "\n]}\n"
  }

  private static func name(_ kind: String, _ name: String, thread: Int) -> String {
    "{\"name\": \"\(kind)\", \"ph\": \"M\", \"pid\": 1, \"tid\": \(thread), "
      + "\"args\": {\"name\": \(JSONText.string(name))}}"
  }

  private static func complete(_ event: Event, thread: Int) -> String {
    let arguments = event.arguments.sorted { $0.key < $1.key }
      .map { "\(JSONText.string($0.key)): \(JSONText.value($0.value))" }.joined(separator: ", ")
    return "{\"name\": \(JSONText.string(event.name)), \"cat\": \(JSONText.string(event.category)), \"ph\": \"X\", "
      + "\"ts\": \(JSONText.number(event.startMicroseconds)), \"dur\": \(JSONText.number(event.durationMicroseconds)), "
      + "\"pid\": 1, \"tid\": \(thread), \"args\": {\(arguments)}}"
  }
}
