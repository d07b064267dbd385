import ArgumentParser
import RiposteCore

/// Which language is spoken: a code, several that it may be, or any.
struct LanguageChoice: ExpressibleByArgument {
    /// Empty: any.
    var codes: [String] = []

    init(codes: [String] = []) { self.codes = codes }

    init?(argument: String) {
        let codes = argument.lowercased().split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.filter { !$0.isWhitespace } }
        guard !codes.contains("") else { return nil }
        self.codes = codes == ["auto"] ? [] : codes
    }

    var defaultValueDescription: String { codes.isEmpty ? "auto" : codes.joined(separator: ",") }

    var request: TranscriptionRequest {
        var request = TranscriptionRequest(language: codes.count == 1 ? codes[0] : nil)
        if codes.count > 1 { request.candidateLanguages = codes }
        return request
    }
}

extension TranscriptionRequest.Task: ExpressibleByArgument {}
