import Hummingbird

/// `GET /v1/models`: whom one can talk with, what recognises and what speaks.
struct ModelRoute {
    let engines: SpeechEngines

    private struct Model: Encodable {
        var id: String
        var object = "model"
        var created = 0
        var ownedBy: String
    }

    private struct List: Encodable {
        var object = "list"
        var data: [Model]
    }

    func add(to router: Router<ServerContext>) {
        router.get("/v1/models") { _, _ in JSONAnswer.response(list) }
    }

    /// Who answers can change while the server runs.
    private var list: List {
        var models = engines.personas.map { Model(id: $0.name, ownedBy: "riposte") }
        models.append(Model(id: engines.transcriber.name, ownedBy: "riposte"))
        models += Set(engines.voices.map(\.engine)).sorted().map { Model(id: $0, ownedBy: "riposte") }
        return List(data: models)
    }
}
