import RiposteCore
import Testing

@testable import RiposteDialog

@Suite struct ChanceTests {
    /// What is answered in a hundred conversations at other moments.
    private static func answers(_ text: String) -> Set<String> {
        Set(
            (0..<100).map { number in
                var talk = DialogFixture()
                return talk.say(text, after: Double(number) + 0.5).text
            })
    }

    @Test(arguments: ["flip a coin", "toss a coin please", "heads or tails", "can you flip a coin for me"])
    func flipsCoins(_ text: String) { #expect(Self.answers(text) == ["Heads.", "Tails."]) }

    @Test(arguments: ["roll a dice", "roll the die", "throw a die", "Roll a 6-sided die."])
    func rollsDice(_ text: String) { #expect(Self.answers(text) == Set((1...6).map { "I rolled \($0)." })) }

    @Test func rollsOtherDice() {
        #expect(Self.answers("roll a d20").count > 15)
        #expect(Self.answers("roll a twenty sided die").allSatisfy { (1...20).map { "I rolled \($0)." }.contains($0) })
        for answer in Self.answers("roll two dice") {
            let numbers = answer.split { !$0.isNumber }.compactMap { Int($0) }
            #expect(numbers.count == 3 && numbers[0] + numbers[1] == numbers[2], "\(answer)")
        }
        #expect(DialogFixture.answer("roll fifty dice").text == "I can roll up to 10 dice at once.")
    }

    @Test func picksNumbersAndThings() {
        #expect(Self.answers("pick a number between five and seven") == ["5.", "6.", "7."])
        #expect(Self.answers("give me a random number").count > 30)
        #expect(Self.answers("choose between tea and coffee") == ["I'd say: tea.", "I'd say: coffee."])
        #expect(Self.answers("pick red, green or blue") == ["I'd say: red.", "I'd say: green.", "I'd say: blue."])
    }

    @Test func theSameMomentBringsTheSame() {
        #expect(DialogFixture.answer("roll a d100") == DialogFixture.answer("roll a d100"))
    }

    @Test func againIsAnotherThrow() {
        var talk = DialogFixture()
        talk.say("roll a d1000")
        let thrown =
            (0..<6).map { _ in talk.say("again").text } + [
                talk.say("roll it again").text, talk.say("one more time").text,
            ]
        #expect(thrown.allSatisfy { $0.hasPrefix("I rolled ") } && Set(thrown).count > 4, "\(thrown)")
    }
}
