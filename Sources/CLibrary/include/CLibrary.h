#pragma once

#include <stddef.h>

/// A function of a library, and the pointer that its address goes to.
typedef struct {
    const char *name;
    void *place;
} riposte_library_function;

/// Opens a library with all of these functions, or not at all: without one of them no pointer is written.
///
/// `file` is a name to look for, or a path. The handle is what `dlopen` gives; NULL where it can't be opened, and, with
/// `*lacks` 1, where a function is missing.
void *riposte_library_open(
    const char *file, const riposte_library_function *functions, size_t count, int *lacks);

/// The same once for the whole process: what `*library` has already is not opened again. Any thread may call it.
///
/// - Returns: 0, or -1 where there is no such library or it lacks a function.
int riposte_library_load(
    const char *file, const riposte_library_function *functions, size_t count, void **library);
