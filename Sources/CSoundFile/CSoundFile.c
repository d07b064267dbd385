#include "CSoundFile.h"

#include "CLibrary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The library's interface, as far as it is used.
typedef struct sndfile SNDFILE;

typedef struct {
    int64_t frames;
    int samplerate;
    int channels;
    int format;
    int sections;
    int seekable;
} SF_INFO;

typedef struct {
    int64_t (*get_filelen)(void *place);
    int64_t (*seek)(int64_t offset, int whence, void *place);
    int64_t (*read)(void *bytes, int64_t count, void *place);
    int64_t (*write)(const void *bytes, int64_t count, void *place);
    int64_t (*tell)(void *place);
} SF_VIRTUAL_IO;

enum {
    MODE_READ = 0x10,
    MODE_WRITE = 0x20,
    TYPE_MASK = 0x0FFF0000,
    TYPE_FLAC = 0x170000,
    TYPE_OGG = 0x200000,
    TYPE_MPEG = 0x230000,
    SUBTYPE_PCM_16 = 0x0002,
    SUBTYPE_VORBIS = 0x0060,
    SUBTYPE_MPEG_LAYER_III = 0x0082,
    COMMAND_SET_CLIPPING = 0x10C0,
    COMMAND_SET_COMPRESSION_LEVEL = 0x1301,
    COMMAND_SET_BITRATE_MODE = 0x1305,
    BITRATE_MODE_CONSTANT = 0,
};

static struct {
    SNDFILE *(*open)(const char *path, int mode, SF_INFO *info);
    SNDFILE *(*open_virtual)(SF_VIRTUAL_IO *io, int mode, SF_INFO *info, void *place);
    int (*close)(SNDFILE *file);
    int64_t (*readf_float)(SNDFILE *file, float *samples, int64_t count);
    int64_t (*writef_float)(SNDFILE *file, const float *samples, int64_t count);
    int (*command)(SNDFILE *file, int command, void *data, int size);
    int (*format_check)(const SF_INFO *info);
    int (*error)(SNDFILE *file);
    const char *(*error_number)(int code);
    const char *(*version_string)(void);
} sndfile;

static void *library;

int riposte_sndfile_load(const char *file) {
    static const riposte_library_function functions[] = {
        {"sf_open", &sndfile.open},
        {"sf_open_virtual", &sndfile.open_virtual},
        {"sf_close", &sndfile.close},
        {"sf_readf_float", &sndfile.readf_float},
        {"sf_writef_float", &sndfile.writef_float},
        {"sf_command", &sndfile.command},
        {"sf_format_check", &sndfile.format_check},
        {"sf_error", &sndfile.error},
        {"sf_error_number", &sndfile.error_number},
        {"sf_version_string", &sndfile.version_string},
    };
    return riposte_library_load(file, functions, sizeof functions / sizeof functions[0], &library);
}

const char *riposte_sndfile_version(void) { return library ? sndfile.version_string() : NULL; }

const char *riposte_sndfile_error_text(int code) { return library ? sndfile.error_number(code) : NULL; }

static int format_of(int kind) {
    switch (kind) {
    case RIPOSTE_SOUND_FLAC: return TYPE_FLAC | SUBTYPE_PCM_16;
    case RIPOSTE_SOUND_MP3: return TYPE_MPEG | SUBTYPE_MPEG_LAYER_III;
    case RIPOSTE_SOUND_OGG: return TYPE_OGG | SUBTYPE_VORBIS;
    default: return 0;
    }
}

int riposte_sound_can_write(int kind, int rate) {
    SF_INFO info = {.samplerate = rate, .channels = 1, .format = format_of(kind)};
    return library && sndfile.format_check(&info);
}

// Bytes in memory as a file.

struct riposte_sound_reader {
    SNDFILE *file;
    uint8_t *bytes;
    int64_t size;
    int64_t position;
};

static int64_t moved(int64_t offset, int whence, int64_t position, int64_t size) {
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? position : size;
    // What lies outside is no place.
    if (offset < -base || offset > size - base) return -1;
    return base + offset;
}

static int64_t reader_length(void *place) { return ((riposte_sound_reader *)place)->size; }

static int64_t reader_seek(int64_t offset, int whence, void *place) {
    riposte_sound_reader *reader = place;
    int64_t position = moved(offset, whence, reader->position, reader->size);
    if (position >= 0) reader->position = position;
    return position;
}

static int64_t reader_read(void *bytes, int64_t count, void *place) {
    riposte_sound_reader *reader = place;
    int64_t left = reader->size - reader->position;
    if (count > left) count = left;
    if (count <= 0) return 0;
    memcpy(bytes, reader->bytes + reader->position, (size_t)count);
    reader->position += count;
    return count;
}

static int64_t reader_write(const void *bytes, int64_t count, void *place) {
    (void)bytes, (void)count, (void)place;
    return 0;
}

static int64_t reader_tell(void *place) { return ((riposte_sound_reader *)place)->position; }

static SF_VIRTUAL_IO memory = {reader_length, reader_seek, reader_read, reader_write, reader_tell};

static int kind_of(int format) {
    switch (format & TYPE_MASK) {
    case TYPE_FLAC: return RIPOSTE_SOUND_FLAC;
    case TYPE_MPEG: return RIPOSTE_SOUND_MP3;
    case TYPE_OGG: return RIPOSTE_SOUND_OGG;
    default: return 0;
    }
}

