import Foundation
import RiposteCore
import RiposteInference
import RiposteListening

/// What was learnt of phrases from recordings of them: a file for each beside the models.
struct WakeEnrolments {
    private let folder: URL

    init(store: ModelStore) { folder = store.root.appending(path: "wake-words", directoryHint: .isDirectory) }

    /// - Throws: `.corrupt` for a file that is none.
    func all(of phrases: [String]) throws -> [String: PhraseEnrolment] {
        var found: [String: PhraseEnrolment] = [:]
        for phrase in phrases {
            let file = file(of: phrase)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            do {
                found[phrase] = try JSONDecoder().decode(PhraseEnrolment.self, from: Data(contentsOf: file))
            } catch {
                throw RiposteError(
                    .corrupt, .wakeWord,
                    "\(file.path) is no enrolment. Remove it, or make it anew with: riposte listen --enrol",
                    underlying: error)
            }
        }
        return found
    }

    /// - Throws: `.storage`.
    func store(_ enrolment: PhraseEnrolment, of phrase: String) throws -> URL {
        let file = file(of: phrase)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            try encoder.encode(enrolment).write(to: file, options: .atomic)
        } catch {
            throw RiposteError(.storage, .wakeWord, "\(file.path) cannot be written.", underlying: error)
        }
        return file
    }

    private func file(of phrase: String) -> URL {
        let name = phrase.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
        return folder.appending(path: "\(name).json")
    }
}
