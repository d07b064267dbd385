import Foundation
import Testing

/// A server that a test talks to: Python's own HTTP server, with a handler of the test's.
final class PythonServer {
    private let process = Process()
    let port: Int

    /// - Parameter handler: the body of a method with `kind`, the first part of the path, and `body`, the JSON.
    init(_ handler: String) throws {
        let output = Pipe()
        let indented = handler.split(separator: "\n").map { "        " + $0 }.joined(separator: "\n")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-u", "-c", Self.before + indented + "\n" + Self.after]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    deinit {
        // Not asked to end: what is started on a thread of the pool may have inherited that the request is blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func url(_ path: String) throws -> URL { try #require(URL(string: "http://127.0.0.1:\(port)/\(path)")) }

    private static let before = """
        import json, time, http.server
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *a): pass
            def begin(self, status=200):
                self.send_response(status)
                self.end_headers()
            def write(self, data):
                self.wfile.write(data)
                self.wfile.flush()
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    self.handle_call(self.path.split("/")[1], body)
                except OSError:
                    pass
            def handle_call(self, kind, body):

        """

    private static let after = """
        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
        server = Server(("127.0.0.1", 0), Handler)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
}
