import Testing

@testable import RiposteSpeaking
