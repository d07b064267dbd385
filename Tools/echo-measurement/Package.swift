// swift-tools-version: 6.1
import PackageDescription

// Runs the echo canceller over the rooms of simulate.py: swift run -c release cancel SCENES RESULTS
let package = Package(
    name: "echo-measurement",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "riposte", path: "../..")],
    targets: [
        .executableTarget(
            name: "cancel",
            dependencies: [
                .product(name: "RiposteAudio", package: "riposte"), .product(name: "RiposteCore", package: "riposte"),
            ],
            path: "Cancel")
    ]
)
