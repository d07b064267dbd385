#if Cloud
    import RiposteCloud
    import RiposteCore

    /// Google's engines, as the options name them. One authorisation serves all of them.
    enum GoogleServices {
        static func transcriber(_ choice: ServiceChoice, _ usage: CloudUsage) throws -> GoogleTranscriber {
            var configuration = GoogleTranscriber.Configuration()
            if let model = choice.model { configuration.model = model }
            return GoogleTranscriber(
                try authorization(choice), endpoint: try endpoint(choice) ?? .speech, configuration: configuration,
                usage: usage)
        }

        static func synthesizer(_ choice: ServiceChoice, _ usage: CloudUsage) throws -> GoogleSynthesizer {
            var configuration = GoogleSynthesizer.Configuration()
            if let voice = choice.model { configuration.voice = voice }
            return GoogleSynthesizer(
                try authorization(choice), endpoint: try endpoint(choice) ?? .voice, configuration: configuration,
                usage: usage)
        }

        /// What stands in Google's place on this machine is shown no credentials unless some are named.
        private static func authorization(_ choice: ServiceChoice) throws -> GoogleAuthorization {
            let credentials = try GoogleCredentials()
            if choice.isOnThisMachine, case .metadataServer = credentials { return GoogleAuthorization(.none) }
            return GoogleAuthorization(credentials)
        }

        private static func endpoint(_ choice: ServiceChoice) throws -> GoogleEndpoint? {
            try choice.url.map {
                try GoogleEndpoint($0, rootCertificates: CloudOptions.environment("RIPOSTE_GOOGLE_ROOTS"))
            }
        }
    }
#endif
