import Testing

@testable import RiposteDialog
