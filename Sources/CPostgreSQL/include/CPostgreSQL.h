#pragma once

// libpq, PostgreSQL's client, opened at run time: the project builds and runs without it, but for conversations that are
// kept in PostgreSQL.
//
// Nothing waits longer than it is told to. A connection is used by one thread at a time; after anything but
// RIPOSTE_PQ_DONE or RIPOSTE_PQ_REFUSED it is only good for closing.

enum {
    RIPOSTE_PQ_DONE = 0,
    /// The server took it and said no: the failure has its SQLSTATE.
    RIPOSTE_PQ_REFUSED = 1,
    /// The server could not be reached, or is not there any more.
    RIPOSTE_PQ_LOST = 2,
    RIPOSTE_PQ_TIMED_OUT = 3,
};

/// Why something was not done.
typedef struct {
    /// Five characters of the SQL standard; empty where the server did not say.
    char state[6];
    char message[512];
} riposte_pq_failure;

typedef struct riposte_pq_connection riposte_pq_connection;
typedef struct riposte_pq_result riposte_pq_result;

/// Opens the library once; later calls give the same result.
/// Returns 0, or -1 where there is none or it lacks a function.
int riposte_pq_load(const char *file);

/// The library's version as it counts (150018), or 0 before it is open.
int riposte_pq_version(void);

/// Writes who is asked where, "user@host:port/database", without the password.
/// Returns 0, or -1 where the address is none.
int riposte_pq_describe(const char *address, char *text, int capacity);

/// Connects, within so many milliseconds.
int riposte_pq_connect(
    const char *address, int milliseconds, riposte_pq_connection **connection, riposte_pq_failure *failure);

void riposte_pq_close(riposte_pq_connection *connection);

/// Runs statements without parameters, separated by semicolons; what they give is left out.
int riposte_pq_script(
    riposte_pq_connection *connection, const char *sql, int milliseconds, riposte_pq_failure *failure);

/// Has the server remember a statement under a name.
int riposte_pq_prepare(
    riposte_pq_connection *connection, const char *name, const char *sql, int milliseconds,
    riposte_pq_failure *failure);

/// Runs a statement that was prepared. Values are texts; NULL is none.
/// - result: rows of texts, to be released.
int riposte_pq_run(
    riposte_pq_connection *connection, const char *name, const char *const *values, int count, int milliseconds,
    riposte_pq_result **result, riposte_pq_failure *failure);

int riposte_pq_rows(const riposte_pq_result *result);
int riposte_pq_columns(const riposte_pq_result *result);
/// NULL where there is no value.
const char *riposte_pq_value(const riposte_pq_result *result, int row, int column);
void riposte_pq_release(riposte_pq_result *result);
