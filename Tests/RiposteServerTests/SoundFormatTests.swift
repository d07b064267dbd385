import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteServer

/// What OpenAI's own client sends and asks for, in every form of sound.
@Suite(
    .serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"),
    .enabled(if: SoundFileLibrary.version != nil && FFmpegProgram.executable != nil, "libsndfile1 or ffmpeg is missing")
)
struct SoundFormatTests {
    private static let client = """
        import subprocess, tempfile, os, openai
        ai = openai.OpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1")
        def converted(data, ending, *options):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "sound." + ending)
                subprocess.run(["ffmpeg", "-loglevel", "error", "-i", "pipe:0", *options, path], input=data, check=True)
                return open(path, "rb").read()
        def samples(data):
            return len(subprocess.run(["ffmpeg", "-loglevel", "error", "-i", "pipe:0", "-f", "s16le", "-ar", "24000",
                "-ac", "1", "pipe:1"], input=data, check=True, capture_output=True).stdout) // 2

        """

    /// Three words of a tenth of a second each come back, whatever they are packed in, and in pieces.
    @Test(.timeLimit(.minutes(10))) func speaksInEachForm() async throws {
        let lines = try await RunningServer.lines(
            Self.client + """
                for form in ("mp3", "flac", "aac", "opus", "wav"):
                    with ai.audio.speech.with_streaming_response.create(model="tts-1", voice="alloy",
                            input="One two three.", response_format=form) as answer:
                        data = b"".join(answer.iter_bytes())
                        print(form, answer.headers["content-type"], 7000 <= samples(data) <= 9800)
                try: ai.audio.speech.create(model="tts-1", voice="alloy", input="One.", response_format="midi")
                except openai.BadRequestError as error: print(error.status_code)
                """)
        #expect(
            lines == [
                "mp3 audio/mpeg True", "flac audio/flac True", "aac audio/aac True", "opus audio/ogg True",
                "wav audio/wav True", "400",
            ])
    }

    @Test(.timeLimit(.minutes(10))) func writesDownEachForm() async throws {
        let lines = try await RunningServer.lines(
            Self.client + """
                import io, wave
                sound = io.BytesIO()
                with wave.open(sound, "wb") as file:
                    file.setnchannels(1); file.setsampwidth(2); file.setframerate(24000)
                    file.writeframes(quiet * 5 + tone * 10 + quiet * 5)
                forms = [("mp3", []), ("flac", []), ("m4a", ["-c:a", "aac"]), ("mp4", ["-c:a", "aac"]), ("aac", []),
                    ("webm", ["-c:a", "libopus"]), ("ogg", ["-c:a", "libvorbis"]), ("opus", [])]
                for ending, options in forms:
                    data = converted(sound.getvalue(), ending, *options)
                    # The name says nothing: what is in the file does.
                    for name in ("sound." + ending, "sound.bin"):
                        print(ending, ai.audio.transcriptions.create(model="whisper-1", file=(name, data)).text)
                long = ai.audio.transcriptions.create(model="whisper-1", response_format="verbose_json",
                    file=("a.m4a", converted(sound.getvalue(), "m4a")))
                print(1.9 < float(long.duration) < 2.3)
                for data in (b"", b"ID3", b"fLaC" + bytes(100), b"OggS" + bytes(100), bytes(4) + b"ftypM4A " + bytes(200),
                        bytes([0x1A, 0x45, 0xDF, 0xA3]) + bytes(200), b"\\xff\\xf1" + bytes(300), b"<html>"):
                    try: print(ai.audio.transcriptions.create(model="whisper-1", file=("a.mp3", data)).text)
                    except openai.BadRequestError as error: print(error.status_code)
                """)
        let forms = ["mp3", "flac", "m4a", "mp4", "aac", "webm", "ogg", "opus"]
        #expect(
            lines == forms.flatMap { [String](repeating: "\($0) What is the time?", count: 2) } + ["True"]
                + [String](repeating: "400", count: 8))
    }
}
