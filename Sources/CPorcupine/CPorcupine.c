#include "CPorcupine.h"

#include "CLibrary.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Status codes of the library's interface, version 1.9.
enum {
    STATUS_SUCCESS = 0,
    STATUS_OUT_OF_MEMORY = 1,
    STATUS_IO_ERROR = 2,
    STATUS_INVALID_ARGUMENT = 3,
    STATUS_KEY_ERROR = 5,
};

struct PorcLibrary {
    int (*initialize)(
        const char *model, int32_t count, const char *const *keywords, const float *sensitivities, void **object);
    void (*destroy)(void *object);
    int (*process)(void *object, const int16_t *samples, int32_t *keyword);
    const char *(*version)(void);
    int32_t (*frameLength)(void);
    int32_t (*sampleRate)(void);
};

struct PorcDetector {
    const PorcLibrary *library;
    void *object;
};

static int statusOf(int status) {
    switch (status) {
    case STATUS_SUCCESS: return PORC_OK;
    case STATUS_OUT_OF_MEMORY: return PORC_NO_MEMORY;
    case STATUS_IO_ERROR: return PORC_NO_FILE;
    case STATUS_INVALID_ARGUMENT:
    case STATUS_KEY_ERROR: return PORC_BAD_ARGUMENT;
    default: return PORC_FAILED;
    }
}

/// Later versions have functions of the same names that take other arguments: none may be called before this is known.
static bool isKnown(const PorcLibrary *library) {
    const char *version = library->version();
    if (version == NULL || strncmp(version, "1.9", 3) != 0) return false;
    if (version[3] != '\0' && version[3] != '.') return false;
    return library->frameLength() == 512 && library->sampleRate() == 16000;
}

int porc_open(const char *path, PorcLibrary **library) {
    PorcLibrary found;
    const riposte_library_function functions[] = {
        {"pv_porcupine_init", &found.initialize}, {"pv_porcupine_delete", &found.destroy},
        {"pv_porcupine_process", &found.process}, {"pv_porcupine_version", &found.version},
        {"pv_porcupine_frame_length", &found.frameLength}, {"pv_sample_rate", &found.sampleRate},
    };
    int lacks;
    void *handle = riposte_library_open(path, functions, sizeof functions / sizeof functions[0], &lacks);
    if (handle == NULL) return lacks ? PORC_UNUSABLE : PORC_NO_LIBRARY;
    bool known = isKnown(&found);
    PorcLibrary *opened = known ? malloc(sizeof *opened) : NULL;
    if (opened == NULL) {
        dlclose(handle);
        return known ? PORC_NO_MEMORY : PORC_OTHER_VERSION;
    }
    *opened = found;
    *library = opened;
    return PORC_OK;
}

// The library leaves each keyword file open for good: some thousand detectors, and no file can be opened any more.
// Nothing else in the process has such a file open while `creating` is held.
static pthread_mutex_t creating = PTHREAD_MUTEX_INITIALIZER;

static void closeLeftOpen(const char *path) {
    char wanted[PATH_MAX], link[64], target[PATH_MAX];
    DIR *folder = realpath(path, wanted) == NULL ? NULL : opendir("/proc/self/fd");
    if (folder == NULL) return;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        int descriptor = atoi(entry->d_name);
        if (descriptor <= STDERR_FILENO || descriptor == dirfd(folder)) continue;
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(link, target, sizeof target - 1);
        if (length < 0) continue;
        target[length] = 0;
        if (strcmp(target, wanted) == 0) close(descriptor);
    }
    closedir(folder);
}

int porc_create(
    const PorcLibrary *library, const char *model, int count, const char *const *keywords, const float *sensitivities,
    PorcDetector **detector) {
    PorcDetector *created = calloc(1, sizeof *created);
    if (created == NULL) return PORC_NO_MEMORY;
    created->library = library;
    pthread_mutex_lock(&creating);
    int status = statusOf(library->initialize(model, count, keywords, sensitivities, &created->object));
    for (int index = 0; index < count; index++) closeLeftOpen(keywords[index]);
    pthread_mutex_unlock(&creating);
    if (status == PORC_OK) {
        *detector = created;
    } else {
        free(created);
    }
    return status;
}

int porc_process(PorcDetector *detector, const int16_t *samples, int *keyword) {
    int32_t index = -1;
    int status = statusOf(detector->library->process(detector->object, samples, &index));
    *keyword = index;
    return status;
}

void porc_release(PorcDetector *detector) {
    if (detector == NULL) return;
    detector->library->destroy(detector->object);
    free(detector);
}
