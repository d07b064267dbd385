#include "CPortAudio.h"

#include <dlfcn.h>
#include <stddef.h>

#include "CLibrary.h"
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
    static const riposte_library_function functions[] = {
        {"Pa_Initialize", &riposte_portaudio.Initialize},
        {"Pa_Terminate", &riposte_portaudio.Terminate},
        {"Pa_GetVersionText", &riposte_portaudio.GetVersionText},
        {"Pa_GetErrorText", &riposte_portaudio.GetErrorText},
        {"Pa_GetDeviceCount", &riposte_portaudio.GetDeviceCount},
        {"Pa_GetDeviceInfo", &riposte_portaudio.GetDeviceInfo},
        {"Pa_GetHostApiInfo", &riposte_portaudio.GetHostApiInfo},
        {"Pa_GetDefaultInputDevice", &riposte_portaudio.GetDefaultInputDevice},
        {"Pa_GetDefaultOutputDevice", &riposte_portaudio.GetDefaultOutputDevice},
        {"Pa_OpenStream", &riposte_portaudio.OpenStream},
        {"Pa_SetStreamFinishedCallback", &riposte_portaudio.SetStreamFinishedCallback},
        {"Pa_StartStream", &riposte_portaudio.StartStream},
        {"Pa_AbortStream", &riposte_portaudio.AbortStream},
        {"Pa_CloseStream", &riposte_portaudio.CloseStream},
        {"Pa_GetStreamInfo", &riposte_portaudio.GetStreamInfo},
    };
    int status = riposte_library_load(file, functions, sizeof functions / sizeof functions[0], &library);
    if (status == 0) silence();
    return status;
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
