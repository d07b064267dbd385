/// The last microphone blocks, oldest first, and what the filter left of them.
struct RecentBlocks: Sendable {
    let count: Int
    private var blocks: [[Float]]
    private var errors: [Float]
    private var next = 0

    init(block: Int, count: Int) {
        self.count = count
        blocks = [[Float]](repeating: [Float](repeating: 0, count: block), count: count)
        errors = [Float](repeating: 0, count: count)
    }

    var error: Float { errors.reduce(0, +) }

    func samples(_ index: Int) -> [Float] { blocks[(next + index) % count] }

    mutating func append(_ samples: [Float], error: Float) {
        for index in samples.indices { blocks[next][index] = samples[index] }
        errors[next] = error
        next = (next + 1) % count
    }
}
