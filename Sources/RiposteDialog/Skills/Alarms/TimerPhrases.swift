/// How timers are asked for. Durations stand as one token, `duration`.
enum TimerPhrases {
    static let duration = "#"

    private static let parts = [
        "set": """
        set|set up|setup|start|start up|create|make|put|put on|add|begin|run|give me|get me|i need|i want|i \
        would like|let us do|do|have|said|sit|sat|sets|setting|said the|open|activate|turn on|launch|begin
        """,
        "a": "[me] [a|an|the|my|another|one|us|you|new] [new|separate|second|third|other|quick|short|simple]",
        "timer":
            "timer|timers|time her|countdown|countdown timer|count down|stopwatch|timer clock|tymer|time or|timing",
        "for": """
        [for|of|to|at|with|that is|that lasts|in|from|lasting|on|which is|going for|running for|by|as] [about|\
        around|exactly|a|the|another|like|say|maybe|approximately]
        """,
        "called": """
        called|named|name|labeled|labelled|titled|and call it|and name it|call it|name it|with the name|with \
        the label|with the title|for|and label it|as
        """,
        "the": "[the|my|some|our|a|an]",
        "going": "[going|now|starting now|from now|set|running|long|on]",
    ]

    static let single = Phrases(
        [
            "[{set}] {a} {timer} {for} # {going}",
            "[{set}] {a} # {timer} {going}",
            "{set} {a} (alarm|clock|time|times) [for|of|to] # [from now]",
            "{set} [me] [for|to] # [on the (clock|timer)] [from now|timer]",
            "{set} {a} # (alarm|clock|time|countdown)", "(time|timer) (me|this) [for|to] #",
            "count [down] [from|for] #", "# (on the clock|on the timer|countdown)",
            "(alert|notify|tell|ping|buzz|call|warn|beep) me (in|after) # [from now]",
            """
            (let me know|tell me|alert me) (when|once|after) # (is|are|has|have) (up|over|passed|gone|done|elapsed|\
            past)
            """,
            "{timer} (for|of) # [set|start]", "# {timer} set", "{set} {a} {timer} {a} #",
            "(wake me|get me up) [up] (in|after) # [from now]",
            "{set} {a} <label> {timer} {for} # {going}",
            "[{set}] {a} # <label> {timer} {going}",
            "[{set}] {a} # {timer} {called} {the} <label>",
            "[{set}] {a} {timer} {called} {the} <label> [for|of|to|at|with|and set it (for|to)] #",
            "[{set}] {a} {timer} {for} # {called} {the} <label>",
            "[{set}] {a} {timer} {for} # [for] {the} <label>",
            "{a} <label> {timer} {for} #",
            "{set} # (for|on) {the} <label>", "time {the} <label> for #",
        ], parts: parts)

    /// How a request goes on after "and".
    static let another = Phrases(
        [
            "[{set}] [another|one|a second|a third|a|the other|one more] [one|timer|more] [for|of|with] # [timer]",
            "[{set}] [another|one] (for|called|named) {the} <label> (for|of|at) #",
            "[{set}] [another|one] [one|timer] [for] # for {the} <label>",
        ], parts: parts)

    static let withoutDuration = Phrases(
        [
            "{set} {a} {timer} [going|now]", "{set} {a} <label> timer", "[a|new|another] timer",
            "{set} {a} timer {called} {the} <label>",
            "set [a|the] timer for [a] (few|some|several) minutes", "{set} {a} timer (for|of) (minutes|seconds|hours)",
        ], parts: parts)

    /// Words that show that a sentence is not about a timer's name.
    static let neverLabels: Set<String> = [
        "#", "timer", "timers", "what", "when", "how", "why", "who", "which", "where", "is", "are", "was", "were",
        "does", "did", "not",
        "never", "cancel", "stop", "delete", "remove", "left", "remaining", "until", "and", "if", "because", "remind",
        "me", "a", "an",
        "the", "add", "more", "there", "many", "history", "about", "in", "at", "of", "set", "start", "for", "pause",
        "extend", "increase",
        "to", "i", "you", "it", "that", "do", "per", "minutes", "minute", "seconds", "hours", "hour", "half",
        "everything", "all", "alarm",
        "reset", "restart", "resume", "change", "turn", "on", "off", "minus", "plus", "times", "negative", "point",
    ]
}
