import ArgumentParser
import Foundation
import RiposteCore
import RiposteInference
import RiposteListening

extension ModelsCommand {
    /// A Whisper model of the user's own.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a Whisper model of your own among the models.",
            discussion: """
                Takes a folder of CTranslate2's (as faster-whisper uses them) or a ggml file of whisper.cpp's, of any size \
                from tiny to large-v3 and turbo, and says what it is. The file is read, not kept. Afterwards it is there \
                under whisper-NAME, for every command with --model.
                """)

        @Argument(help: "A CTranslate2 folder or a ggml file.", completion: .file())
        var path: String

        @Option(help: "What to call it: whisper-NAME. Default: after its size, as whisper-small.")
        var name: String?

        @Flag(help: "Replace another model that was imported under that name.")
        var force = false

        func run() async throws {
            let whisper = try WhisperImport(URL(fileURLWithPath: path))
            let model = try whisper.modelImport(name: name)
            print("\(path): \(whisper.summary)")
            let display = FetchDisplay()
            defer { display.finish() }
            let outcome = try await ModelsCommand.store.add(model, force: force) { display.show($0) }
            let full = model.preparer.name
            switch outcome {
            case .imported: print("Imported as \(full). Use it with: riposte transcribe --model \(full) FILE.wav")
            case .wasThere: print("It was there already, as \(full).")
            }
        }
    }
}
