#pragma once
#include <stddef.h>

// The library, in a process of its own: some texts make it use memory that it has freed, and then it may crash.

typedef struct {
    // What is to be done; the meaning is the caller's.
    int kind;
    int rate, pitch;
    const char *voice;
    const char *text;
} WorkerRequest;

// Does what is asked, in the worker. The result is allocated, or NULL.
typedef int (*Work)(const WorkerRequest *request, void **result, size_t *size);

// Has a request done; the calls must take turns. The worker is started at the first one, and again if it has died.
// - result: to be freed.
// - Returns the status of the work, or `ESPK_CRASHED` if the worker dies of the request each time.
int worker_do(Work work, const WorkerRequest *request, void **result, size_t *size);
