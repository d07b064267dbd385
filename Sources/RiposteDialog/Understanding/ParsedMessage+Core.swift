import RiposteCore

// What is understood is part of what is remembered, so it lives with the values of a conversation.
public typealias ParsedMessage = RiposteCore.ParsedMessage
public typealias ParsedEntity = RiposteCore.ParsedEntity
