import Foundation
import RiposteCore
import Testing

@testable import RiposteCloud

@Suite struct OpenAITranscriptReaderTests {
    private static let stream = """
        event: transcript.text.delta\r
        data: {"type":"transcript.text.delta","delta":"Grüße ","logprobs":[{"token":"a","logprob":-0.2}]}\r
        \r
        : nothing

        data: {"type":"transcript.text.delta",
        data:  "delta":"an alle."}

        data: {"type":"something.new"}

        data: {"type":"transcript.text.done","text":"Grüße an alle.","logprobs":[{"logprob":-0.1},{"logprob":-0.3}]}

        data: [DONE]

        """

    /// However the bytes are cut.
    @Test(arguments: [1, 2, 3, 7, 100, 10_000]) func readsEventsAsTheyCome(length: Int) throws {
        var reader = OpenAITranscriptReader()
        let bytes = Data(Self.stream.utf8)
        var texts: [String] = []
        for start in stride(from: 0, to: bytes.count, by: length) {
            if try reader.read(bytes[start..<min(start + length, bytes.count)]) { texts.append(reader.text) }
        }
        #expect(texts.last == "Grüße an alle.")
        if length < 100 { #expect(texts == ["Grüße ", "Grüße an alle."]) }
        let transcript = try reader.transcript(.init(language: "de"), assumedConfidence: 0.5)
        #expect(transcript.text == "Grüße an alle.")
        #expect(transcript.language == "de")
        #expect(abs(transcript.confidence - exp(-0.2)) < 1e-9)
    }

    @Test func readsAnAnswerThatIsNotStreamed() throws {
        var reader = OpenAITranscriptReader()
        for piece in [" \n", #"{"text":"#, #""Hello.","language":"english"}"#] {
            #expect(try reader.read(Data(piece.utf8)) == false)
        }
        let transcript = try reader.transcript(.init(language: nil), assumedConfidence: 0.5)
        #expect(transcript.text == "Hello.")
        #expect(transcript.language == "en")
        #expect(transcript.confidence == 0.5)
    }

    @Test func saysWhatIsWrong() throws {
        func failure(_ text: String) -> RiposteError? {
            var reader = OpenAITranscriptReader()
            do {
                _ = try reader.read(Data(text.utf8))
                _ = try reader.transcript(.init(), assumedConfidence: 0.5)
                return nil
            } catch { return error as? RiposteError }
        }
        let broken = "data: {\"type\":\"transcript.text.delta\",\"delta\":\"One\"}\n\n"
        #expect(failure(broken)?.message == "The transcript breaks off.")
        #expect(failure("")?.message == "The transcript breaks off.")
        let fault = "data: {\"type\":\"error\",\"error\":{\"message\":\"The model is away.\"}}\n\n"
        #expect(failure(fault)?.message.contains("The model is away.") == true)
        for garbage in ["data: nothing\n\n", "{\"text\":", "data: " + String(repeating: "x", count: 2_000_000)] {
            #expect(failure(garbage)?.code == .engineFailed)
        }
    }
}
