#include "CPortAudio.h"

#include <dlfcn.h>
#include <stddef.h>

#include "PortAudioLibrary.h"

struct portaudio riposte_portaudio;

static void *library;

// ALSA and JACK write to the standard error stream whatever they do not find while devices are listed.
static void silent_alsa(const char *file, int line, const char *function, int code, const char *format, ...) {
    (void)file, (void)line, (void)function, (void)code, (void)format;
}

static void silent_jack(const char *message) { (void)message; }

static void silence(void) {
    typedef int (*alsa_set)(void (*)(const char *, int, const char *, int, const char *, ...));
    typedef void (*jack_set)(void (*)(const char *));
    alsa_set set_alsa = (alsa_set)dlsym(library, "snd_lib_error_set_handler");
    if (set_alsa) set_alsa(silent_alsa);
    jack_set set_error = (jack_set)dlsym(library, "jack_set_error_function");
    if (set_error) set_error(silent_jack);
    jack_set set_info = (jack_set)dlsym(library, "jack_set_info_function");
    if (set_info) set_info(silent_jack);
}

int riposte_pa_load(const char *file) {
    if (library) return 0;
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return -1;
    struct portaudio found;
    const struct {
        const char *name;
        void *place;
    } functions[] = {
        {"Pa_Initialize", &found.Initialize},
        {"Pa_Terminate", &found.Terminate},
        {"Pa_GetVersionText", &found.GetVersionText},
        {"Pa_GetErrorText", &found.GetErrorText},
        {"Pa_GetDeviceCount", &found.GetDeviceCount},
        {"Pa_GetDeviceInfo", &found.GetDeviceInfo},
        {"Pa_GetHostApiInfo", &found.GetHostApiInfo},
        {"Pa_GetDefaultInputDevice", &found.GetDefaultInputDevice},
        {"Pa_GetDefaultOutputDevice", &found.GetDefaultOutputDevice},
        {"Pa_OpenStream", &found.OpenStream},
        {"Pa_SetStreamFinishedCallback", &found.SetStreamFinishedCallback},
        {"Pa_StartStream", &found.StartStream},
        {"Pa_AbortStream", &found.AbortStream},
        {"Pa_CloseStream", &found.CloseStream},
        {"Pa_GetStreamInfo", &found.GetStreamInfo},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function) {
            dlclose(handle);
            return -1;
        }
        *(void **)functions[i].place = function;
    }
    riposte_portaudio = found;
    library = handle;
    silence();
    return 0;
}

int riposte_pa_initialize(void) { return riposte_portaudio.Initialize(); }

int riposte_pa_terminate(void) { return riposte_portaudio.Terminate(); }

const char *riposte_pa_version(void) { return riposte_portaudio.GetVersionText(); }

const char *riposte_pa_error_text(int code) { return riposte_portaudio.GetErrorText(code); }

int riposte_pa_device_count(void) { return riposte_portaudio.GetDeviceCount(); }

int riposte_pa_default_input(void) { return riposte_portaudio.GetDefaultInputDevice(); }

int riposte_pa_default_output(void) { return riposte_portaudio.GetDefaultOutputDevice(); }

int riposte_pa_device_info(int index, struct riposte_pa_device *info) {
    const PaDeviceInfo *device = riposte_portaudio.GetDeviceInfo(index);
    if (!device) return -1;
    const PaHostApiInfo *host = riposte_portaudio.GetHostApiInfo(device->hostApi);
    info->name = device->name;
    info->host = host ? host->name : "";
    info->input_channels = device->maxInputChannels;
    info->output_channels = device->maxOutputChannels;
    info->sample_rate = device->defaultSampleRate;
    info->low_input_latency = device->defaultLowInputLatency;
    info->low_output_latency = device->defaultLowOutputLatency;
    return 0;
}
