// Sizes and hashes are those of the published packages; each was taken from the package itself.

extension ModelCatalogue {
    static let onnxRuntime = Model(
        name: "onnxruntime", version: "1.32.0", purpose: "runs all the models",
        licence: "MIT", isDefault: true,
        sources: [
            .init(
                platform: .linuxAmd64,
                wheels: [
                    .init(
                        "onnxruntime", "1.32.0",
                        sha256: "5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d",
                        byteCount: 27_773_237, tags: ["--platform", "manylinux_2_28_x86_64", "--abi", "cp311"])
                ],
                files: [
                    .init(
                        "libonnxruntime.so", byteCount: 34_824_680,
                        sha256: "6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f",
                        members: "onnxruntime/capi/libonnxruntime.so.1.32.0"),
                    .init(
                        "LICENSE", byteCount: 1073,
                        sha256: "2f07c72751aed99790b8a4869cf2311df85a860b22ded05fa22803587a48922c",
                        members: "onnxruntime/LICENSE"),
                    .init(
                        "ThirdPartyNotices.txt", byteCount: 334795,
                        sha256: "d8696258afcf9df7827a5e01d6b6d55ee9b461b4e82020f5f48242deb9cc2270",
                        members: "onnxruntime/ThirdPartyNotices.txt"),
                ]),
            .init(
                platform: .linuxArm64,
                wheels: [
                    .init(
                        "onnxruntime", "1.32.0",
                        sha256: "2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c",
                        byteCount: 23_195_070, tags: ["--platform", "manylinux_2_28_aarch64", "--abi", "cp311"])
                ],
                files: [
                    .init(
                        "libonnxruntime.so", byteCount: 27_165_936,
                        sha256: "49852228a93995158b2a813d4df487d47a1b76b0eaa894507ef49e91b6d7954a",
                        members: "onnxruntime/capi/libonnxruntime.so.1.32.0"),
                    .init(
                        "LICENSE", byteCount: 1073,
                        sha256: "2f07c72751aed99790b8a4869cf2311df85a860b22ded05fa22803587a48922c",
                        members: "onnxruntime/LICENSE"),
                    .init(
                        "ThirdPartyNotices.txt", byteCount: 334795,
                        sha256: "d8696258afcf9df7827a5e01d6b6d55ee9b461b4e82020f5f48242deb9cc2270",
                        members: "onnxruntime/ThirdPartyNotices.txt"),
                ]),
        ])

    static let sileroVoiceActivity = Model(
        name: "silero-vad", version: "6.2.3", purpose: "hears whether somebody speaks",
        licence: "MIT", isDefault: true,
        sources: [
            .init(
                wheels: [
                    .init(
                        "silero-vad", "6.2.3",
                        sha256: "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
                        byteCount: 11_317_527)
                ],
                files: [
                    .init(
                        "silero_vad_16k_op15.onnx", byteCount: 1_289_603,
                        sha256: "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
                        members: "silero_vad/data/silero_vad_16k_op15.onnx"),
                    .init(
                        "LICENSE", byteCount: 1075,
                        sha256: "2e63e9a38b6e8fc0c7bc37ce174caca1862870856c6daf5697cfb785e925520b",
                        members: "silero_vad-6.2.3.dist-info/licenses/LICENSE"),
                ])
        ])

    static let smartTurn = Model(
        name: "smart-turn", version: "3.2", purpose: "tells a pause from the end of a turn",
        licence: "BSD-2-Clause", isDefault: true,
        sources: [
            .init(
                wheels: [
                    .init(
                        "pipecat-ai", "1.14.0",
                        sha256: "0352f504b44e78bdf524e45af4bc759601c835b9b7dc195efe5e03384b974a44",
                        byteCount: 12_109_725)
                ],
                files: [
                    .init(
                        "smart-turn-v3.2-cpu.onnx", byteCount: 8_679_182,
                        sha256: "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
                        members: "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx"),
                    .init(
                        "LICENSE", byteCount: 1301,
                        sha256: "e31a733ecb79cbffafd5474e964e5eca15e0a0876a42b1d7253b51b198eb61aa",
                        members: "pipecat_ai-1.14.0.dist-info/licenses/LICENSE"),
                ])
        ])

    static let openWakeWord = Model(
        name: "openwakeword", version: "0.4.0", purpose: "hears wake words: alexa, hey jarvis, hey marvin, hey mycroft",
        licence: "CC-BY-NC-SA-4.0", allowsCommercialUse: false,
        sources: [
            .init(
                wheels: [
                    .init(
                        "openwakeword", "0.4.0",
                        sha256: "2c353f49a35d384507403efde3db439353d8281a52d08a0e42a5b493e5145075",
                        byteCount: 9_285_483)
                ],
                files: [
                    .init(
                        "melspectrogram.onnx", byteCount: 1_087_958,
                        sha256: "ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f",
                        members: "openwakeword/resources/models/melspectrogram.onnx"),
                    .init(
                        "embedding_model.onnx", byteCount: 1_328_103,
                        sha256: "ba754db3cd768a524c655ea90655ee5e6055a43b8dfd29366a11e93716ae9e51",
                        members: "openwakeword/resources/models/embedding_model.onnx"),
                    .init(
                        "alexa_v0.1.onnx", byteCount: 854246,
                        sha256: "6ff566a01d12670e8d9e3c59da32651db1575d17272a601b7f8a39283dfbae3e",
                        members: "openwakeword/resources/models/alexa_v0.1.onnx"),
                    .init(
                        "hey_jarvis_v0.1.onnx", byteCount: 1_271_370,
                        sha256: "94a13cfe60075b132f6a472e7e462e8123ee70861bc3fb58434a73712ee0d2cb",
                        members: "openwakeword/resources/models/hey_jarvis_v0.1.onnx"),
                    .init(
                        "hey_marvin_v0.1.onnx", byteCount: 857691,
                        sha256: "b6d4b794ddf2e1d6f29e9f45848e24858e2edd0d810b14e0c1c70dda9a1fcbf0",
                        members: "openwakeword/resources/models/hey_marvin_v0.1.onnx"),
                    .init(
                        "hey_mycroft_v0.1.onnx", byteCount: 503850,
                        sha256: "785bdf5655863ae47553b23793aa108c7b0152d4823f7869b41f2d2d765912fc",
                        members: "openwakeword/resources/models/hey_mycroft_v0.1.onnx"),
                    .init(
                        "timer_v0.1.onnx", byteCount: 1_742_475,
                        sha256: "371e44535470a29248b3b8f1bbbbaf2525c86417fd8f75c67fcf02ae0b9626df",
                        members: "openwakeword/resources/models/timer_v0.1.onnx"),
                    .init(
                        "weather_v0.1.onnx", byteCount: 1_149_158,
                        sha256: "8441da8e746899e8d969528d5bad5651cdd563079c05962788f77753041f60e7",
                        members: "openwakeword/resources/models/weather_v0.1.onnx"),
                    .init(
                        "LICENSE", byteCount: 11357,
                        sha256: "c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4",
                        members: "openwakeword-0.4.0.dist-info/LICENSE"),
                ])
        ])
}
