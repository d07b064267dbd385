// Sizes and hashes are those of the published packages; each was taken from the package itself.

extension ModelCatalogue {
    static let porcupine = Model(
        name: "porcupine", version: "1.9.5", purpose: "hears wake words: porcupine, computer, jarvis and others",
        licence: "Apache-2.0",
        sources: [
            .init(
                platform: .linuxAmd64,
                wheels: [
                    .init(
                        "pvporcupine", "1.9.5",
                        sha256: "8f4e95c966f72258b417743e13e8c571d2fb79cdf2fe59571e6766638787481d",
                        byteCount: 1_958_308)
                ],
                files: [
                    .init(
                        "libpv_porcupine.so", byteCount: 69296,
                        sha256: "92de0026ef20f86fb3bca0bd666e92eabfb85d539f8a553600398783c97da019",
                        members: "pvporcupine/lib/linux/x86_64/libpv_porcupine.so"),
                    .init(
                        "porcupine_params.pv", byteCount: 984650,
                        sha256: "efcb23a79a3948d78d183a6985e4d6fcf373449e0f25d2283a9c7aa005842293",
                        members: "pvporcupine/lib/common/porcupine_params.pv"),
                    .init(
                        "keywords/alexa.ppn", byteCount: 9080,
                        sha256: "b7e115ac9f137b65d25e8cf8bfb2574609148eaf20ca64b5cf7a85074549e55c",
                        members: "pvporcupine/resources/keyword_files/linux/alexa_linux.ppn"),
                    .init(
                        "keywords/americano.ppn", byteCount: 25580,
                        sha256: "069bdac6584cde2c15956ffb21c9a85532f299b4165a874ec42f2334744c19a6",
                        members: "pvporcupine/resources/keyword_files/linux/americano_linux.ppn"),
                    .init(
                        "keywords/blueberry.ppn", byteCount: 2876,
                        sha256: "699bfa7085ca49ca8d0c2bbb2e945227cb607b6c3a54029ce509c0296f924422",
                        members: "pvporcupine/resources/keyword_files/linux/blueberry_linux.ppn"),
                    .init(
                        "keywords/bumblebee.ppn", byteCount: 6572,
                        sha256: "c4659b87e5855daa59c515a2bebfa90c94bb2cf031c72d2777f5655df956b96e",
                        members: "pvporcupine/resources/keyword_files/linux/bumblebee_linux.ppn"),
                    .init(
                        "keywords/computer.ppn", byteCount: 4164,
                        sha256: "78414e263f261780c9314cfa5442f8c7944446b2f5760f287c935bc96805b0db",
                        members: "pvporcupine/resources/keyword_files/linux/computer_linux.ppn"),
                    .init(
                        "keywords/grapefruit.ppn", byteCount: 3040,
                        sha256: "934206978a2397ba63ae34fb8114b2d2630d8fe8544729787f0b062176335100",
                        members: "pvporcupine/resources/keyword_files/linux/grapefruit_linux.ppn"),
                    .init(
                        "keywords/grasshopper.ppn", byteCount: 3076,
                        sha256: "a3a984c96ebad33712329f9c2c50d0f407691cbfafe934218db2579d9d2e4a5e",
                        members: "pvporcupine/resources/keyword_files/linux/grasshopper_linux.ppn"),
                    .init(
                        "keywords/hey google.ppn", byteCount: 3964,
                        sha256: "4015ee44dfbb89759afc9ec1843a097fcc288939b9c3dc15e360b33660526a29",
                        members: "pvporcupine/resources/keyword_files/linux/hey google_linux.ppn"),
                    .init(
                        "keywords/hey siri.ppn", byteCount: 2712,
                        sha256: "77e55ece955d6f10292c1b1ecd788812b453401bf628e8a5cd9db797932249c5",
                        members: "pvporcupine/resources/keyword_files/linux/hey siri_linux.ppn"),
                    .init(
                        "keywords/jarvis.ppn", byteCount: 3568,
                        sha256: "1a4f4970b91a07f82f3a6a79f800f491b75ba9cb97b48fb35aad2600baaadd5c",
                        members: "pvporcupine/resources/keyword_files/linux/jarvis_linux.ppn"),
                    .init(
                        "keywords/ok google.ppn", byteCount: 4196,
                        sha256: "ccf4742bfeb44daa3ebebae0e8f4d57b29b7de63e73f847d04bd8fcd6a2fd26d",
                        members: "pvporcupine/resources/keyword_files/linux/ok google_linux.ppn"),
                    .init(
                        "keywords/pico clock.ppn", byteCount: 3040,
                        sha256: "d353a251e4027f41ba88fc39bf2045ee51612f2943c209b4b636a2cc1e5b2a5d",
                        members: "pvporcupine/resources/keyword_files/linux/pico clock_linux.ppn"),
                    .init(
                        "keywords/picovoice.ppn", byteCount: 6044,
                        sha256: "48781b0bb2f9a305a7079eef76a6228d2904167b923a0a36ec4615ed1027461a",
                        members: "pvporcupine/resources/keyword_files/linux/picovoice_linux.ppn"),
                    .init(
                        "keywords/porcupine.ppn", byteCount: 11324,
                        sha256: "4337c81fb85a3e42af923ba9c3116b191c2e54edb0f92e83a0264ad082e55938",
                        members: "pvporcupine/resources/keyword_files/linux/porcupine_linux.ppn"),
                    .init(
                        "keywords/smart mirror.ppn", byteCount: 7464,
                        sha256: "cab925d5ac83561d22dc911506d73de98b8494bbf67970933f8e8f4c77d44aea",
                        members: "pvporcupine/resources/keyword_files/linux/smart mirror_linux.ppn"),
                    .init(
                        "keywords/snowboy.ppn", byteCount: 2580,
                        sha256: "52f9847d5e64b12f3bd0f65189d1c4e63a9479baa23ced3ef8f50d6dee0a78dd",
                        members: "pvporcupine/resources/keyword_files/linux/snowboy_linux.ppn"),
                    .init(
                        "keywords/terminator.ppn", byteCount: 9376,
                        sha256: "29d089046f687f55d0c3318faf374585bc52811a8751e7433e1037197a8318cc",
                        members: "pvporcupine/resources/keyword_files/linux/terminator_linux.ppn"),
                    .init(
                        "keywords/view glass.ppn", byteCount: 22444,
                        sha256: "365e0a15d7e3f971013dee11f99716f557e7ad2488da3e69deab116ca8138345",
                        members: "pvporcupine/resources/keyword_files/linux/view glass_linux.ppn"),
                    .init(
                        "LICENSE", byteCount: 11344,
                        sha256: "930c1bf076c9477108de5d2b053b5aa682bd68ee215f183f783207aaf2bc0153",
                        members: "pvporcupine/LICENSE"),
                ]),
            .init(
                platform: .linuxArm64,
                wheels: [
                    .init(
                        "pvporcupine", "1.9.5",
                        sha256: "8f4e95c966f72258b417743e13e8c571d2fb79cdf2fe59571e6766638787481d",
                        byteCount: 1_958_308)
                ],
                files: [
                    .init(
                        "libpv_porcupine.so", byteCount: 81592,
                        sha256: "f6dd3e56836251fb3f6158d3f35ab4f6c7033170fab4dfa0930d96d0a6742c6c",
                        members: "pvporcupine/lib/raspberry-pi/cortex-a72-aarch64/libpv_porcupine.so"),
                    .init(
                        "porcupine_params.pv", byteCount: 984650,
                        sha256: "efcb23a79a3948d78d183a6985e4d6fcf373449e0f25d2283a9c7aa005842293",
                        members: "pvporcupine/lib/common/porcupine_params.pv"),
                    .init(
                        "keywords/alexa.ppn", byteCount: 9080,
                        sha256: "75c99717990037ff3e5051bc28b360a8ce763b78db7ad3c1cbcfdd86dbfeb343",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/alexa_raspberry-pi.ppn"),
                    .init(
                        "keywords/americano.ppn", byteCount: 25580,
                        sha256: "010d9071825c75cf3a5367b34c3d3ac559ae253d48b5a7b4273b0edf1f8b0950",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/americano_raspberry-pi.ppn"),
                    .init(
                        "keywords/blueberry.ppn", byteCount: 2876,
                        sha256: "f0f50586ee45eebe8ee21dad141b2e8ce58be53eb25ef8d7481efa8fd52fa34b",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/blueberry_raspberry-pi.ppn"),
                    .init(
                        "keywords/bumblebee.ppn", byteCount: 6572,
                        sha256: "4a5a2306c9ded4f93a64cc80eb06d795270a6e527dea3b351af69fef341dc165",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/bumblebee_raspberry-pi.ppn"),
                    .init(
                        "keywords/computer.ppn", byteCount: 4164,
                        sha256: "dd5d4a3d67ab3a3fe62f9fd67f86a033f9a826d0750092e612092e3d794ce0df",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/computer_raspberry-pi.ppn"),
                    .init(
                        "keywords/grapefruit.ppn", byteCount: 3040,
                        sha256: "889bd671a334759735d1528d872bdf3bb6a0ca38bbe531d0aa05f499d6e895bd",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/grapefruit_raspberry-pi.ppn"),
                    .init(
                        "keywords/grasshopper.ppn", byteCount: 3076,
                        sha256: "2d1e78aa0310ef8fe4d17113ea91c7416047a7e717bf9b075a11fad3682dbddb",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/grasshopper_raspberry-pi.ppn"),
                    .init(
                        "keywords/hey google.ppn", byteCount: 3964,
                        sha256: "83a9facfb821d966e502e18f2a9a9c46fa6cafa1de394a5254ee7e8bda0d810a",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/hey google_raspberry-pi.ppn"),
                    .init(
                        "keywords/hey siri.ppn", byteCount: 2712,
                        sha256: "01aa5d7836bc9e83beea1a249dbb7364c62b39f05bae42e667eb08428bf66669",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/hey siri_raspberry-pi.ppn"),
                    .init(
                        "keywords/jarvis.ppn", byteCount: 3568,
                        sha256: "2ccbd0ce39633db720320267f40793f94c233e1edf047af1ac1bc4074f17ddf3",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/jarvis_raspberry-pi.ppn"),
                    .init(
                        "keywords/ok google.ppn", byteCount: 4196,
                        sha256: "83c84dbed9b3144bb52f97445bafd78c84bccde5a13e11afb60135d4a580b995",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/ok google_raspberry-pi.ppn"),
                    .init(
                        "keywords/pico clock.ppn", byteCount: 3040,
                        sha256: "b7c504617701d56e9b3ee4152bc16f720d775f5cbf51d285646dc6e7c3f113f3",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/pico clock_raspberry-pi.ppn"),
                    .init(
                        "keywords/picovoice.ppn", byteCount: 6044,
                        sha256: "649078ae4a1fbb38230d8c89cfbb4f4cf5b3b49cc958e40235d3f094f4ca55bb",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/picovoice_raspberry-pi.ppn"),
                    .init(
                        "keywords/porcupine.ppn", byteCount: 11324,
                        sha256: "fbfceb5835c79734fc0afe8227985b459b81cbb021fb49ec16b32d3c0bf9fdf5",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/porcupine_raspberry-pi.ppn"),
                    .init(
                        "keywords/terminator.ppn", byteCount: 9376,
                        sha256: "a6c28f38256800fedff17eaf0831916c32d976c73f44922ec02db504f9af77f2",
                        members: "pvporcupine/resources/keyword_files/raspberry-pi/terminator_raspberry-pi.ppn"),
                    .init(
                        "LICENSE", byteCount: 11344,
                        sha256: "930c1bf076c9477108de5d2b053b5aa682bd68ee215f183f783207aaf2bc0153",
                        members: "pvporcupine/LICENSE"),
                ]),
        ])
}
