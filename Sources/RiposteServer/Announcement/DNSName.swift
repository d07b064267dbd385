/// A name of the domain name system ("Riposte._wyoming._tcp.local"), as labels.
///
/// Two names are the same whatever the case of their ASCII letters is.
struct DNSName: Hashable, Sendable, CustomStringConvertible {
    let labels: [String]

    init(_ labels: [String]) { self.labels = labels }

    /// - Parameter name: labels with dots between; a label that has a dot itself cannot be written so.
    init(_ name: String) { labels = name.split(separator: ".").map(String.init) }

    var description: String { labels.joined(separator: ".") }

    static func == (left: DNSName, right: DNSName) -> Bool { left.folded == right.folded }
    func hash(into hasher: inout Hasher) { hasher.combine(folded) }

    private var folded: [[UInt8]] {
        labels.map { label in label.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 } }
    }

    /// As it is written into a message. What is too long for a label is cut.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for label in labels {
            let text = label.utf8.prefix(63)
            bytes.append(UInt8(text.count))
            bytes += text
        }
        return bytes + [0]
    }
}
