import Foundation
import RiposteTesting
import Testing

/// `Documentation/TurnTaking.md` says what the code does: its picture, its table and its numbers are made from it.
/// `make documentation` makes them anew.
@Suite struct TurnTakingPageTests {
    private static let page = TestResources.packageRoot.appendingPathComponent("Documentation/TurnTaking.md")

    @Test func thePageSaysWhatTheCodeDoes() throws {
        var text = try String(contentsOf: Self.page, encoding: .utf8)
        for (part, made) in [
            ("picture", TransitionTable().picture), ("transitions", TransitionTable().table),
            ("numbers", TurnTakingNumbers().table),
        ] {
            let range = try #require(Self.range(of: part, in: text), "the page has no place for \(part)")
            let isThere = String(text[range]) == "\n\(made)\n"
            text.replaceSubrange(range, with: "\n\(made)\n")
            let isUpdate = ProcessInfo.processInfo.environment["RIPOSTE_UPDATE_DOCUMENTATION"] != nil
            #expect(isThere || isUpdate, "\(part): the page is out of date; make documentation")
            if isUpdate { try Data(text.utf8).write(to: Self.page) }
        }
    }

    @Test func everySettingIsExplained() {
        let numbers = TurnTakingNumbers()
        #expect(numbers.unexplained.isEmpty, "these settings have no line in TurnTakingNumbers: \(numbers.unexplained)")
        #expect(numbers.unknown.isEmpty, "these lines of TurnTakingNumbers are of no setting: \(numbers.unknown)")
    }

    /// What stands between the marks of a part.
    private static func range(of part: String, in text: String) -> Range<String.Index>? {
        guard let start = text.range(of: "<!-- \(part): made from the code -->"),
            let end = text.range(of: "<!-- end of \(part) -->"), start.upperBound < end.lowerBound
        else { return nil }
        return start.upperBound..<end.lowerBound
    }
}