riposte_sound_reader *riposte_sound_reader_open(
    const uint8_t *bytes, int64_t size, const char *path, riposte_sound *sound, int *error) {
    *error = 0;
    riposte_sound_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    SF_INFO info = {0};
    if (bytes) {
        reader->bytes = malloc(size > 0 ? (size_t)size : 1);
        if (!reader->bytes) {
            free(reader);
            return NULL;
        }
        if (size > 0) memcpy(reader->bytes, bytes, (size_t)size);
        reader->size = size;
        reader->file = sndfile.open_virtual(&memory, MODE_READ, &info, reader);
    } else {
        reader->file = sndfile.open(path, MODE_READ, &info);
    }
    sound->kind = reader->file ? kind_of(info.format) : 0;
    if (!sound->kind || info.samplerate <= 0 || info.channels <= 0) {
        *error = sndfile.error(reader->file);
        riposte_sound_reader_close(reader);
        return NULL;
    }
    sound->rate = info.samplerate;
    sound->channels = info.channels;
    // The library says the largest number where it doesn't know.
    sound->frames = info.frames < INT64_MAX / 2 ? info.frames : 0;
    return reader;
}

int64_t riposte_sound_reader_read(riposte_sound_reader *reader, float *samples, int64_t count) {
    int64_t got = sndfile.readf_float(reader->file, samples, count);
    return got > 0 ? got : 0;
}

void riposte_sound_reader_close(riposte_sound_reader *reader) {
    if (reader->file) sndfile.close(reader->file);
    free(reader->bytes);
    free(reader);
}

// What is written leaves at once: a writer goes back only to correct its header, which is left out.

struct riposte_sound_writer {
    SNDFILE *file;
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    int64_t size;
    int64_t position;
    int isFull;
};

static int64_t writer_length(void *place) { return ((riposte_sound_writer *)place)->size; }

static int64_t writer_seek(int64_t offset, int whence, void *place) {
    riposte_sound_writer *writer = place;
    int64_t position = moved(offset, whence, writer->position, writer->size);
    if (position >= 0) writer->position = position;
    return position;
}

static int64_t writer_read(void *bytes, int64_t count, void *place) {
    (void)bytes, (void)count, (void)place;
    return 0;
}

static int64_t writer_write(const void *bytes, int64_t count, void *place) {
    riposte_sound_writer *writer = place;
    if (count <= 0) return 0;
    int64_t old = writer->size - writer->position;
    int64_t skipped = old < count ? (old > 0 ? old : 0) : count;
    size_t new = (size_t)(count - skipped);
    if (writer->count + new > writer->capacity) {
        size_t capacity = (writer->count + new) * 2;
        uint8_t *larger = realloc(writer->bytes, capacity);
        if (!larger) {
            writer->isFull = 1;
            return 0;
        }
        writer->bytes = larger;
        writer->capacity = capacity;
    }
    if (new > 0) memcpy(writer->bytes + writer->count, (const uint8_t *)bytes + skipped, new);
    writer->count += new;
    writer->size += (int64_t)new;
    writer->position += count;
    return count;
}

static int64_t writer_tell(void *place) { return ((riposte_sound_writer *)place)->position; }

static SF_VIRTUAL_IO output = {writer_length, writer_seek, writer_read, writer_write, writer_tell};

riposte_sound_writer *riposte_sound_writer_open(int kind, int rate, int *error) {
    *error = 0;
    riposte_sound_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return NULL;
    SF_INFO info = {.samplerate = rate, .channels = 1, .format = format_of(kind)};
    writer->file = sndfile.open_virtual(&output, MODE_WRITE, &info, writer);
    if (!writer->file) {
        *error = sndfile.error(NULL);
        riposte_sound_writer_close(writer);
        return NULL;
    }
    // Whole numbers do not turn over.
    sndfile.command(writer->file, COMMAND_SET_CLIPPING, NULL, 1);
    if (kind == RIPOSTE_SOUND_MP3) {
        // Of a constant rate the length can be told although the header is not corrected at the end. The level makes it
        // 64 kbit/s at 24 kHz.
        int mode = BITRATE_MODE_CONSTANT;
        double level = 0.63;
        sndfile.command(writer->file, COMMAND_SET_BITRATE_MODE, &mode, sizeof mode);
        sndfile.command(writer->file, COMMAND_SET_COMPRESSION_LEVEL, &level, sizeof level);
    }
    return writer;
}

int riposte_sound_writer_write(riposte_sound_writer *writer, const float *samples, int64_t count) {
    if (!writer->file) return -1;
    return sndfile.writef_float(writer->file, samples, count) == count && !writer->isFull ? 0 : -1;
}

void riposte_sound_writer_finish(riposte_sound_writer *writer) {
    if (writer->file) sndfile.close(writer->file);
    writer->file = NULL;
}

const uint8_t *riposte_sound_writer_take(riposte_sound_writer *writer, size_t *count) {
    *count = writer->count;
    writer->count = 0;
    return writer->bytes;
}

void riposte_sound_writer_close(riposte_sound_writer *writer) {
    riposte_sound_writer_finish(writer);
    free(writer->bytes);
    free(writer);
}
