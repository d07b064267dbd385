import Foundation
import RiposteConversation
import RiposteCore
import RiposteTesting
import Testing

@testable import riposte

/// A recogniser that tells what becomes of its model.
private struct WatchedTranscriber: Transcriber {
    enum Change: Sendable, Equatable { case loaded, unloaded }

    let name = "watched"
    let changes: AsyncStream<Change>
    private let told: AsyncStream<Change>.Continuation

    init() { (changes, told) = AsyncStream.makeStream() }

    func load() { told.yield(.loaded) }
    func unload() { told.yield(.unloaded) }

    func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription {
        await ScriptedTranscriber([]).beginUtterance(request)
    }
}

@Suite(.timeLimit(.minutes(10))) struct DormancyTests {
    @Test func letsGoAsleepAndComesBackAwake() async {
        let transcriber = WatchedTranscriber()
        let dormancy = Dormancy(transcriber, ScriptedSynthesizer(), delay: .milliseconds(1))
        var changes = transcriber.changes.makeAsyncIterator()
        await dormancy.told(.asleep)
        #expect(await changes.next() == .unloaded)
        await dormancy.told(.woke("computer"))
        #expect(await changes.next() == .loaded)
    }

    @Test func letsGoAgainOfWhatRangInItsSleep() async {
        let transcriber = WatchedTranscriber()
        let dormancy = Dormancy(transcriber, ScriptedSynthesizer(), delay: .milliseconds(1))
        var changes = transcriber.changes.makeAsyncIterator()
        await dormancy.told(.asleep)
        #expect(await changes.next() == .unloaded)
        await dormancy.told(.alarm(Alarm(id: "tea", due: Date(), text: "Your tea is ready.", duration: 60)))
        #expect(await changes.next() == .unloaded)
    }

    @Test func keepsWhatRingsAwake() async {
        let transcriber = WatchedTranscriber()
        let dormancy = Dormancy(transcriber, ScriptedSynthesizer(), delay: .milliseconds(1))
        var changes = transcriber.changes.makeAsyncIterator()
        await dormancy.told(.asleep)
        #expect(await changes.next() == .unloaded)
        await dormancy.told(.woke("computer"))
        #expect(await changes.next() == .loaded)
        await dormancy.told(.alarm(Alarm(id: "tea", due: Date(), text: "Your tea is ready.", duration: 60)))
        // Time enough for what must not happen.
        try? await Task.sleep(for: .milliseconds(100))
        await dormancy.told(.asleep)
        // Had the alarm set it off, there would be one more of these before the next change.
        #expect(await changes.next() == .unloaded)
        await dormancy.told(.woke("computer"))
        #expect(await changes.next() == .loaded)
    }
}
