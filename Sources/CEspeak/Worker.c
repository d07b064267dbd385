#define _GNU_SOURCE
#include "Worker.h"
#include "CEspeak.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef MSG_NOSIGNAL
enum { SEND_FLAGS = MSG_NOSIGNAL };
#else
enum { SEND_FLAGS = 0 };
#endif

enum {
    // Of one sentence; it takes milliseconds.
    TIME_LIMIT = 20,
    SOCKET = 3,
};

typedef struct {
    int32_t kind, rate, pitch;
    uint32_t voiceSize, textSize;
} RequestHead;

typedef struct {
    int32_t status;
    uint64_t size;
} ReplyHead;

static pid_t worker = -1;
static int connection = -1;

static bool sendAll(int socket, const void *bytes, size_t size) {
    const char *rest = bytes;
    while (size > 0) {
        ssize_t count = send(socket, rest, size, SEND_FLAGS);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        rest += count;
        size -= (size_t)count;
    }
    return true;
}

static bool receiveAll(int socket, void *bytes, size_t size) {
    char *rest = bytes;
    while (size > 0) {
        ssize_t count = recv(socket, rest, size, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        rest += count;
        size -= (size_t)count;
    }
    return true;
}

// Text of the given size, which has its zero with it.
static char *receiveText(uint32_t size) {
    char *text = size > 0 ? malloc(size) : NULL;
    if (text != NULL && receiveAll(SOCKET, text, size)) {
        text[size - 1] = 0;
        return text;
    }
    free(text);
    return NULL;
}

// MARK: In the worker

// Nothing of the process that it comes from stays: no files, no ways to handle signals.
static void detach(int socket) {
    if (socket != SOCKET) dup2(socket, SOCKET);
    int nothing = open("/dev/null", O_RDWR);
    for (int file = 0; file < SOCKET; file++) dup2(nothing, file);
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536) limit = 65536;
    for (int file = SOCKET + 1; file < limit; file++) close(file);
    static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGALRM, SIGPIPE };
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) signal(fatal[i], SIG_DFL);
    // It ends with the process that it comes from, when the connection does.
    static const int others[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) signal(others[i], SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    struct rlimit noDump = { 0, 0 };
    setrlimit(RLIMIT_CORE, &noDump);
}

static void serve(Work work) {
    RequestHead head;
    while (receiveAll(SOCKET, &head, sizeof head)) {
        char *voice = receiveText(head.voiceSize);
        char *text = voice != NULL ? receiveText(head.textSize) : NULL;
        if (text == NULL) _exit(1);
        WorkerRequest request = { head.kind, head.rate, head.pitch, voice, text };
        void *result = NULL;
        size_t size = 0;
        alarm(TIME_LIMIT);
        int status = work(&request, &result, &size);
        alarm(0);
        ReplyHead reply = { status, result != NULL ? size : 0 };
        bool isSent = sendAll(SOCKET, &reply, sizeof reply) && sendAll(SOCKET, result, reply.size);
        free(result);
        free(voice);
        free(text);
        if (!isSent) break;
    }
    _exit(0);
}

// MARK: In the process that asks

static bool start(Work work) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return false;
    for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    pid_t process = fork();
    if (process == 0) {
        detach(ends[1]);
        serve(work);
    }
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return false;
    }
    worker = process;
    connection = ends[0];
    return true;
}

static void stop(void) {
    close(connection);
    // It may be busy for ever.
    kill(worker, SIGKILL);
    while (waitpid(worker, NULL, 0) < 0 && errno == EINTR) {}
    worker = -1;
    connection = -1;
}

// False if the worker died of it.
static bool ask(const WorkerRequest *request, int *status, void **result, size_t *size) {
    RequestHead head = {
        request->kind, request->rate, request->pitch,
        (uint32_t)strlen(request->voice) + 1, (uint32_t)strlen(request->text) + 1,
    };
    ReplyHead reply;
    if (!sendAll(connection, &head, sizeof head) || !sendAll(connection, request->voice, head.voiceSize)
        || !sendAll(connection, request->text, head.textSize) || !receiveAll(connection, &reply, sizeof reply))
        return false;
    *status = reply.status;
    *result = NULL;
    *size = reply.size;
    if (reply.size == 0) return true;
    *result = malloc(reply.size);
    if (*result == NULL || !receiveAll(connection, *result, reply.size)) {
        *status = ESPK_NO_MEMORY;
        free(*result);
        *result = NULL;
        return false;
    }
    return true;
}

int worker_do(Work work, const WorkerRequest *request, void **result, size_t *size) {
    // What went before may have left it in a bad way, so a new one gets a try.
    for (int attempt = 0; attempt < 2; attempt++) {
        if (worker < 0 && !start(work)) return ESPK_FAILED;
        int status = ESPK_FAILED;
        if (ask(request, &status, result, size)) return status;
        stop();
    }
    return ESPK_CRASHED;
}
