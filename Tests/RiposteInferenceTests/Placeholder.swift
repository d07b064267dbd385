import Testing

@testable import RiposteInference
