import RiposteCore

/// The tables of a database, and how older ones become newer ones.
enum PostgreSQLSchema {
    /// What makes each version of the one before; the first of nothing. They are never changed, only added to.
    static let migrations: [String] = [
        """
        CREATE TABLE riposte.conversation (
            id text PRIMARY KEY, user_name text NOT NULL, began timestamptz NOT NULL DEFAULT now(),
            last_active timestamptz NOT NULL DEFAULT clock_timestamp(), last_number bigint NOT NULL,
            snapshot json, snapshot_number bigint NOT NULL DEFAULT 0);
        CREATE INDEX conversation_user ON riposte.conversation (user_name, last_active);
        CREATE TABLE riposte.entry (
            conversation text NOT NULL REFERENCES riposte.conversation (id) ON DELETE CASCADE, number bigint NOT NULL,
            append uuid NOT NULL, part bigint NOT NULL, written timestamptz NOT NULL DEFAULT now(), body json NOT NULL,
            PRIMARY KEY (conversation, number));
        CREATE UNIQUE INDEX entry_append ON riposte.entry (append, part);
        CREATE TABLE riposte.holder (conversation text PRIMARY KEY, number bigint NOT NULL);
        CREATE TABLE riposte.rung (
            conversation text NOT NULL REFERENCES riposte.conversation (id) ON DELETE CASCADE, alarm text NOT NULL,
            PRIMARY KEY (conversation, alarm));
        """,
        // No two holders have the same number, so that nobody is taken for who held a conversation that was forgotten.
        """
        CREATE SEQUENCE riposte.holder_number;
        SELECT setval('riposte.holder_number', 1 + (SELECT coalesce(max(number), 0) FROM riposte.holder));
        ALTER TABLE riposte.holder ADD COLUMN name uuid,
            ADD COLUMN taken timestamptz NOT NULL DEFAULT clock_timestamp();
        """,
    ]

    /// What any two nodes agree on, so that only one of them changes the tables at a time.
    private static let lock = 8_243_117_261

    private static let readVersion = PostgreSQLStatement(
        name: "version", sql: "SELECT coalesce(max(number), 0) FROM riposte.version")

    /// Brings the tables to the newest version.
    /// - Throws: `PostgreSQLFailure`; `.storage` where a newer version of Riposte has been there.
    static func migrate(_ connection: PostgreSQLConnection, place: String, within seconds: Double) async throws {
        // Who may not make tables can use those that are there.
        try await connection.transaction("SELECT pg_advisory_xact_lock(\(lock))", within: seconds) {
            try await connection.script(
                """
                DO $$ BEGIN
                    IF to_regclass('riposte.version') IS NULL THEN
                        CREATE SCHEMA IF NOT EXISTS riposte;
                        CREATE TABLE riposte.version (number integer PRIMARY KEY, made timestamptz NOT NULL DEFAULT now());
                    END IF;
                END $$
                """, within: seconds)
            let rows = try await connection.run(readVersion, [], within: seconds)
            let version = rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
            guard version <= migrations.count else {
                throw RiposteError(
                    .storage, .dialog,
                    "The conversations at \(place) were written by a newer version of Riposte (tables of version \(version); "
                        + "this one knows \(migrations.count)); nothing was changed. Use that version, or another database."
                )
            }
            for (index, migration) in migrations.enumerated() where index >= version {
                try await connection.script(
                    migration + "; INSERT INTO riposte.version (number) VALUES (\(index + 1))", within: seconds)
            }
        }
    }
}
