#if Cloud
    import CryptoExtras
    import Foundation
    import RiposteCore

    /// A service account: who signs with a key of its own to be given tokens. Read from the JSON file that Google's console
    /// makes.
    public struct GoogleServiceAccount: Sendable {
        /// The account's address, as "speech@project.iam.gserviceaccount.com".
        public let email: String
        /// Where signatures are exchanged for tokens.
        public let tokenURL: URL
        private let keyIdentifier: String?
        private let key: _RSA.Signing.PrivateKey

        private struct File: Decodable {
            var type: String?
            var clientEmail: String?
            var privateKey: String?
            var privateKeyId: String?
            var tokenUri: String?
        }

        /// Reads a key file.
        /// - Throws: `.badInput` that says what is wrong with the file, without showing what is in it.
        public init(file path: String) throws {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Self.error("The service account's key file \(path) cannot be read.")
            }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            guard let file = try? decoder.decode(File.self, from: data) else {
                throw Self.error("\(path) is no key file: it is not the JSON that Google's console makes.")
            }
            guard file.type == nil || file.type == "service_account" else {
                throw Self.error("\(path) holds credentials of type \(file.type ?? ""), not of a service account.")
            }
            guard let email = file.clientEmail, let pem = file.privateKey else {
                throw Self.error("\(path) is no service account's key file: client_email or private_key is missing.")
            }
            guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem) else {
                throw Self.error("The private key in \(path) cannot be read: it is no RSA key in PEM form.")
            }
            let address = file.tokenUri ?? "https://oauth2.googleapis.com/token"
            guard let url = URL(string: address), url.scheme == "https" || GoogleEndpoint.isLoopback(url.host()) else {
                throw Self.error("The token_uri in \(path) is not of https.")
            }
            self.email = email
            self.key = key
            keyIdentifier = file.privateKeyId
            tokenURL = url
        }

        private struct Header: Encodable {
            var alg = "RS256"
            var typ = "JWT"
            var kid: String?
        }

        private struct Claims: Encodable {
            var iss: String
            var scope = "https://www.googleapis.com/auth/cloud-platform"
            var aud: String
            var iat: Int
            var exp: Int
        }

        /// A signed request for a token (RFC 7523), good for an hour.
        func assertion(at date: Date) throws -> String {
            let now = Int(date.timeIntervalSince1970)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let claims = Claims(iss: email, aud: tokenURL.absoluteString, iat: now, exp: now + 3600)
            let parts = [try encoder.encode(Header(kid: keyIdentifier)), try encoder.encode(claims)]
            let text = parts.map(Self.base64URL).joined(separator: ".")
            let signature = try key.signature(for: Data(text.utf8), padding: .insecurePKCS1v1_5)
            return text + "." + Self.base64URL(signature.rawRepresentation)
        }

        private static func base64URL(_ data: Data) -> String {
            data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }

        private static func error(_ message: String) -> RiposteError {
            RiposteError(.badInput, .configuration, message)
        }
    }
#endif
