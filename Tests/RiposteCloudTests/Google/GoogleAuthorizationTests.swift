#if Cloud
    import CryptoExtras
    import Foundation
    import RiposteCloud
    import RiposteCore
    import Synchronization
    import Testing

    @Suite(
        .enabled(if: GoogleServer.python != nil, GoogleServer.hint), .serialized, .timeLimit(.minutes(10)))
    final class GoogleAuthorizationTests {
        private let folder: URL
        private let key: _RSA.Signing.PrivateKey
        private let publicKey: String

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "riposte-keys-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            publicKey = folder.appending(path: "public.pem").path
            try key.publicKey.pemRepresentation.write(toFile: publicKey, atomically: true, encoding: .utf8)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        private func keyFile(_ server: GoogleServer, key: String? = nil) throws -> String {
            let path = folder.appending(path: "account-\(UUID()).json").path
            let file = [
                "type": "service_account", "client_email": "speech@riposte.example", "private_key_id": "k1",
                "private_key": key ?? self.key.pkcs8PEMRepresentation,
                "token_uri": try server.web().appending(path: "token").absoluteString,
            ]
            try JSONSerialization.data(withJSONObject: file).write(to: URL(filePath: path))
            return path
        }

        /// A server whose tokens last so many seconds, and an account there.
        private func account(expires: Int) throws -> (GoogleServer, GoogleServiceAccount) {
            let server = try GoogleServer(["public_key": publicKey, "expires": expires])
            return (server, try GoogleServiceAccount(file: try keyFile(server)))
        }

        private func transcriber(_ server: GoogleServer, _ authorization: GoogleAuthorization) throws
            -> GoogleTranscriber
        {
            GoogleTranscriber(authorization, endpoint: try server.endpoint())
        }

        @Test func signsForATokenAndKeepsIt() async throws {
            let server = try GoogleServer(["public_key": publicKey])
            let credentials = try GoogleCredentials(
                environment: ["GOOGLE_APPLICATION_CREDENTIALS": try keyFile(server), "RIPOSTE_GOOGLE_KEY": "unused"])
            let transcriber = try transcriber(server, GoogleAuthorization(credentials))
            try await transcriber.load()
            async let first = transcriber.transcribe(SpokenLevels.speech([1]))
            async let second = transcriber.transcribe(SpokenLevels.speech([2]))
            #expect(try await [first.text, second.text] == ["word1", "word2"])
            let tokens = try server.tokens()
            #expect(tokens.count == 1)
            #expect(tokens[0]["by"] as? String == "speech@riposte.example")
            #expect(tokens[0]["kid"] as? String == "k1")
        }

        @Test func renewsATokenBeforeItExpires() async throws {
            let (server, account) = try account(expires: 1000)
            let clock = LaterClock()
            let authorization = GoogleAuthorization(.serviceAccount(account)) { clock.now }
            func token() async throws -> String { try #require(try await authorization.headers().first).value }
            let first = try await token()
            clock.later = 700
            #expect(try await token() == first)
            clock.later = 200
            await authorization.forget()
            #expect(try await token() != first)
            #expect(try server.tokens().count == 2)
        }

        /// A call in the last minutes of a token neither waits for the next one nor goes without it for long.
        @Test func nobodyWaitsForTheNextToken() async throws {
            let (server, account) = try account(expires: 400)
            let clock = LaterClock()
            let authorization = GoogleAuthorization(.serviceAccount(account)) { clock.now }
            func token() async throws -> String { try #require(try await authorization.headers().first).value }
            let first = try await token()
            clock.later = 100
            #expect(try await token() == first)
            clock.later = 200
            #expect(try await token() == first, "the old one lasts 200 s more")
            for _ in 0..<500 where try await token() == first { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await token() != first)
            #expect(try server.tokens().count == 2)
        }

        @Test func asksTheMetadataServer() async throws {
            let server = try GoogleServer(["token": "never given"])
            let host = try server.web()
            let credentials = try GoogleCredentials(
                environment: ["GCE_METADATA_HOST": "\(host.host() ?? ""):\(host.port ?? 0)"])
            let transcriber = try transcriber(server, GoogleAuthorization(credentials))
            #expect(try await transcriber.transcribe(SpokenLevels.speech([3])).text == "word3")
            #expect(try server.tokens().first?["by"] as? String == "metadata")
        }

        /// Nothing that is secret is in what is said about it.
        private func check(
            _ error: RiposteError?, _ secrets: [String], sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(error?.code == .badInput, "\(error?.message ?? "")", sourceLocation: sourceLocation)
            for secret in secrets {
                #expect(error?.message.contains(secret) == false, sourceLocation: sourceLocation)
                #expect(String(describing: error?.underlying).contains(secret) == false, sourceLocation: sourceLocation)
            }
        }

        @Test func saysThatAKeyIsWrong() async throws {
            let server = try GoogleServer(["key": "right-key"])
            #expect(
                try await transcriber(server, GoogleAuthorization(.key("right-key")))
                    .transcribe(SpokenLevels.speech([1])).text == "word1")
            let error = await #expect(throws: RiposteError.self) {
                try await self.transcriber(server, GoogleAuthorization(.key("wrong-key"))).transcribe(
                    SpokenLevels.speech([1]))
            }
            check(error, ["wrong-key"])
            let key = GoogleCredentials.key("wrong-key")
            #expect(String(describing: key).contains("wrong-key") == false)
            #expect(String(reflecting: key).contains("wrong-key") == false)
        }

        @Test func saysThatAnAccountIsRefused() async throws {
            let server = try GoogleServer(["public_key": publicKey])
            let other = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            let account = try GoogleServiceAccount(file: try keyFile(server, key: other.pkcs8PEMRepresentation))
            let error = await #expect(throws: RiposteError.self) {
                try await self.transcriber(server, GoogleAuthorization(.serviceAccount(account))).load()
            }
            check(error, [String(other.pkcs8PEMRepresentation.dropFirst(40).prefix(40))])
            #expect(error?.message.contains("speech@riposte.example") == true)
        }

        @Test func saysThatATokenHasExpired() async throws {
            let server = try GoogleServer(["token": "another"])
            let host = try server.web()
            let credentials = try GoogleCredentials(
                environment: ["GCE_METADATA_HOST": "\(host.host() ?? ""):\(host.port ?? 0)"])
            let authorization = GoogleAuthorization(credentials)
            let wrong = try await authorization.headers()
            #expect(wrong.count == 1)
            let elsewhere = try GoogleServer(["token": "another"])
            let error = await #expect(throws: RiposteError.self) {
                try await GoogleTranscriber(authorization, endpoint: try elsewhere.endpoint())
                    .transcribe(SpokenLevels.speech([1]))
            }
            check(error, wrong.map { String($0.value.dropFirst(7)) })
            // The refused token is not shown again.
            #expect(try await authorization.headers().first?.value != wrong[0].value)
        }

        @Test func saysWhatIsWrongWithAFile() throws {
            let server = try GoogleServer()
            let path = folder.appending(path: "file.json").path
            let texts: [(String, String)] = [
                ("not json", "no key file"), (#"{"type":"authorized_user"}"#, "authorized_user"),
                (#"{"type":"service_account"}"#, "missing"),
                (#"{"client_email":"a@b","private_key":"very secret"}"#, "no RSA key"),
            ]
            for (text, expected) in texts {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                let error = #expect(throws: RiposteError.self) { try GoogleServiceAccount(file: path) }
                check(error, ["very secret"])
                #expect(error?.message.contains(expected) == true)
            }
            #expect(throws: RiposteError.self) { try GoogleServiceAccount(file: path + ".missing") }
            let good = try GoogleServiceAccount(file: try keyFile(server))
            #expect(good.email == "speech@riposte.example")
        }
    }

    /// The time, and seconds that are put on it.
    private final class LaterClock: Sendable {
        private let seconds = Mutex(0.0)

        var later: Double {
            get { seconds.withLock { $0 } }
            set { seconds.withLock { $0 = newValue } }
        }
        var now: Date { Date().addingTimeInterval(later) }
    }
#endif
