/// Why a file holds no table: one sentence for a person.
package struct TableError: Error, Hashable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
