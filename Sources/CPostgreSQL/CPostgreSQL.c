#include "CPostgreSQL.h"

#include "CLibrary.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// Constants of the library's interface.
enum {
    CONNECTION_OK = 0,
    POLLING_FAILED = 0,
    POLLING_READING = 1,
    POLLING_OK = 3,
    COMMAND_OK = 1,
    TUPLES_OK = 2,
    DIAGNOSTIC_STATE = 'C',
    DIAGNOSTIC_MESSAGE = 'M',
};

typedef struct {
    char *keyword, *environment, *compiled, *value, *label, *display;
    int size;
} pq_option;

static struct {
    riposte_pq_connection *(*connect_start)(const char *address);
    int (*connect_poll)(riposte_pq_connection *connection);
    int (*status)(const riposte_pq_connection *connection);
    int (*socket)(const riposte_pq_connection *connection);
    char *(*error_message)(const riposte_pq_connection *connection);
    void (*finish)(riposte_pq_connection *connection);
    int (*set_nonblocking)(riposte_pq_connection *connection, int on);
    int (*send_query)(riposte_pq_connection *connection, const char *sql);
    int (*send_prepare)(
        riposte_pq_connection *connection, const char *name, const char *sql, int count, const unsigned *types);
    int (*send_prepared)(
        riposte_pq_connection *connection, const char *name, int count, const char *const *values, const int *lengths,
        const int *formats, int result_format);
    int (*flush)(riposte_pq_connection *connection);
    int (*consume_input)(riposte_pq_connection *connection);
    int (*is_busy)(riposte_pq_connection *connection);
    riposte_pq_result *(*get_result)(riposte_pq_connection *connection);
    void (*clear)(riposte_pq_result *result);
    int (*result_status)(const riposte_pq_result *result);
    char *(*result_error_field)(const riposte_pq_result *result, int field);
    int (*row_count)(const riposte_pq_result *result);
    int (*column_count)(const riposte_pq_result *result);
    char *(*get_value)(const riposte_pq_result *result, int row, int column);
    int (*get_is_null)(const riposte_pq_result *result, int row, int column);
    pq_option *(*parse)(const char *address, char **message);
    pq_option *(*defaults)(void);
    void (*options_free)(pq_option *options);
    void (*free_memory)(void *memory);
    void *(*set_notice_processor)(
        riposte_pq_connection *connection, void (*processor)(void *, const char *), void *argument);
    int (*lib_version)(void);
} pq;

static void *library;

int riposte_pq_load(const char *file) {
    static const riposte_library_function functions[] = {
        {"PQconnectStart", &pq.connect_start},
        {"PQconnectPoll", &pq.connect_poll},
        {"PQstatus", &pq.status},
        {"PQsocket", &pq.socket},
        {"PQerrorMessage", &pq.error_message},
        {"PQfinish", &pq.finish},
        {"PQsetnonblocking", &pq.set_nonblocking},
        {"PQsendQuery", &pq.send_query},
        {"PQsendPrepare", &pq.send_prepare},
        {"PQsendQueryPrepared", &pq.send_prepared},
        {"PQflush", &pq.flush},
        {"PQconsumeInput", &pq.consume_input},
        {"PQisBusy", &pq.is_busy},
        {"PQgetResult", &pq.get_result},
        {"PQclear", &pq.clear},
        {"PQresultStatus", &pq.result_status},
        {"PQresultErrorField", &pq.result_error_field},
        {"PQntuples", &pq.row_count},
        {"PQnfields", &pq.column_count},
        {"PQgetvalue", &pq.get_value},
        {"PQgetisnull", &pq.get_is_null},
        {"PQconninfoParse", &pq.parse},
        {"PQconndefaults", &pq.defaults},
        {"PQconninfoFree", &pq.options_free},
        {"PQfreemem", &pq.free_memory},
        {"PQsetNoticeProcessor", &pq.set_notice_processor},
        {"PQlibVersion", &pq.lib_version},
    };
    return riposte_library_load(file, functions, sizeof functions / sizeof functions[0], &library);
}

