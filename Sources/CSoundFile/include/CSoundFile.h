#pragma once
#include <stddef.h>
#include <stdint.h>

// libsndfile, opened at run time: the project builds and runs without it, but for FLAC, MP3 and Ogg themselves.
//
// Only these three of the library's formats can be opened here. Readers and writers are independent of each other; one is
// used by one thread at a time.

/// Opens the library once; later calls give the same result.
/// Returns 0, or -1 where there is none or it lacks a function.
int riposte_sndfile_load(const char *file);

/// The library's version, or NULL before it is open.
const char *riposte_sndfile_version(void);

enum {
    RIPOSTE_SOUND_FLAC = 1,
    RIPOSTE_SOUND_MP3 = 2,
    RIPOSTE_SOUND_OGG = 3,
};

/// Whether the library, as it was built, writes such sound at a rate, mono.
int riposte_sound_can_write(int kind, int rate);

typedef struct riposte_sound_reader riposte_sound_reader;
typedef struct riposte_sound_writer riposte_sound_writer;

/// What a sound is, once it is open.
typedef struct {
    int kind;
    int rate;
    int channels;
    /// 0 or less where it is not known.
    int64_t frames;
} riposte_sound;

/// Opens sound in memory, which is copied; or, without bytes, the file at `path`.
/// Returns NULL where it is none of the three formats; `error` is then told the library's number.
riposte_sound_reader *riposte_sound_reader_open(
    const uint8_t *bytes, int64_t size, const char *path, riposte_sound *sound, int *error);

/// Reads up to `count` frames, channels side by side. Returns how many; 0 at the end, and where the rest is broken.
int64_t riposte_sound_reader_read(riposte_sound_reader *reader, float *samples, int64_t count);

void riposte_sound_reader_close(riposte_sound_reader *reader);

/// Makes a writer, mono. Returns NULL where the library does not write such sound.
riposte_sound_writer *riposte_sound_writer_open(int kind, int rate, int *error);

/// Takes samples. Returns 0 or -1.
int riposte_sound_writer_write(riposte_sound_writer *writer, const float *samples, int64_t count);

/// Writes what is left; nothing can be written afterwards.
void riposte_sound_writer_finish(riposte_sound_writer *writer);

/// The bytes that were written since the last time, valid until the next call.
const uint8_t *riposte_sound_writer_take(riposte_sound_writer *writer, size_t *count);

void riposte_sound_writer_close(riposte_sound_writer *writer);

/// An error's name in words.
const char *riposte_sndfile_error_text(int code);
