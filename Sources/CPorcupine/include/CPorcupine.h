#pragma once
#include <stddef.h>
#include <stdint.h>

// Porcupine 1.9's C library, opened at run time: the project builds and runs without it.

/// What became of a call. 0 is success.
enum {
    PORC_OK = 0,
    /// There is no such library, or the system cannot open it.
    PORC_NO_LIBRARY = 1,
    /// The library is there, but lacks a function of version 1.9.
    PORC_UNUSABLE = 2,
    PORC_NO_MEMORY = 3,
    /// A model or keyword file is not there or cannot be read.
    PORC_NO_FILE = 4,
    /// A file is not what it should be, or a value is out of its range.
    PORC_BAD_ARGUMENT = 5,
    PORC_FAILED = 6,
    /// The library is of another version than 1.9, or its frames are not 512 samples at 16 kHz.
    PORC_OTHER_VERSION = 7,
};

/// An opened library. It stays open as long as the process lives, because detectors may be at work in it.
typedef struct PorcLibrary PorcLibrary;

/// A detector; used by one thread at a time.
typedef struct PorcDetector PorcDetector;

/// Opens the library at a path. Its frames are 512 samples at 16 kHz.
int porc_open(const char *path, PorcLibrary **library);

/// Makes a detector for keywords.
/// - keywords: paths, `count` of them; `sensitivities`: 0 to 1, one for each.
/// - detector: to be freed with `porc_release`.
int porc_create(
    const PorcLibrary *library, const char *model, int count, const char *const *keywords, const float *sensitivities,
    PorcDetector **detector);

/// Hears the next frame.
/// - keyword: the index of the keyword that was heard, or -1.
int porc_process(PorcDetector *detector, const int16_t *samples, int *keyword);

void porc_release(PorcDetector *detector);
