#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CPortAudio.h"
#include "PortAudioLibrary.h"

// A run of input samples that the device counted without a break.
enum { block_length = 256 };

struct block {
    int64_t position;
    size_t count;
    float samples[block_length];
};

struct riposte_pa_stream {
    void *stream;
    int channels;
    double rate;
    double latency;
    _Atomic int64_t last_callback;
    atomic_int finished;

    // Ring indices count up for ever; `mask` makes them places. The producer writes `written`, the consumer `taken`.
    size_t mask;
    _Atomic uint64_t written;
    _Atomic uint64_t taken;

    int64_t position;  // samples the device has given or asked for; the callback's own

    // Input: the ring holds blocks. `block_offset` is the reader's own.
    struct block *blocks;
    size_t block_offset;
    _Atomic int64_t dropped;
    _Atomic int64_t overflows;
    _Atomic int64_t origin;
    int64_t window_end;  // the callback's own, like the next two
    int64_t window_earliest;
    int window_count;

    // Output: the ring holds samples.
    float *samples;
    _Atomic uint64_t discarded;  // everything before this index is to be thrown away
    _Atomic uint64_t mark;       // the index of the speech's first sample
    atomic_int in_speech;
    int in_gap;  // the callback's own
    _Atomic int64_t heard;
    _Atomic int64_t speech_start;
    _Atomic int64_t speech_end;
    _Atomic int64_t underruns;
    _Atomic int64_t underrun_samples;
    _Atomic float gain;            // what is wanted
    float gain_now, gain_target;   // the callback's own, like the next
    float gain_step;
    atomic_int gain_resets;        // the next sample is at the wanted gain at once
    _Atomic int64_t gain_change;   // when the last change began to be heard; 0 before
};

// Seconds a change of the gain takes; the same as AudioSink.gainRamp.
static const double gain_ramp = 0.02;

int64_t riposte_pa_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t nanoseconds(double seconds) { return (int64_t)(seconds * 1e9); }

// How far the buffer's time is from now, in nanoseconds. Some drivers leave the times empty; then the latency is
// the best there is.
static int64_t distance(double from, double to, double latency) {
    double seconds = to - from;
    if (from <= 0 || to <= 0 || seconds < 0 || seconds > 2) seconds = latency;
    return nanoseconds(seconds);
}

// Follows when sample 0 was in the air. The earliest estimate in a second is the best, because callbacks come late
// but never early; the next second's follows the drift between the device's clock and ours. While a stream
// starts, its times are unreliable, so the latest counts.
static void estimate_origin(riposte_pa_stream *s, int64_t now, int64_t estimate, int is_overflow) {
    if (is_overflow) {
        atomic_fetch_add_explicit(&s->overflows, 1, memory_order_relaxed);
        s->window_count = 0;
        s->window_end = 0;
    }
    if (s->window_end == 0) {
        s->window_end = now + 1000000000;
        s->window_earliest = INT64_MAX;
    }
    if (estimate < s->window_earliest) s->window_earliest = estimate;
    if (s->window_count == 0) atomic_store_explicit(&s->origin, estimate, memory_order_relaxed);
    if (now < s->window_end) return;
    if (s->window_count > 0) atomic_store_explicit(&s->origin, s->window_earliest, memory_order_relaxed);
    s->window_count++;
    s->window_end = now + 1000000000;
    s->window_earliest = INT64_MAX;
}

// MARK: Callbacks: no lock, no allocation, no call that may wait.

