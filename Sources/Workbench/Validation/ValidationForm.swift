/// A form that `kalsae validate` prints its results in; `junit` is the XML that build servers read.
package enum ValidationForm: String, CaseIterable, Sendable {
  case text, json, junit, md
}
