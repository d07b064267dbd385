import Testing

@testable import RiposteListening