static int input_callback(
    const void *input, void *output, unsigned long frames, const PaStreamCallbackTimeInfo *time,
    unsigned long flags, void *context) {
    (void)output;
    riposte_pa_stream *s = context;
    int64_t now = riposte_pa_now();
    atomic_store_explicit(&s->last_callback, now, memory_order_relaxed);
    const float *from = input;

    // Sound cannot be older than the buffer is long. Sound servers claim so (a quarter of a second, for sound that
    // was seen to be 30 ms old).
    int64_t age = nanoseconds(s->latency);
    if (time) {
        int64_t told = distance(time->inputBufferAdcTime, time->currentTime, s->latency);
        if (told < age) age = told;
    }
    estimate_origin(s, now, now - age - nanoseconds((double)s->position / s->rate), flags & paInputOverflow);

    uint64_t written = atomic_load_explicit(&s->written, memory_order_relaxed);
    const float share = 1.0f / (float)s->channels;
    for (unsigned long done = 0; done < frames;) {
        size_t count = frames - done < block_length ? frames - done : block_length;
        uint64_t taken = atomic_load_explicit(&s->taken, memory_order_acquire);
        if (written - taken > s->mask) {
            atomic_fetch_add_explicit(&s->dropped, (int64_t)count, memory_order_relaxed);
        } else {
            struct block *block = &s->blocks[written & s->mask];
            block->position = s->position;
            block->count = count;
            for (size_t i = 0; i < count; i++) {
                float sum = 0;
                if (from)
                    for (int c = 0; c < s->channels; c++) sum += from[(done + i) * (size_t)s->channels + (size_t)c];
                block->samples[i] = sum * share;
            }
            atomic_store_explicit(&s->written, ++written, memory_order_release);
        }
        s->position += (int64_t)count;
        done += count;
    }
    return paContinue;
}

static int output_callback(
    const void *input, void *output, unsigned long frames, const PaStreamCallbackTimeInfo *time,
    unsigned long flags, void *context) {
    (void)input, (void)flags;
    riposte_pa_stream *s = context;
    int64_t now = riposte_pa_now();
    atomic_store_explicit(&s->last_callback, now, memory_order_relaxed);
    int64_t heard_at =
        now + (time ? distance(time->currentTime, time->outputBufferDacTime, s->latency) : nanoseconds(s->latency));
    float *to = output;

    int in_speech = atomic_load_explicit(&s->in_speech, memory_order_acquire);
    uint64_t taken = atomic_load_explicit(&s->taken, memory_order_relaxed);
    uint64_t discarded = atomic_load_explicit(&s->discarded, memory_order_acquire);
    uint64_t written = atomic_load_explicit(&s->written, memory_order_acquire);
    if (discarded > taken) taken = discarded;
    size_t waiting = (size_t)(written - taken);
    size_t count = waiting < frames ? waiting : frames;
    // A device that has just been opened fills its buffer at once and may then take a while to start. Speech waits
    // until it is seen to play, so that the time at which it sounds is known.
    if ((double)s->position <= 2 * s->latency * s->rate) count = 0;
    s->position += (int64_t)frames;
    float gain = atomic_load_explicit(&s->gain, memory_order_acquire);
    if (atomic_exchange_explicit(&s->gain_resets, 0, memory_order_acq_rel)) {
        s->gain_now = s->gain_target = gain;
    } else if (gain != s->gain_target) {
        s->gain_target = gain;
        s->gain_step = (gain - s->gain_now) / (float)(gain_ramp * s->rate);
        atomic_store_explicit(&s->gain_change, heard_at, memory_order_release);
    }
    for (size_t i = 0; i < frames; i++) {
        float sample = i < count ? s->samples[(taken + i) & s->mask] : 0;
        if (i < count && s->gain_now != s->gain_target) {
            s->gain_now += s->gain_step;
            if ((s->gain_target - s->gain_now) * s->gain_step <= 0) s->gain_now = s->gain_target;
        }
        sample *= s->gain_now;
        for (int c = 0; c < s->channels; c++) to[i * (size_t)s->channels + (size_t)c] = sample;
    }
    uint64_t mark = atomic_load_explicit(&s->mark, memory_order_relaxed);
    if (count > 0) {
        if (mark >= taken && mark < taken + count)
            atomic_store_explicit(
                &s->speech_start, heard_at + nanoseconds((double)(mark - taken) / s->rate), memory_order_relaxed);
        atomic_store_explicit(&s->speech_end, heard_at + nanoseconds((double)count / s->rate), memory_order_relaxed);
        atomic_fetch_add_explicit(&s->heard, (int64_t)count, memory_order_relaxed);
    }
    taken += count;
    if (count == frames || !in_speech) {
        s->in_gap = 0;
    } else if (taken > mark) {
        if (!s->in_gap) atomic_fetch_add_explicit(&s->underruns, 1, memory_order_relaxed);
        s->in_gap = 1;
        atomic_fetch_add_explicit(&s->underrun_samples, (int64_t)(frames - count), memory_order_relaxed);
    }
    atomic_store_explicit(&s->taken, taken, memory_order_release);
    return paContinue;
}

