/// How lists are spoken of.
enum ListPhrases {
    /// No request about a list is without one of these.
    static let words: Set<String> = ["list", "lists", "buy", "shopping"]

    private static let parts = [
        "the": "[the|my|our|a|that|this]",
        "to": "to|on|onto|on to|in|into|at",
        "off": "from|off|off of|of",
        "list": "[the|my|our|that|this] [<list>] list",
        "again": "[please|again|for me|now|too|as well|also]",
    ]

    static let add = Phrases(
        [
            "(add|put|at|place|write|note|get|and|include|set|ad) [down] <items> [down] {to} {list} {again}",
            "(add|put|write) {to} {list} <items>", "{list} add <items>",
            "(i|we) (need|want|would like) <items> {to} {list} {again}",
        ], parts: parts)

    static let addNothing = Phrases(
        [
            "(add|put) [something|things|an item|a thing|items] {to} {list}",
            "(start|make|create|begin) {the} [new] [<list>] list",
        ],
        parts: parts)

    static let remove = Phrases(
        [
            """
            (remove|delete|take|erase|drop|scratch|strike|cross|get rid of|check|tick) [off|out] <items> [off|out] \
            {off} {list} {again}
            """,
            "(cross|strike|scratch|check|tick|take) <items> (off|out) {list} {again}",
        ], parts: parts)

    static let clear = Phrases(
        [
            "(clear|empty|delete|erase|reset|wipe|clean|remove|throw away|discard) [out|up] [all of] {list} {again}",
            "(remove|delete|clear|erase|take) (everything|all|all items|all things|it all) {off} {list} {again}",
            "start {the} new <list> list", "start [the|my] <list> list (over|again|anew|from scratch)",
        ], parts: parts)

    static let read = Phrases(
        [
            """
            what (is|do i have|do we have|have i got|have we got|are|all is|else is) [there] on {list} [now|so far|\
            at the moment]
            """,
            "(read|show|tell|give|say|list|check|open|hear) [me|us] [out] [what is on] {list} [out] {again}",
            """
            what (do|should|must) (i|we) [need to|have to|want to] (buy|get) [today] [at the (store|shop|\
            supermarket)|from the (store|shop|supermarket)]
            """,
            "what does {list} say", "how is {list} [looking]",
        ], parts: parts)

    static let bare: Phrases = ["[what is] [the|my|our] [<list>] list"]

    static let count = Phrases(
        [
            "how (many|much) [things|items|entries|stuff] (is|are|do i have|have i got) [there] on {list}",
            "how long is {list}",
        ],
        parts: parts)

    static let check = Phrases(
        [
            "(is|are) [there] [any] <items> (on|in) {list} [already]",
            """
            (do i|do we|did i|did we|have i|have we) (have|put|got|add|added|write|written) [any] <items> (on|in|to) \
            {list} [already]
            """,
        ], parts: parts)

    static let which: Phrases = [
        "(what|which|how many) lists (do i have|are there|have i got|do you have|do you keep|do we have) [there]",
        "(list|read|show|tell|give) [me] [all] [of] [my|the] lists", "[what are] [all] (my|the) lists",
        "do i have any lists",
    ]
}
