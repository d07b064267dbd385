#include "CLibrary.h"

#include <dlfcn.h>
#include <pthread.h>

void *riposte_library_open(
    const char *file, const riposte_library_function *functions, size_t count, int *lacks) {
    *lacks = 0;
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return NULL;
    for (size_t i = 0; i < count && !*lacks; i++) *lacks = !dlsym(handle, functions[i].name);
    if (*lacks) {
        dlclose(handle);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) *(void **)functions[i].place = dlsym(handle, functions[i].name);
    return handle;
}

int riposte_library_load(
    const char *file, const riposte_library_function *functions, size_t count, void **library) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int lacks;
    pthread_mutex_lock(&lock);
    if (!*library) *library = riposte_library_open(file, functions, count, &lacks);
    int status = *library ? 0 : -1;
    pthread_mutex_unlock(&lock);
    return status;
}
