import RiposteCore
import RiposteListening

/// How the words of a turn grow, by its partial transcripts.
struct WordGrowth: Sendable {
    let turn: Int
    /// Letters only: a full stop that comes and goes is no growth.
    var letters: String
    /// Until where the sound had been given when these words were first understood.
    var since: Int
    /// How often the same words were understood.
    var times = 1

    static func letters(of text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
}

// A television doesn't hold the turn open.
extension Session {
    /// Takes note of the next window.
    /// - Returns: where the user stopped, when it just turned out that what sounds is not theirs.
    func hearBackground(_ window: Range<Int>) -> Int? {
        let isTurn = if case .hearing = machine.state { true } else { false }
        return background?.hear(loudness?.level, window: window, isTurn: isTurn)
    }

    /// A voice goes on, but not the user's: they have paused, and the turn's sound ends there.
    func setAside(since position: Int, at now: Int) {
        guard case .hearing(let turn) = machine.state, unconfirmedStart == nil,
            case .pauseStarted(let end) = detector.withdrawSpeech(since: position)
        else { return }
        let (id, soundEnd) = (turn.revision.turn, min(recent.end, end + Self.backgroundKept))
        if let context = turns[id] {
            // The recogniser has had some of what is not the user's: it begins anew.
            let recognition = TurnRecognition(transcriber: parts.transcriber, request: configuration.recognition)
            recognition.append(Array(recent.from(context.audioStart).dropLast(recent.end - soundEnd)))
            turns[id]?.recognition = recognition
            turns[id]?.recognisedEnd = soundEnd
        }
        growth = nil
        apply(.paused(end: end), at: now)
        weigh(pauseAt: end, soundEnd: soundEnd)
    }

    /// So much of the background is left behind the user's words: a last consonant is as soft. 0.1 s.
    static let backgroundKept = 1_600

    /// A turn has been understood so far. Whole words that don't grow while voice activity goes on are all there is.
    func followGrowth(of text: String, in turn: Turn) {
        guard let limit = configuration.background?.wordsStandFor else { return }
        let letters = WordGrowth.letters(of: text)
        guard var known = growth, known.turn == turn.revision.turn, known.letters == letters else {
            growth = WordGrowth(turn: turn.revision.turn, letters: letters, since: lastPartial)
            return
        }
        known.times += 1
        growth = known
        let whole = configuration.endOfTurn?.configuration.wholeText ?? EndOfTurnPolicy.Configuration().wholeText
        guard known.times >= 3, Double(lastPartial - known.since) >= limit * Double(Waterfall.sampleRate),
            TextCompleteness(text).logOdds >= whole, detector.state == .speaking, background?.isBackground == false
        else { return }
        background?.setAside(at: clock.position)
        setAside(since: known.since, at: clock.position)
    }
}
