import RiposteCore
import RiposteDialog

/// Functions of the client's that a language model has called.
extension RealtimeConversation {
    /// A call that the client has not answered.
    struct Call {
        /// Given back to the model once the client asks for an answer.
        var output: String?
        /// Whether the client has asked for an answer to it.
        var isOver = false
        var waiting: CheckedContinuation<String, any Error>?
    }

    /// Seconds that a client has for a function.
    static let toolPatience = 60.0

    /// The model's tools, as the client has set them.
    var toolCallers: [any LanguageModelTool] {
        settings.functionChoice == .none
            ? []
            : settings.tools.map { tool in
                RealtimeToolCaller(tool: tool) { [weak self] name, arguments in
                    guard let self else { throw CancellationError() }
                    return try await self.call(name, arguments)
                }
            }
    }

    /// Has the client call a function, and waits for what comes of it. The response ends with the call; what the model says
    /// to the outcome is another one.
    private func call(_ name: String, _ arguments: String) async throws -> String {
        try Task.checkCancellation()
        let id = Self.identifier("call")
        start(saying: false)
        guard let response else { throw CancellationError() }
        let item = Self.identifier("item")
        tellCall(name, arguments, id: id, item: item, in: response)
        finish("completed", reason: nil)
        goesOn = true
        calls[id] = Call()
        try? await flush()
        let limit = Task { [weak self] in
            try await Task.sleep(for: .seconds(Self.toolPatience))
            await self?.giveUp(id)
        }
        defer { limit.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // While the client was told, it may have answered already, or have been given up.
                if Task.isCancelled || calls[id] == nil {
                    calls[id] = nil
                    continuation.resume(throwing: CancellationError())
                } else if let call = calls[id], call.isOver, let output = call.output {
                    calls[id] = nil
                    continuation.resume(returning: output)
                } else {
                    calls[id]?.waiting = continuation
                }
            }
        } onCancel: {
            Task { await self.drop(id) }
        }
    }

    private func tellCall(_ name: String, _ arguments: String, id: String, item: String, in response: Response) {
        func members(_ type: String, _ more: [String: JSONValue]) -> JSONValue {
            .object(
                more.merging([
                    "type": .string(type), "response_id": .string(response.id),
                    "output_index": response.hasMessage ? 1 : 0,
                ]) { mine, _ in mine })
        }
        func described(_ status: String, _ arguments: String) -> JSONValue {
            [
                "id": .string(item), "object": "realtime.item", "type": "function_call", "status": .string(status),
                "name": .string(name), "call_id": .string(id), "arguments": .string(arguments),
            ]
        }
        let previous: JSONValue = lastItem.map { .string($0) } ?? .null
        let whole = described("completed", arguments)
        lastItem = item
        keep(Item(value: whole), item)
        tell(members("response.output_item.added", ["item": described("in_progress", "")]))
        tell([
            "type": "conversation.item.added", "previous_item_id": previous, "item": described("in_progress", ""),
        ])
        let call: [String: JSONValue] = ["item_id": .string(item), "call_id": .string(id)]
        tell(members("response.function_call_arguments.delta", call.merging(["delta": .string(arguments)]) { $1 }))
        tell(
            members(
                "response.function_call_arguments.done",
                call.merging(["arguments": .string(arguments), "name": .string(name)]) { $1 }))
        tell(members("response.output_item.done", ["item": whole]))
        tell(["type": "conversation.item.done", "previous_item_id": previous, "item": whole])
        self.response?.calls.append(whole)
    }

    /// The client has called it.
    /// - Throws: `.badInput` where nobody waits for it.
    func answered(call item: JSONValue) throws {
        guard let id = item["call_id"]?.string, let output = item["output"]?.string, calls[id] != nil else {
            throw RiposteError(
                .badInput, .configuration, "Nobody waits for the output of '\(item["call_id"]?.string ?? "")'.")
        }
        guard output.utf8.count <= 100_000 else {
            throw RiposteError(.badInput, .configuration, "An output may have 100000 bytes.")
        }
        calls[id]?.output = output
        let name = item["id"]?.string ?? Self.identifier("item")
        added(
            name,
            [
                "id": .string(name), "object": "realtime.item", "type": "function_call_output", "status": "completed",
                "call_id": .string(id), "output": .string(output),
            ])
    }

    /// Gives the outputs that are there to the model.
    /// - Returns: whether there were any.
    func goOnAfterCalls() -> Bool {
        var isAny = false
        for (id, call) in calls {
            guard let output = call.output else { continue }
            isAny = true
            calls[id] = call.waiting == nil ? Call(output: output, isOver: true) : nil
            call.waiting?.resume(returning: output)
        }
        return isAny
    }

    private func giveUp(_ id: String) {
        calls.removeValue(forKey: id)?.waiting?.resume(
            throwing: RiposteError(.timedOut, .dialog, "The client has not called its function in time."))
    }

    private func drop(_ id: String) { calls.removeValue(forKey: id)?.waiting?.resume(throwing: CancellationError()) }
}
