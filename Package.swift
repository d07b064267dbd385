// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "riposte",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "RiposteCore", targets: ["RiposteCore"]),
        .library(name: "RiposteAudio", targets: ["RiposteAudio"]),
        .library(name: "RiposteInference", targets: ["RiposteInference"]),
        .library(name: "RiposteListening", targets: ["RiposteListening"]),
        .library(name: "RiposteDialog", targets: ["RiposteDialog"]),
        .library(name: "RiposteMemory", targets: ["RiposteMemory"]),
        .library(name: "RiposteSpeaking", targets: ["RiposteSpeaking"]),
        .library(name: "RiposteConversation", targets: ["RiposteConversation"]),
        .library(name: "RiposteCloud", targets: ["RiposteCloud"]),
        .library(name: "RiposteServer", targets: ["RiposteServer"]),
        .library(name: "RiposteTesting", targets: ["RiposteTesting"]),
        .executable(name: "riposte", targets: ["riposte"]),
    ],
    traits: [
        .trait(name: "Cloud", description: "Google's speech services, by gRPC, which takes minutes to build.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Only with the trait Cloud: without it nothing of these is resolved or built.
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        // C libraries are opened at run time, so that the project builds and starts without them.
        .target(name: "COnnxRuntime", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CLibrary", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CPortAudio", dependencies: ["CLibrary"]),
        .target(name: "COpus", dependencies: ["CLibrary"]),
        .target(name: "CEspeak", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CSoundFile", dependencies: ["CLibrary"]),
        .target(name: "CPostgreSQL", dependencies: ["CLibrary"]),
        .target(name: "CPorcupine", dependencies: ["CLibrary"]),

        .target(name: "RiposteCore"),
        .target(name: "RiposteAudio", dependencies: ["RiposteCore", "CPortAudio", "COpus", "CSoundFile"]),
        .target(name: "RiposteInference", dependencies: ["RiposteCore", "COnnxRuntime"]),
        .target(name: "RiposteListening", dependencies: ["RiposteAudio", "RiposteInference", "CPorcupine"]),
        .target(
            name: "RiposteDialog",
            dependencies: [
                "RiposteInference", .product(name: "Yams", package: "Yams"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .target(
            name: "RiposteMemory",
            dependencies: ["RiposteCore", "CPostgreSQL", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(name: "RiposteSpeaking", dependencies: ["RiposteAudio", "RiposteInference", "CEspeak"]),
        .target(name: "RiposteConversation", dependencies: ["RiposteListening", "RiposteDialog", "RiposteSpeaking"]),
        .target(
            name: "RiposteCloud",
            dependencies: [
                "RiposteDialog", "RiposteSpeaking",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "GRPCCore", package: "grpc-swift-2", condition: .when(traits: ["Cloud"])),
                .product(
                    name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport",
                    condition: .when(traits: ["Cloud"])),
                .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["Cloud"])),
                .product(name: "CryptoExtras", package: "swift-crypto", condition: .when(traits: ["Cloud"])),
            ],
            exclude: ["Google/Protocol"]),
        .target(
            name: "RiposteServer",
            dependencies: [
                "RiposteConversation",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            // The web page is a part of the program, so that one file is enough to install.
            resources: [.embedInCode("Page")]),
        .target(name: "RiposteTesting", dependencies: ["RiposteCore"]),
        .executableTarget(
            name: "riposte",
            dependencies: [
                "RiposteCloud", "RiposteConversation", "RiposteMemory", "RiposteServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),

        .testTarget(name: "RiposteCoreTests", dependencies: ["RiposteCore", "RiposteTesting"]),
        .testTarget(
            name: "RiposteAudioTests", dependencies: ["RiposteAudio", "RiposteTesting"], exclude: ["Fixtures"]),
        .testTarget(name: "RiposteInferenceTests", dependencies: ["RiposteInference", "RiposteTesting"]),
        .testTarget(
            name: "RiposteListeningTests", dependencies: ["RiposteListening", "RiposteTesting"], exclude: ["Fixtures"]),
        .testTarget(
            name: "RiposteDialogTests", dependencies: ["RiposteDialog", "RiposteTesting"], exclude: ["Fixtures"]),
        .testTarget(
            name: "RiposteMemoryTests",
            dependencies: ["RiposteMemory", "RiposteTesting", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(
            name: "RiposteSpeakingTests", dependencies: ["RiposteSpeaking", "RiposteTesting"], exclude: ["Fixtures"]),
        .testTarget(
            name: "RiposteConversationTests", dependencies: ["RiposteConversation", "RiposteTesting"],
            exclude: ["Recordings"]),
        .testTarget(
            name: "RiposteCloudTests",
            dependencies: [
                "riposte", "RiposteCloud", "RiposteServer", "RiposteTesting", "RiposteAudio",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "CryptoExtras", package: "swift-crypto", condition: .when(traits: ["Cloud"])),
            ],
            exclude: ["Server"]),
        .testTarget(
            name: "RiposteServerTests",
            dependencies: [
                "RiposteServer", "RiposteAudio", "RiposteMemory", "RiposteTesting",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ]),
        .testTarget(
            name: "CommandTests",
            dependencies: ["riposte", "RiposteTesting", "RiposteAudio", "RiposteSpeaking", "RiposteMemory"],
            exclude: ["Browser"]),
    ]
)
