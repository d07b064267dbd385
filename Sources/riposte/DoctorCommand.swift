import ArgumentParser
import Foundation
import RiposteAudio
import RiposteCore
import RiposteInference
import RiposteMemory
import RiposteSpeaking

/// What works on this machine, and what to do about the rest.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Shows what works on this machine and what to install for the rest.")

    @OptionGroup var cloud: CloudOptions

    @OptionGroup var languageModel: LanguageModelOptions

    func run() async throws {
        let store = ModelsCommand.store
        print(
            "  Machine: \(ProcessInfo.processInfo.activeProcessorCount) processors, "
                + "\(ProcessInfo.processInfo.physicalMemory >> 30) GB of memory")
        print("\n  Models, in \(store.root.path):")
        var (missing, isNewer) = ([String](), false)
        for model in store.catalogue.models where model.isDefault {
            switch store.status(of: model.name) {
            case .ready: say(true, model.name, model.purpose)
            case .missing: missing.append(model.name)
            case .outdated(let why), .damaged(let why):
                missing.append(model.name)
                say(false, model.name, why)
            case .newer(let why):
                say(false, model.name, "made by a newer version of Riposte: \(why)")
                isNewer = true
            }
        }
        for name in missing { say(false, name, "missing; get it with: riposte models fetch \(name)") }
        print("\n  Libraries:")
        var works = missing.isEmpty && !isNewer
        do {
            say(true, "ONNX Runtime", try OnnxRuntime.shared().version)
        } catch {
            works = false
            say(false, "ONNX Runtime", (error as? RiposteError)?.message ?? "\(error)")
        }
        optionalLibraries()
        devices()
        await departures()
        print(
            works
                ? "\n  Ready: try riposte demo, or riposte talk."
                : "\n  Not ready for a conversation yet: see the lines marked ✗.")
        if !works { throw ExitCode(Failure.somethingMissing) }
    }

    /// What is good to have, and nothing waits for.
    private func optionalLibraries() {
        let voices = VoiceCatalogue(store: ModelsCommand.store).voices.count { $0.engine == "espeak-ng" }
        say(
            voices > 0, "espeak-ng",
            voices > 0 ? "\(voices) voices" : "only for its own voices: apt install libespeak-ng1")
        say(
            OpusLibrary.version != nil, "Opus",
            OpusLibrary.version ?? "only to write .opus files: apt install libopus0")
        say(
            SoundFileLibrary.version != nil, "libsndfile",
            SoundFileLibrary.version ?? "only for FLAC, MP3 and Ogg files: apt install libsndfile1")
        say(
            FFmpegProgram.executable != nil, "ffmpeg",
            FFmpegProgram.executable?.path ?? "only for M4A, WebM and AAC files: apt install ffmpeg")
        say(
            PostgreSQLLibrary.version != nil, "libpq",
            PostgreSQLLibrary.version ?? "only to keep conversations in PostgreSQL: apt install libpq5")
    }

    /// Lists sound devices. Without any, everything but microphone and loudspeaker still works.
    private func devices() {
        do {
            let devices = try SoundDevice.all()
            say(true, "PortAudio", "\(devices.count) sound devices")
            if devices.isEmpty {
                print("      Without one, talk takes --input and --output files; or start a sound server.")
            } else {
                print("\n  Sound devices (choose with --microphone and --loudspeaker, by index or name):")
            }
            for device in devices {
                var roles: [String] = []
                if device.inputChannels > 0 {
                    roles.append(device.isDefaultInput ? "default microphone" : "microphone")
                }
                if device.outputChannels > 0 {
                    roles.append(device.isDefaultOutput ? "default loudspeaker" : "loudspeaker")
                }
                print("    \(device.index)  \(device.name) — \(roles.joined(separator: ", "))")
            }
        } catch {
            say(false, "PortAudio", (error as? RiposteError)?.message ?? "\(error)")
        }
    }

    /// What would leave this machine, with the options given here.
    private func departures() async {
        print("\n  What would leave this machine with these options:")
        let lines = await DepartureReport(cloud: cloud, languageModel: languageModel).lines()
        for line in lines { say(line.isFine, line.name, line.detail) }
        if cloud.isOffline {
            say(true, "offline", "services elsewhere are not asked, whatever other options say")
        } else if lines.isEmpty {
            say(true, "nothing", "only --stt, --tts and --language-model could change that")
        }
    }

    private func say(_ isFine: Bool, _ name: String, _ detail: String) {
        print("    \(isFine ? "✓" : "✗") \(name): \(detail)")
    }
}
