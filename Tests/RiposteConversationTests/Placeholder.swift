import Testing

@testable import RiposteConversation
