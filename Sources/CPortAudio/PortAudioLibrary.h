// The part of PortAudio 19's binary interface that is used, declared here so that its headers are not needed.
#pragma once

typedef double PaTime;

typedef struct {
    int structVersion;
    const char *name;
    int hostApi;
    int maxInputChannels;
    int maxOutputChannels;
    PaTime defaultLowInputLatency;
    PaTime defaultLowOutputLatency;
    PaTime defaultHighInputLatency;
    PaTime defaultHighOutputLatency;
    double defaultSampleRate;
} PaDeviceInfo;

typedef struct {
    int structVersion;
    int type;
    const char *name;
    int deviceCount;
    int defaultInputDevice;
    int defaultOutputDevice;
} PaHostApiInfo;

typedef struct {
    int device;
    int channelCount;
    unsigned long sampleFormat;
    PaTime suggestedLatency;
    void *hostApiSpecificStreamInfo;
} PaStreamParameters;

typedef struct {
    PaTime inputBufferAdcTime;
    PaTime currentTime;
    PaTime outputBufferDacTime;
} PaStreamCallbackTimeInfo;

typedef struct {
    int structVersion;
    PaTime inputLatency;
    PaTime outputLatency;
    double sampleRate;
} PaStreamInfo;

typedef int PaStreamCallback(
    const void *input, void *output, unsigned long frames, const PaStreamCallbackTimeInfo *time,
    unsigned long flags, void *context);

enum { paFloat32 = 1, paInputOverflow = 2, paContinue = 0, paInternalError = -9986, paInsufficientMemory = -9992 };

/// The functions, found by name when the library is opened.
struct portaudio {
    int (*Initialize)(void);
    int (*Terminate)(void);
    const char *(*GetVersionText)(void);
    const char *(*GetErrorText)(int);
    int (*GetDeviceCount)(void);
    const PaDeviceInfo *(*GetDeviceInfo)(int);
    const PaHostApiInfo *(*GetHostApiInfo)(int);
    int (*GetDefaultInputDevice)(void);
    int (*GetDefaultOutputDevice)(void);
    int (*OpenStream)(
        void **, const PaStreamParameters *, const PaStreamParameters *, double, unsigned long, unsigned long,
        PaStreamCallback *, void *);
    int (*SetStreamFinishedCallback)(void *, void (*)(void *));
    int (*StartStream)(void *);
    int (*AbortStream)(void *);
    int (*CloseStream)(void *);
    const PaStreamInfo *(*GetStreamInfo)(void *);
};

extern struct portaudio riposte_portaudio;
