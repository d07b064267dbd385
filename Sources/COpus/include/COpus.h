#pragma once
#include <stddef.h>
#include <stdint.h>

// libopus, opened at run time: the project builds and runs without it, but for Opus itself.
//
// Encoders and decoders are independent of each other; one is used by one thread at a time.

/// Opens the library once; later calls give the same result.
/// Returns 0, or -1 where there is none or it lacks a function.
int riposte_opus_load(const char *file);

/// The library's version, or NULL before it is open.
const char *riposte_opus_version(void);

typedef struct riposte_opus_encoder riposte_opus_encoder;
typedef struct riposte_opus_decoder riposte_opus_decoder;

/// Makes an encoder for speech, mono.
/// - rate: 8000, 12000, 16000, 24000 or 48000 hertz.
/// - bitrate: bits a second.
/// - lookahead: is told the encoder's delay in samples.
/// Returns 0 or the library's error.
int riposte_opus_encoder_create(int rate, int bitrate, riposte_opus_encoder **encoder, int *lookahead);

/// Encodes a frame of 2.5, 5, 10, 20, 40 or 60 ms. Returns the bytes written, or the library's error (negative).
int riposte_opus_encode(
    riposte_opus_encoder *encoder, const float *samples, int count, uint8_t *packet, int capacity);

void riposte_opus_encoder_destroy(riposte_opus_encoder *encoder);

/// Makes a decoder, mono, at any of the rates above. Returns 0 or the library's error.
int riposte_opus_decoder_create(int rate, riposte_opus_decoder **decoder);

/// Decodes a packet; NULL for one that was lost. Returns the samples written, or the library's error (negative).
int riposte_opus_decode(
    riposte_opus_decoder *decoder, const uint8_t *packet, int size, float *samples, int capacity);

void riposte_opus_decoder_destroy(riposte_opus_decoder *decoder);

/// An error's name in words.
const char *riposte_opus_error_text(int code);
