import CPortAudio
import RiposteCore

/// A microphone or loudspeaker of the machine.
public struct SoundDevice: Sendable, Equatable {
    /// Which device to use.
    public enum Selection: Sendable, Equatable {
        /// The system's own choice.
        case standard
        case index(Int)
        /// The first whose name contains this, whatever the case of the letters.
        case name(String)

        /// What a person writes: nothing or `default`, an index, or a part of a name.
        public init(_ text: String) {
            if text.isEmpty || text.lowercased() == "default" {
                self = .standard
            } else if let index = Int(text) {
                self = .index(index)
            } else {
                self = .name(text)
            }
        }
    }

    /// PortAudio's number for it; may change when devices are plugged in.
    public var index: Int
    public var name: String
    /// The system it belongs to: ALSA, JACK, Core Audio.
    public var host: String
    /// 0 for what is no microphone.
    public var inputChannels: Int
    /// 0 for what is no loudspeaker.
    public var outputChannels: Int
    /// Its own rate, in hertz.
    public var sampleRate: Int
    public var isDefaultInput: Bool
    public var isDefaultOutput: Bool

    /// Every device there is now.
    /// - Throws: `.libraryMissing` without PortAudio, `.deviceUnavailable` when the sound system does not start.
    public static func all() throws -> [SoundDevice] { try PortAudioLibrary.shared.use { list() } }

    /// The devices; only while the library is in use.
    static func list() -> [SoundDevice] {
        let (input, output) = (riposte_pa_default_input(), riposte_pa_default_output())
        return (0..<max(0, riposte_pa_device_count())).compactMap { index in
            var info = riposte_pa_device()
            guard riposte_pa_device_info(index, &info) == 0 else { return nil }
            return SoundDevice(
                index: Int(index), name: info.name.map { String(cString: $0) } ?? "",
                host: info.host.map { String(cString: $0) } ?? "", inputChannels: Int(info.input_channels),
                outputChannels: Int(info.output_channels), sampleRate: Int(info.sample_rate.rounded()),
                isDefaultInput: index == input, isDefaultOutput: index == output)
        }
    }

    /// The device meant; only while the library is in use.
    static func find(_ selection: Selection, isInput: Bool) throws -> SoundDevice {
        let devices = list().filter { (isInput ? $0.inputChannels : $0.outputChannels) > 0 }
        let kind = isInput ? "microphone" : "loudspeaker"
        let (found, what): (SoundDevice?, String)
        switch selection {
        case .standard:
            found = devices.first { isInput ? $0.isDefaultInput : $0.isDefaultOutput } ?? devices.first
            what = "There is no \(kind)"
        case .index(let index):
            found = devices.first { $0.index == index }
            what = "There is no \(kind) number \(index)"
        case .name(let name):
            found = devices.first { $0.name.lowercased().contains(name.lowercased()) }
            what = "No \(kind) is called “\(name)”"
        }
        guard let found else {
            throw RiposteError(.deviceUnavailable, .audio, "\(what). `riposte doctor` lists the devices.")
        }
        return found
    }
}
