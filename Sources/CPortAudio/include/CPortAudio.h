// PortAudio 19 opened at run time, and streams whose callbacks never leave C: they move samples between the
// device and a single-producer single-consumer ring with C11 atomics, and take no lock and no memory.
//
// Functions that return int give PortAudio's error code, 0 for success; `riposte_pa_error_text` words it.
// PortAudio itself is not thread-safe: the caller serialises everything here but the functions marked (any).
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens the library. 0, or −1 when it is not there or lacks a function.
int riposte_pa_load(const char *file);
int riposte_pa_initialize(void);
int riposte_pa_terminate(void);
const char *riposte_pa_version(void);
const char *riposte_pa_error_text(int code);

struct riposte_pa_device {
    const char *name;
    const char *host;
    int input_channels;
    int output_channels;
    double sample_rate;
    double low_input_latency;
    double low_output_latency;
};

int riposte_pa_device_count(void);
/// 0, or −1 when there is no device of that index. The names live until the library is terminated.
int riposte_pa_device_info(int index, struct riposte_pa_device *info);
/// An index, or a negative number when there is none.
int riposte_pa_default_input(void);
int riposte_pa_default_output(void);

/// An open stream in one direction, and its ring.
typedef struct riposte_pa_stream riposte_pa_stream;

/// Opens and starts a stream. `latency` in seconds, `capacity` in samples a channel.
int riposte_pa_open_input(
    int device, int channels, double rate, double latency, size_t capacity, riposte_pa_stream **stream);
int riposte_pa_open_output(
    int device, int channels, double rate, double latency, size_t capacity, riposte_pa_stream **stream);
/// Stops and closes a stream and frees it. May block for as long as the device does.
int riposte_pa_close(riposte_pa_stream *stream);

/// The monotonic clock, in nanoseconds. (any)
int64_t riposte_pa_now(void);
/// The rate the device runs at, in hertz. (any)
double riposte_pa_rate(const riposte_pa_stream *stream);
/// What the device says its latency is, in seconds. (any)
double riposte_pa_latency(const riposte_pa_stream *stream);
/// When the callback last ran, or the stream was started, by `riposte_pa_now`. (any)
int64_t riposte_pa_last_callback(const riposte_pa_stream *stream);
/// Whether the device has ended the stream. (any)
int riposte_pa_is_finished(const riposte_pa_stream *stream);

/// Takes consecutive samples, the mean of the channels. `position` is the index of the first, counted by the
/// device: it jumps where samples were lost. For one reader. (any)
size_t riposte_pa_read(riposte_pa_stream *stream, float *samples, size_t capacity, int64_t *position);
/// Samples lost because the ring was full. (any)
int64_t riposte_pa_dropped(const riposte_pa_stream *stream);
/// How often the device itself lost input. (any)
int64_t riposte_pa_overflows(const riposte_pa_stream *stream);
/// When sample 0 was in the air, by the device's present idea of the rate; 0 before the first callback. (any)
int64_t riposte_pa_origin(const riposte_pa_stream *stream);

/// Hands samples over, for every channel alike; gives how many found room. For one writer. (any)
size_t riposte_pa_write(riposte_pa_stream *stream, const float *samples, size_t count);
/// Samples that wait in the ring. (any)
size_t riposte_pa_waiting(const riposte_pa_stream *stream);
/// Begins a speech: its first sample is the next one written, and gaps in it count as underruns. (any)
void riposte_pa_begin(riposte_pa_stream *stream);
/// The speech has no more samples: what follows its last one is no underrun. (any)
void riposte_pa_complete(riposte_pa_stream *stream);
/// Throws away what waits in the ring. (any)
void riposte_pa_discard(riposte_pa_stream *stream);
/// Samples given to the device since it was opened, without those thrown away. (any)
int64_t riposte_pa_heard(const riposte_pa_stream *stream);
/// When the first sample of the speech is in the air, by `riposte_pa_now`; 0 before the device has it. (any)
int64_t riposte_pa_speech_start(const riposte_pa_stream *stream);
/// When the last sample given to the device so far is in the air. (any)
int64_t riposte_pa_speech_end(const riposte_pa_stream *stream);
/// Plays what is heard from now on with another gain, smoothly within 20 ms; `begin` sets it back to 1. (any)
void riposte_pa_set_gain(riposte_pa_stream *stream, float gain);
/// When the last change of the gain begins to be in the air; 0 while the device has not taken it up. (any)
int64_t riposte_pa_gain_change(const riposte_pa_stream *stream);
int64_t riposte_pa_underruns(const riposte_pa_stream *stream);
int64_t riposte_pa_underrun_samples(const riposte_pa_stream *stream);

#ifdef __cplusplus
}
#endif