static void finished_callback(void *context) {
    riposte_pa_stream *s = context;
    atomic_store_explicit(&s->finished, 1, memory_order_release);
}

// MARK: Opening and closing

static size_t power_of_two(size_t at_least) {
    size_t size = 1;
    while (size < at_least) size *= 2;
    return size;
}

static void release(riposte_pa_stream *s) {
    free(s->blocks);
    free(s->samples);
    free(s);
}

static int start(riposte_pa_stream *s, const PaStreamParameters *parameters, int is_input) {
    PaStreamCallback *callback = is_input ? input_callback : output_callback;
    int code = riposte_portaudio.OpenStream(
        &s->stream, is_input ? parameters : NULL, is_input ? NULL : parameters, s->rate, 0, 0, callback, s);
    if (code) return code;
    const PaStreamInfo *info = riposte_portaudio.GetStreamInfo(s->stream);
    if (info) {
        s->latency = is_input ? info->inputLatency : info->outputLatency;
        if (info->sampleRate > 0) s->rate = info->sampleRate;
    }
    atomic_store(&s->last_callback, riposte_pa_now());
    code = riposte_portaudio.SetStreamFinishedCallback(s->stream, finished_callback);
    if (!code) code = riposte_portaudio.StartStream(s->stream);
    if (code) riposte_portaudio.CloseStream(s->stream);
    return code;
}

static int open_stream(
    int device, int channels, double rate, double latency, size_t capacity, int is_input,
    riposte_pa_stream **stream) {
    riposte_pa_stream *s = calloc(1, sizeof *s);
    if (!s) return paInsufficientMemory;
    s->channels = channels;
    s->rate = rate;
    s->latency = latency;
    atomic_store(&s->mark, UINT64_MAX);
    atomic_store(&s->gain, 1);
    s->gain_now = s->gain_target = 1;
    // A driver that calls with few samples at a time fills its blocks to a fraction only.
    size_t size = power_of_two(is_input ? 4 * capacity / block_length + 4 : capacity);
    s->mask = size - 1;
    if (is_input) {
        s->blocks = calloc(size, sizeof *s->blocks);
    } else {
        s->samples = calloc(size, sizeof *s->samples);
    }
    int code = paInsufficientMemory;
    if (s->blocks || s->samples) {
        PaStreamParameters parameters = {device, channels, paFloat32, latency, NULL};
        code = start(s, &parameters, is_input);
    }
    if (code) {
        release(s);
    } else {
        *stream = s;
    }
    return code;
}

int riposte_pa_open_input(
    int device, int channels, double rate, double latency, size_t capacity, riposte_pa_stream **stream) {
    return open_stream(device, channels, rate, latency, capacity, 1, stream);
}

int riposte_pa_open_output(
    int device, int channels, double rate, double latency, size_t capacity, riposte_pa_stream **stream) {
    return open_stream(device, channels, rate, latency, capacity, 0, stream);
}

int riposte_pa_close(riposte_pa_stream *s) {
    riposte_portaudio.AbortStream(s->stream);
    int code = riposte_portaudio.CloseStream(s->stream);
    release(s);
    return code;
}

// MARK: What the other side of the ring sees

double riposte_pa_rate(const riposte_pa_stream *s) { return s->rate; }

double riposte_pa_latency(const riposte_pa_stream *s) { return s->latency; }