int riposte_pq_version(void) { return library ? pq.lib_version() : 0; }

static const char *value_of(const pq_option *options, const char *keyword) {
    for (; options && options->keyword; options++) {
        if (!strcmp(options->keyword, keyword)) return options->value;
    }
    return NULL;
}

int riposte_pq_describe(const char *address, char *text, int capacity) {
    char *message = NULL;
    pq_option *given = pq.parse(address, &message);
    if (message) pq.free_memory(message);
    if (!given) return -1;
    // What the address leaves out comes from the environment.
    pq_option *usual = pq.defaults();
    const char *names[] = {"user", "host", "port", "dbname"}, *values[4];
    for (int i = 0; i < 4; i++) {
        values[i] = value_of(given, names[i]);
        if (!values[i]) values[i] = value_of(usual, names[i]);
    }
    // As the library has it: without a database, the user's own.
    if (!values[3]) values[3] = values[0];
    snprintf(
        text, (size_t)capacity, "%s@%s:%s/%s", values[0] ? values[0] : "", values[1] ? values[1] : "localhost",
        values[2] ? values[2] : "5432", values[3] ? values[3] : "");
    pq.options_free(given);
    if (usual) pq.options_free(usual);
    return 0;
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static void copy(char *target, size_t capacity, const char *text) {
    snprintf(target, capacity, "%s", text ? text : "");
    // The library's messages end with a line break.
    size_t length = strlen(target);
    while (length > 0 && (target[length - 1] == '\n' || target[length - 1] == ' ')) target[--length] = 0;
}

static int lost(const riposte_pq_connection *connection, riposte_pq_failure *failure) {
    copy(failure->message, sizeof failure->message, pq.error_message(connection));
    return RIPOSTE_PQ_LOST;
}

/// Waits until the socket can be read or written. Returns what it can do, 0 when the time is over.
static int wait_for(const riposte_pq_connection *connection, short events, long long deadline) {
    struct pollfd descriptor = {.fd = pq.socket(connection), .events = events};
    while (1) {
        long long rest = deadline - now();
        if (rest <= 0) return 0;
        int ready = poll(&descriptor, 1, (int)rest);
        // What is wrong with the socket is found out by whoever reads it.
        if (ready > 0) return descriptor.revents;
        if (ready < 0 && errno != EINTR) return POLLERR;
    }
}

static int timed_out(riposte_pq_failure *failure) {
    copy(failure->message, sizeof failure->message, "it took too long");
    return RIPOSTE_PQ_TIMED_OUT;
}

static void ignore_notice(void *argument, const char *message) {
    (void)argument;
    (void)message;
}

int riposte_pq_connect(
    const char *address, int milliseconds, riposte_pq_connection **connection, riposte_pq_failure *failure) {
    *connection = NULL;
    memset(failure, 0, sizeof *failure);
    long long deadline = now() + milliseconds;
    riposte_pq_connection *made = pq.connect_start(address);
    if (!made) {
        copy(failure->message, sizeof failure->message, "out of memory");
        return RIPOSTE_PQ_LOST;
    }
    int status = RIPOSTE_PQ_DONE;
    if (pq.status(made) == 1) {
        status = lost(made, failure);
    } else {
        // As the library wants it: written to first.
        int wanted = 2;
        while (status == RIPOSTE_PQ_DONE) {
            if (!wait_for(made, wanted == POLLING_READING ? POLLIN : POLLOUT, deadline)) {
                status = timed_out(failure);
                break;
            }
            wanted = pq.connect_poll(made);
            if (wanted == POLLING_OK) break;
            if (wanted == POLLING_FAILED) status = lost(made, failure);
        }
    }
    if (status == RIPOSTE_PQ_DONE && pq.set_nonblocking(made, 1) != 0) status = lost(made, failure);
    if (status != RIPOSTE_PQ_DONE) {
        pq.finish(made);
        return status;
    }
    pq.set_notice_processor(made, ignore_notice, NULL);
    *connection = made;
    return RIPOSTE_PQ_DONE;
}

void riposte_pq_close(riposte_pq_connection *connection) { pq.finish(connection); }

/// Sends what was asked for, and waits for all that comes of it.
/// - result: the last one with rows; NULL is not wanted.
static int finish(
    riposte_pq_connection *connection, int sent, long long deadline, riposte_pq_result **result,
    riposte_pq_failure *failure) {
    if (!sent) return lost(connection, failure);
    int left;
    while ((left = pq.flush(connection)) == 1) {
        int ready = wait_for(connection, POLLIN | POLLOUT, deadline);
        if (!ready) return timed_out(failure);
        if ((ready & POLLIN) && !pq.consume_input(connection)) return lost(connection, failure);
    }
    if (left < 0) return lost(connection, failure);
    int status = RIPOSTE_PQ_DONE;
    while (1) {
        while (pq.is_busy(connection)) {
            if (!wait_for(connection, POLLIN, deadline)) return timed_out(failure);
            if (!pq.consume_input(connection)) return lost(connection, failure);
        }
        riposte_pq_result *part = pq.get_result(connection);
        if (!part) break;
        int kind = pq.result_status(part);
        if (kind != COMMAND_OK && kind != TUPLES_OK && status == RIPOSTE_PQ_DONE) {
            status = RIPOSTE_PQ_REFUSED;
            copy(failure->state, sizeof failure->state, pq.result_error_field(part, DIAGNOSTIC_STATE));
            copy(failure->message, sizeof failure->message, pq.result_error_field(part, DIAGNOSTIC_MESSAGE));
            // What the library itself notices has no state: the connection broke.
            if (!failure->state[0]) status = lost(connection, failure);
        }
        if (kind == TUPLES_OK && result && !*result) {
            *result = part;
        } else {
            pq.clear(part);
        }
    }
    if (pq.status(connection) != CONNECTION_OK) {
        if (status == RIPOSTE_PQ_DONE) lost(connection, failure);
        status = RIPOSTE_PQ_LOST;
    }
    if (status != RIPOSTE_PQ_DONE && result && *result) {
        pq.clear(*result);
        *result = NULL;
    }
    return status;
}

int riposte_pq_script(
    riposte_pq_connection *connection, const char *sql, int milliseconds, riposte_pq_failure *failure) {
    memset(failure, 0, sizeof *failure);
    long long deadline = now() + milliseconds;
    return finish(connection, pq.send_query(connection, sql), deadline, NULL, failure);
}

int riposte_pq_prepare(
    riposte_pq_connection *connection, const char *name, const char *sql, int milliseconds,
    riposte_pq_failure *failure) {
    memset(failure, 0, sizeof *failure);
    long long deadline = now() + milliseconds;
    return finish(connection, pq.send_prepare(connection, name, sql, 0, NULL), deadline, NULL, failure);
}

int riposte_pq_run(
    riposte_pq_connection *connection, const char *name, const char *const *values, int count, int milliseconds,
    riposte_pq_result **result, riposte_pq_failure *failure) {
    *result = NULL;
    memset(failure, 0, sizeof *failure);
    long long deadline = now() + milliseconds;
    int sent = pq.send_prepared(connection, name, count, values, NULL, NULL, 0);
    return finish(connection, sent, deadline, result, failure);
}

int riposte_pq_rows(const riposte_pq_result *result) { return result ? pq.row_count(result) : 0; }

int riposte_pq_columns(const riposte_pq_result *result) { return result ? pq.column_count(result) : 0; }

const char *riposte_pq_value(const riposte_pq_result *result, int row, int column) {
    return pq.get_is_null(result, row, column) ? NULL : pq.get_value(result, row, column);
}

void riposte_pq_release(riposte_pq_result *result) {
    if (result) pq.clear(result);
}
