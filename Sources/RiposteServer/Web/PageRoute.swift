import HTTPTypes
import Hummingbird
import NIOCore
import RiposteAudio

/// The web page, which is a part of the program: `/`, the files it is made of, and what can be chosen on it.
struct PageRoute {
    let engines: SpeechEngines

    private struct File {
        var path: String
        var type: String
        var bytes: [UInt8]
    }

    private static var files: [File] {
        [
            File(path: "/", type: "text/html; charset=utf-8", bytes: PackageResources.index_html),
            File(path: "/page/page.css", type: "text/css; charset=utf-8", bytes: PackageResources.page_css),
            File(path: "/page/icon.svg", type: "image/svg+xml", bytes: PackageResources.icon_svg),
            script("page", PackageResources.page_js),
            script("talk", PackageResources.talk_js),
            script("log", PackageResources.log_js),
            script("sound", PackageResources.sound_js),
            script("sound-worklet", PackageResources.sound_worklet_js),
            script("waterfall", PackageResources.waterfall_js),
        ]
    }

    private static func script(_ name: String, _ bytes: [UInt8]) -> File {
        File(path: "/page/\(name).js", type: "text/javascript; charset=utf-8", bytes: bytes)
    }

    private static let paths = Set(files.map(\.path))

    /// Whether a path is a file of the page, which tells nothing that needs a token.
    static func isPage(_ path: String) -> Bool { paths.contains(path) }

    /// Nothing but what comes from here: no other scripts, none in the page itself, nobody's frame.
    private static let headers: HTTPFields = {
        var fields: HTTPFields = [
            .contentSecurityPolicy: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            .xContentTypeOptions: "nosniff", .cacheControl: "no-cache",
        ]
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("Permissions-Policy", "microphone=(self), camera=(), geolocation=()"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()

    private struct Choices: Encodable {
        struct Voice: Encodable {
            var name: String
            var language: String
            var engine: String
        }
        var projects: [String]
        var voices: [Voice]
        var voice: String
        /// Whether sound can go as Opus.
        var opus: Bool
    }

    func add(to router: Router<ServerContext>) {
        for file in Self.files {
            router.get(RouterPath(file.path)) { _, _ in
                var headers = Self.headers
                headers[.contentType] = file.type
                return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
            }
        }
        let choices = Choices(
            projects: [],
            voices: engines.voices.map { .init(name: $0.name, language: $0.language, engine: $0.engine) },
            voice: engines.defaultVoice, opus: OpusLibrary.version != nil)
        router.get("/page/choices") { _, _ in
            // Who answers can change while the server runs.
            var present = choices
            present.projects = engines.personas.map(\.name)
            return JSONAnswer.response(present)
        }
    }
}
