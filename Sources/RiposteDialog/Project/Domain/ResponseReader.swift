import RiposteCore

/// Reads one way to say something.
enum ResponseReader {
    static func response(_ node: SourceNode) throws -> Response {
        let fields = try node.fields(
            "a response",
            [
                "text", "channel", "condition", "buttons", "button_type", "quick_replies", "image", "custom",
                "attachment",
                "elements", "metadata", "id",
            ])
        var response = Response(place: node.place)
        response.text = try fields["text"]?.text("text") ?? ""
        response.channel = try fields["channel"]?.name("channel")
        response.id = try fields["id"]?.name("id")
        response.image = try fields["image"]?.name("image")
        response.custom = try fields["custom"]?.value() ?? .empty
        for key in ["buttons", "quick_replies"] {
            response.buttons += try fields[key]?.items(key).map(button) ?? []
        }
        response.conditions = try fields["condition"]?.items("condition").map(condition) ?? []
        let content = ["text", "image", "custom", "attachment", "elements", "buttons", "quick_replies"]
        guard content.contains(where: { fields[$0] != nil }) else {
            throw node.error("a response needs a text, an image, custom, an attachment or buttons.")
        }
        return response
    }

    private static func button(_ node: SourceNode) throws -> Response.Button {
        let known = ["title", "payload", "type", "content_type", "image_url", "url"]
        let fields = try node.fields("a button", known)
        guard let title = try fields["title"]?.name("title") else { throw node.error("a button has no title.") }
        return .init(title: title, payload: try fields["payload"]?.text("payload") ?? title)
    }

    private static func condition(_ node: SourceNode) throws -> Response.Condition {
        let fields = try node.fields("a condition", ["type", "name", "value"])
        guard let type = fields["type"], let name = fields["name"], let value = fields["value"] else {
            throw node.error("a condition needs type, name and value.")
        }
        guard try type.name("type") == "slot" else {
            throw type.error("a condition of a response must be of type slot.")
        }
        return .init(slot: try name.name("name"), value: try value.value())
    }
}