int64_t riposte_pa_last_callback(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->last_callback, memory_order_relaxed);
}

int riposte_pa_is_finished(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->finished, memory_order_acquire);
}

size_t riposte_pa_read(riposte_pa_stream *s, float *samples, size_t capacity, int64_t *position) {
    uint64_t taken = atomic_load_explicit(&s->taken, memory_order_relaxed);
    uint64_t written = atomic_load_explicit(&s->written, memory_order_acquire);
    size_t done = 0;
    while (done < capacity && taken < written) {
        const struct block *block = &s->blocks[taken & s->mask];
        int64_t at = block->position + (int64_t)s->block_offset;
        if (done == 0) {
            *position = at;
        } else if (at != *position + (int64_t)done) {
            break;
        }
        size_t count = block->count - s->block_offset;
        if (count > capacity - done) count = capacity - done;
        memcpy(samples + done, block->samples + s->block_offset, count * sizeof(float));
        done += count;
        s->block_offset += count;
        if (s->block_offset == block->count) {
            s->block_offset = 0;
            atomic_store_explicit(&s->taken, ++taken, memory_order_release);
        }
    }
    return done;
}

int64_t riposte_pa_dropped(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->dropped, memory_order_relaxed);
}

int64_t riposte_pa_overflows(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->overflows, memory_order_relaxed);
}

int64_t riposte_pa_origin(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->origin, memory_order_relaxed);
}

size_t riposte_pa_write(riposte_pa_stream *s, const float *samples, size_t count) {
    uint64_t written = atomic_load_explicit(&s->written, memory_order_relaxed);
    uint64_t taken = atomic_load_explicit(&s->taken, memory_order_acquire);
    size_t room = s->mask + 1 - (size_t)(written - taken);
    if (count > room) count = room;
    for (size_t i = 0; i < count; i++) s->samples[(written + i) & s->mask] = samples[i];
    atomic_store_explicit(&s->written, written + count, memory_order_release);
    return count;
}

size_t riposte_pa_waiting(const riposte_pa_stream *s) {
    uint64_t taken = atomic_load_explicit(&s->taken, memory_order_acquire);
    return (size_t)(atomic_load_explicit(&s->written, memory_order_acquire) - taken);
}

void riposte_pa_set_gain(riposte_pa_stream *s, float gain) {
    atomic_store_explicit(&s->gain_change, 0, memory_order_relaxed);
    atomic_store_explicit(&s->gain, gain, memory_order_release);
}

int64_t riposte_pa_gain_change(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->gain_change, memory_order_acquire);
}

void riposte_pa_begin(riposte_pa_stream *s) {
    atomic_store_explicit(&s->gain, 1, memory_order_release);
    atomic_store_explicit(&s->gain_resets, 1, memory_order_release);
    atomic_store_explicit(&s->speech_start, 0, memory_order_relaxed);
    atomic_store_explicit(
        &s->mark, atomic_load_explicit(&s->written, memory_order_relaxed), memory_order_relaxed);
    atomic_store_explicit(&s->in_speech, 1, memory_order_release);
}

void riposte_pa_complete(riposte_pa_stream *s) { atomic_store_explicit(&s->in_speech, 0, memory_order_release); }

void riposte_pa_discard(riposte_pa_stream *s) {
    atomic_store_explicit(&s->in_speech, 0, memory_order_release);
    atomic_store_explicit(
        &s->discarded, atomic_load_explicit(&s->written, memory_order_relaxed), memory_order_release);
}

int64_t riposte_pa_heard(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->heard, memory_order_relaxed);
}

int64_t riposte_pa_speech_start(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->speech_start, memory_order_relaxed);
}

int64_t riposte_pa_speech_end(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->speech_end, memory_order_relaxed);
}

int64_t riposte_pa_underruns(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->underruns, memory_order_relaxed);
}

int64_t riposte_pa_underrun_samples(const riposte_pa_stream *s) {
    return atomic_load_explicit(&s->underrun_samples, memory_order_relaxed);
}
