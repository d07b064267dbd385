#pragma once
#include <stddef.h>
#include <stdint.h>

// espeak-ng's C library, opened at run time: it is GPL-3.0, and the project builds, runs and speaks without it.
//
// The library has one state for the whole process. Every call here takes a lock, so they may come from any thread.
//
// It speaks in a process of its own (a fork, which ends with this one): version 1.51 reads memory that it has freed where
// a word goes over from one language to another, as in text of mixed scripts, and sometimes crashes.

/// What became of a call. 0 is success.
enum {
    ESPK_OK = 0,
    /// There is no such library on this machine.
    ESPK_NO_LIBRARY = 1,
    /// The library is there, but lacks a function or its data.
    ESPK_UNUSABLE = 2,
    ESPK_NO_VOICE = 3,
    ESPK_FAILED = 4,
    ESPK_NO_MEMORY = 5,
    /// The library crashes of this text, or takes longer than 20 s for it.
    ESPK_CRASHED = 6,
};

/// A voice's name, the language it is best at, and 0 (unknown), 1 (male) or 2 (female).
typedef struct {
    const char *name;
    const char *language;
    const char *identifier;
    int gender;
} EspkVoice;

/// Opens the library once; later calls give the same result.
/// - path: a file's name or path, or NULL for the usual names.
/// - sampleRate: hertz.
int espk_open(const char *path, int *sampleRate);

/// The library's version; empty if it is not open or does not tell. The string is the library's own.
const char *espk_version(void);

/// The voices there are. The array, and the strings with it, is to be freed with `espk_free`.
int espk_voices(EspkVoice **voices, size_t *count);

/// Speaks a text in UTF-8.
/// - rate: words a minute, 80 to 450.
/// - pitch: 0 to 99; 50 is the voice's own.
/// - samples: to be freed with `espk_free`.
int espk_speak(
    const char *text, const char *voice, int rate, int pitch, int16_t **samples, size_t *count);

/// The phonemes of a text in UTF-8, in the international alphabet, its clauses separated by line feeds.
/// - phonemes: to be freed with `espk_free`.
int espk_phonemes(const char *text, const char *voice, char **phonemes);

void espk_free(void *memory);
