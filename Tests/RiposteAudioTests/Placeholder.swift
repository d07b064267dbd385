import Testing

@testable import RiposteAudio
