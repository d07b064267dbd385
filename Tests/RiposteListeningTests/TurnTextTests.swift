import RiposteListening
import Testing

struct TurnTextTests {
    typealias Reason = TextCompleteness.Reason

    @Test(
        arguments: [
            ("I'd like a large latte and", Reason.openEnd), ("With a", .openEnd), ("Remind me to", .openEnd),
            ("What's the weather in the", .openEnd), ("Set a timer for", .openEnd), ("Can you give me", .openEnd),
            ("I would like", .openEnd), ("Turn on the lights because", .openEnd), ("Could I", .openEnd),
            ("What time is", .openEnd), ("Where is", .openEnd), ("What's the", .openEnd),
            ("Can I get a coffee with", .openEnd), ("Can I get a coffee with.", .openEnd),
            ("Set a timer for um", .filler), ("Uh...", .filler), ("A latte, you know", .filler),
            ("Set a timer for ten", .openNumber), ("Set a timer for twenty.", .openNumber),
            ("Three point", .openNumber),
            ("What is ten plus", .openNumber), ("Five hundred and", .openNumber),
            ("five five five one two", .openNumber),
            ("My number is 555 12", .openNumber), ("It's 555-123, 4", .wholePhrase),
            ("A large latte,", .trailingOff), ("A large latte...", .trailingOff), ("A large latte…", .trailingOff),
            ("Well I went to the -", .openEnd), ("I went there -", .trailingOff),
            ("Set an alarm", .openCommand), ("Remind me.", .openEnd), ("Set a reminder.", .openCommand),
            ("I'd like it medium", .looseEnd), ("I'll have it in", .looseEnd),
        ] as [(String, Reason)])
    func moreIsToCome(text: String, reason: Reason) {
        let found = TextCompleteness(text)
        #expect(found.reason == reason)
        #expect(found.logOdds < 0 || reason == .wholePhrase)
    }

    @Test(
        arguments: [
            ("Set a timer for ten minutes.", Reason.wholeCommand), ("set a timer for ten minutes", .wholeCommand),
            ("Wake me up at seven.", .wholeCommand), ("Remind me to call mum tomorrow.", .wholeCommand),
            ("Stop.", .wholePhrase), ("Yes.", .wholePhrase), ("Yes, I do.", .wholePhrase),
            ("No, it isn't.", .wholePhrase),
            ("I can.", .wholePhrase), ("A large latte, please.", .wholePhrase), ("That's all.", .wholePhrase),
            ("What time is it?", .wholePhrase), ("What can you do?", .wholePhrase), ("Thanks, goodbye.", .wholePhrase),
            ("My number is five five five one two one two", .wholePhrase),
            ("What's the weather like in Paris?", .sentence), ("Turn it on.", .looseEnd), ("Turn it off.", .sentence),
            ("Where are you from?", .sentence), ("Where are you from", .looseEnd),
            ("Tell me where my phone is.", .sentence), ("tell me where my phone is", .looseEnd),
            ("Which plan do I have?", .sentence), ("Please talk louder if you can.", .sentence),
            ("Do you know what time it is?", .sentence), ("The best that you know.", .sentence),
            ("Remove the party of March 12, 2019.", .sentence), ("Set an alarm for 05:00.", .wholeCommand),
            ("What could you do?", .sentence), ("Make me a small cappuccino with milk.", .sentence),
            ("I was born in 1980.", .sentence), ("It costs 25 dollars.", .sentence),
        ] as [(String, Reason)])
    func itMayBeAll(text: String, reason: Reason) {
        let found = TextCompleteness(text)
        #expect(found.reason == reason)
        #expect(found.logOdds >= 0)
    }

    @Test(arguments: ["", "  ", "...", "?!", "\n"])
    func noWordsSayNothing(text: String) {
        #expect(TextCompleteness(text) == TextCompleteness(logOdds: 0, reason: .noWords))
        #expect(TextCompleteness(text).probability == 0.5)
    }

    @Test func aRecogniserWithoutPunctuationIsNotTakenForATrailingVoice() {
        #expect(TextCompleteness("turn the kitchen lights red").logOdds == 0)
        #expect(TextCompleteness("Turn the kitchen lights red").logOdds < 0)
    }

    @Test func moreWordsThatAreDueMakeItComplete() {
        let steps = ["Set a timer", "Set a timer for", "Set a timer for ten", "Set a timer for ten minutes."]
        let odds = steps.map { TextCompleteness($0).logOdds }
        #expect(odds.dropLast().allSatisfy { $0 < -1 })
        #expect(odds[3] > 1)
    }
}
