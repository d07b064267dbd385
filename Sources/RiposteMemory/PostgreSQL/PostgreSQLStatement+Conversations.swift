extension PostgreSQLStatement {
    /// The conversation itself, and then its entries: one statement, so that all of it is of the same moment.
    static let conversation = PostgreSQLStatement(
        name: "conversation",
        sql: """
            WITH c AS (
                SELECT extract(epoch FROM began) AS began, snapshot, snapshot_number FROM riposte.conversation
                WHERE id = $1)
            SELECT began, snapshot AS body, snapshot_number AS number FROM c
            UNION ALL
            SELECT NULL, e.body, e.number FROM c JOIN riposte.entry e
            ON e.conversation = $1 AND e.number > c.snapshot_number
            ORDER BY number
            """)

    /// What a snapshot says need not be kept entry by entry; but for a day, because what is tried again is found by them.
    /// Where it is not the conversation any more that was read, nothing happens.
    static let keepSnapshot = PostgreSQLStatement(
        name: "keep_snapshot",
        sql: """
            WITH kept AS (
                UPDATE riposte.conversation SET snapshot = $2::json, snapshot_number = $3::bigint
                WHERE id = $1 AND snapshot_number = $4::bigint AND extract(epoch FROM began) = $5::numeric RETURNING id)
            DELETE FROM riposte.entry USING kept
            WHERE conversation = kept.id AND number <= $3::bigint AND written < now() - interval '1 day'
            """)

    /// One statement, so that one way to the server and back does it, and it is done as a whole or not at all. The row of the
    /// conversation is locked by it: that orders the entries. A try that comes while an earlier one is still at work waits
    /// there, and then fails at the index of names. Who takes the conversation over waits for what is being written, and what
    /// comes after waits for them.
    ///
    /// Gives whether it is written, now or by an earlier try, and whether it is not because there is a later holder; else the
    /// conversation is with another user.
    static let append = PostgreSQLStatement(
        name: "append",
        sql: """
            WITH held AS (SELECT number FROM riposte.holder WHERE conversation = $1::text FOR SHARE),
            touched AS (
                INSERT INTO riposte.conversation AS c (id, user_name, last_number)
                SELECT $1::text, $2::text, $4::bigint
                WHERE NOT EXISTS (SELECT FROM riposte.entry WHERE append = $3::uuid)
                AND NOT EXISTS (SELECT FROM held WHERE number > $7::bigint)
                ON CONFLICT (id) DO UPDATE
                SET last_active = clock_timestamp(), last_number = c.last_number + excluded.last_number,
                    user_name = CASE c.user_name WHEN '' THEN excluded.user_name ELSE c.user_name END
                WHERE c.user_name = '' OR excluded.user_name IN ('', c.user_name)
                RETURNING c.last_number),
            rung AS (
                INSERT INTO riposte.rung (conversation, alarm)
                SELECT $1::text, alarm FROM touched, json_array_elements_text($6::json) AS alarm
                ON CONFLICT DO NOTHING),
            written AS (
                INSERT INTO riposte.entry (conversation, number, append, part, body)
                SELECT $1::text, touched.last_number - $4::bigint + e.part, $3::uuid, e.part, e.body
                FROM touched, json_array_elements($5::json) WITH ORDINALITY AS e (body, part))
            SELECT EXISTS (SELECT FROM touched) OR EXISTS (SELECT FROM riposte.entry WHERE append = $3::uuid),
                EXISTS (SELECT FROM held WHERE number > $7::bigint)
            """)

    /// The number is drawn under the lock of the row: whoever comes later has a greater one. What was taken in the future was
    /// taken before the database's clock was set back.
    static let hold = PostgreSQLStatement(
        name: "hold",
        sql: """
            INSERT INTO riposte.holder AS h (conversation, number, name, taken)
            SELECT $1::text, nextval('riposte.holder_number'), $2::uuid,
                statement_timestamp() - make_interval(secs => $3::double precision)
            ON CONFLICT (conversation) DO UPDATE
            SET number = CASE h.name WHEN excluded.name THEN h.number ELSE nextval('riposte.holder_number') END,
                taken = CASE h.name WHEN excluded.name THEN h.taken ELSE excluded.taken END, name = excluded.name
            WHERE h.name = excluded.name OR h.taken <= excluded.taken OR h.taken > clock_timestamp()
            RETURNING number
            """)

    static let mayRing = PostgreSQLStatement(
        name: "may_ring",
        sql: """
            SELECT NOT EXISTS (SELECT FROM riposte.holder WHERE conversation = $1 AND number > $2::bigint)
            AND NOT EXISTS (SELECT FROM riposte.rung WHERE conversation = $1 AND alarm = $3)
            """)

    static let list = PostgreSQLStatement(
        name: "list",
        sql: """
            SELECT id, user_name, extract(epoch FROM began), extract(epoch FROM last_active) FROM riposte.conversation
            WHERE $1::text IS NULL OR user_name = $1 ORDER BY last_active DESC, id
            """)

    static let user = PostgreSQLStatement(
        name: "user", sql: "SELECT user_name FROM riposte.conversation WHERE id = $1")

    /// First the holder, as when something is written: so neither waits for the other.
    static let forgetConversation = PostgreSQLStatement(
        name: "forget_conversation",
        sql: """
            WITH freed AS (DELETE FROM riposte.holder WHERE conversation = $1 RETURNING 1)
            DELETE FROM riposte.conversation WHERE id = $1 AND (SELECT count(*) FROM freed) >= 0 RETURNING 1
            """)

    /// Some at a time: what is to be forgotten may take longer than one statement may.
    static let forgetUser = PostgreSQLStatement(
        name: "forget_user",
        sql: """
            WITH chosen AS MATERIALIZED (
                SELECT id FROM riposte.conversation WHERE user_name = $1 LIMIT $2::bigint),
            freed AS (
                DELETE FROM riposte.holder WHERE conversation IN (SELECT id FROM chosen) RETURNING 1)
            DELETE FROM riposte.conversation WHERE id IN (SELECT id FROM chosen) AND user_name = $1
            AND (SELECT count(*) FROM freed) >= 0 RETURNING id
            """)

    private static let isIdle = "last_active < statement_timestamp() - make_interval(secs => $1::double precision)"
    /// Whether an alarm was ever set in what is kept.
    private static let hasAlarms = """
        (coalesce(snapshot::text, '') LIKE '%"due":%' OR EXISTS (
            SELECT FROM riposte.entry WHERE conversation = id AND body::text LIKE '%"due":%'))
        """

    /// First the holders, as when something is written: so neither waits for the other.
    private static func forgetIdle(_ name: String, where condition: String) -> PostgreSQLStatement {
        PostgreSQLStatement(
            name: name,
            sql: """
                WITH chosen AS MATERIALIZED (
                    SELECT id FROM riposte.conversation WHERE \(isIdle) AND \(condition) LIMIT $3::bigint),
                held AS (
                    SELECT conversation FROM riposte.holder WHERE conversation IN (SELECT id FROM chosen) FOR UPDATE),
                gone AS (
                    DELETE FROM riposte.conversation
                    WHERE id IN (SELECT id FROM chosen) AND \(isIdle) AND \(condition)
                    AND (SELECT count(*) FROM held) >= 0 RETURNING id),
                freed AS (DELETE FROM riposte.holder USING gone WHERE conversation = gone.id)
                SELECT id FROM gone
                """)
    }

    /// Those in which nothing can be to ring.
    static let forgetIdle = forgetIdle("forget_idle", where: "$2::text IS NULL AND NOT \(hasAlarms)")

    static let idleWithAlarms = PostgreSQLStatement(
        name: "idle_with_alarms", sql: "SELECT id FROM riposte.conversation WHERE \(isIdle) AND \(hasAlarms)")

    static let forgetIdleWithAlarms = forgetIdle("forget_idle_with_alarms", where: "id = $2")

    /// Who has taken over what nobody went on with.
    static let forgetIdleHolders = PostgreSQLStatement(
        name: "forget_idle_holders",
        sql: """
            DELETE FROM riposte.holder h
            WHERE taken < statement_timestamp() - make_interval(secs => $1::double precision)
            AND NOT EXISTS (SELECT FROM riposte.conversation WHERE id = h.conversation)
            """)

    /// The number goes on from where it was, so that entries that come later are after the snapshot.
    static let restore = PostgreSQLStatement(
        name: "restore",
        sql: """
            WITH emptied AS (DELETE FROM riposte.entry WHERE conversation = $1::text),
            quiet AS (DELETE FROM riposte.rung WHERE conversation = $1::text)
            INSERT INTO riposte.conversation AS c
                (id, user_name, began, last_active, last_number, snapshot, snapshot_number)
            VALUES (
                $1::text, $2::text, to_timestamp($3::double precision), to_timestamp($4::double precision), 0, $5::json, 0)
            ON CONFLICT (id) DO UPDATE
            SET user_name = excluded.user_name, began = excluded.began, last_active = excluded.last_active,
                snapshot = excluded.snapshot, snapshot_number = c.last_number
            RETURNING 1
            """)

    /// The same where there is none of that name; else nothing.
    static let insert = PostgreSQLStatement(
        name: "insert",
        sql: """
            INSERT INTO riposte.conversation (id, user_name, began, last_active, last_number, snapshot, snapshot_number)
            VALUES (
                $1::text, $2::text, to_timestamp($3::double precision), to_timestamp($4::double precision), 0, $5::json, 0)
            ON CONFLICT DO NOTHING RETURNING 1
            """)
}
