import Testing

@testable import RiposteCore
