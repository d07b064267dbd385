import Testing

@testable import RiposteDialog

@Suite struct ConfirmationTests {
    @Test(arguments: [
        "yes", "Yes.", "yeah", "yep", "Yup!", "yes please", "that's right", "That's correct.", "Yes, that's right.",
        "correct", "right", "exactly", "sure", "uh-huh", "mm-hmm", "Um, yes.", "yes yes", "yeah, that's what I said",
        "you got it", "of course", "go ahead", "okay", "it is", "I did", "sounds good", "YES", "yes I did",
        "no that's right", "I said yes", "Yes, set it for ten minutes.", "absolutely", "yes, thank you", "I think so",
    ])
    func hearsYes(_ text: String) { #expect(Confirmation(text) == .yes) }

    @Test(arguments: [
        "no", "No.", "nope", "nah", "No, that's wrong.", "that's not right", "wrong", "that's not what I said",
        "not really", "no no no", "incorrect", "no thanks", "never mind", "I didn't say that", "Um, no.", "not quite",
        "no, I didn't", "cancel", "I don't think so", "definitely not", "yeah no", "No! Wrong!", "no way",
    ])
    func hearsNo(_ text: String) { #expect(Confirmation(text) == .no) }

    @Test(arguments: [
        ("no, I said twenty minutes", "twenty minutes"),
        ("No, I said set a timer for ten minutes.", "set a timer for ten minutes"), ("I said ten", "ten"),
        ("no, ten minutes", "ten minutes"), ("No. Ten minutes.", "Ten minutes"), ("I meant Tokyo", "Tokyo"),
        ("no I meant five, not nine", "five, not nine"),
        ("No, that's not what I said. I said What time is it?", "What time is it"),
        ("actually, set it for six", "set it for six"), ("nope, it's Anna", "Anna"),
        ("no no, what's the date", "what's the date"), ("that's wrong, I said fifteen", "fifteen"),
    ])
    func hearsCorrection(_ text: String, _ meant: String) { #expect(Confirmation(text) == .correction(meant)) }

    @Test(arguments: [
        "", "...", "um", "set a timer for five minutes", "what time is it", "maybe", "banana", "What?", "日本語",
    ])
    func isUnclear(_ text: String) { #expect(Confirmation(text) == .unclear) }
}
