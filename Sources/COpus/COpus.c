#include "COpus.h"

#include "CLibrary.h"


// Constants of the library's interface.
enum {
    APPLICATION_AUDIO = 2049,
    SET_BITRATE = 4002,
    SET_SIGNAL = 4024,
    GET_LOOKAHEAD = 4027,
    SIGNAL_VOICE = 3001,
};

static struct {
    riposte_opus_encoder *(*encoder_create)(int32_t rate, int channels, int application, int *error);
    int (*encoder_ctl)(riposte_opus_encoder *encoder, int request, ...);
    int32_t (*encode_float)(
        riposte_opus_encoder *encoder, const float *samples, int count, unsigned char *packet, int32_t capacity);
    void (*encoder_destroy)(riposte_opus_encoder *encoder);
    riposte_opus_decoder *(*decoder_create)(int32_t rate, int channels, int *error);
    int (*decode_float)(
        riposte_opus_decoder *decoder, const unsigned char *packet, int32_t size, float *samples, int capacity,
        int correction);
    void (*decoder_destroy)(riposte_opus_decoder *decoder);
    const char *(*strerror)(int code);
    const char *(*get_version_string)(void);
} opus;

static void *library;

int riposte_opus_load(const char *file) {
    static const riposte_library_function functions[] = {
        {"opus_encoder_create", &opus.encoder_create},   {"opus_encoder_ctl", &opus.encoder_ctl},
        {"opus_encode_float", &opus.encode_float},       {"opus_encoder_destroy", &opus.encoder_destroy},
        {"opus_decoder_create", &opus.decoder_create},   {"opus_decode_float", &opus.decode_float},
        {"opus_decoder_destroy", &opus.decoder_destroy}, {"opus_strerror", &opus.strerror},
        {"opus_get_version_string", &opus.get_version_string},
    };
    return riposte_library_load(file, functions, sizeof functions / sizeof functions[0], &library);
}

const char *riposte_opus_version(void) { return library ? opus.get_version_string() : NULL; }

int riposte_opus_encoder_create(int rate, int bitrate, riposte_opus_encoder **encoder, int *lookahead) {
    int error = 0;
    riposte_opus_encoder *created = opus.encoder_create(rate, 1, APPLICATION_AUDIO, &error);
    if (!created) return error ? error : -1;
    int32_t delay = 0;
    error = opus.encoder_ctl(created, SET_BITRATE, (int32_t)bitrate);
    if (!error) error = opus.encoder_ctl(created, SET_SIGNAL, (int32_t)SIGNAL_VOICE);
    if (!error) error = opus.encoder_ctl(created, GET_LOOKAHEAD, &delay);
    if (error) {
        opus.encoder_destroy(created);
        return error;
    }
    *encoder = created;
    *lookahead = delay;
    return 0;
}

int riposte_opus_encode(
    riposte_opus_encoder *encoder, const float *samples, int count, uint8_t *packet, int capacity) {
    return opus.encode_float(encoder, samples, count, packet, capacity);
}

void riposte_opus_encoder_destroy(riposte_opus_encoder *encoder) { opus.encoder_destroy(encoder); }

int riposte_opus_decoder_create(int rate, riposte_opus_decoder **decoder) {
    int error = 0;
    riposte_opus_decoder *created = opus.decoder_create(rate, 1, &error);
    if (!created) return error ? error : -1;
    *decoder = created;
    return 0;
}

int riposte_opus_decode(
    riposte_opus_decoder *decoder, const uint8_t *packet, int size, float *samples, int capacity) {
    return opus.decode_float(decoder, packet, size, samples, capacity, 0);
}

void riposte_opus_decoder_destroy(riposte_opus_decoder *decoder) { opus.decoder_destroy(decoder); }

const char *riposte_opus_error_text(int code) { return library ? opus.strerror(code) : NULL; }
