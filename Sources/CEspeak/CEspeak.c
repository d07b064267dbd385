#include "CEspeak.h"
#include "Worker.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Constants of the library's interface, version 1.
enum {
    OUTPUT_SYNCHRONOUS = 2,
    INITIALISE_WITHOUT_EXIT = 0x8000,
    PARAMETER_RATE = 1,
    PARAMETER_VOLUME = 2,
    PARAMETER_PITCH = 3,
    TEXT_IS_UTF8 = 1,
    POSITION_IS_CHARACTER = 1,
    PHONEMES_ARE_IPA = 2,
};

// A voice as the library lists it. `languages` is a priority in one byte, then a name, then the next one.
typedef struct {
    const char *name;
    const char *languages;
    const char *identifier;
    unsigned char gender, age, variant, reserved;
    int score;
    void *spare;
} LibraryVoice;

typedef int (*SynthCallback)(short *samples, int count, void *events);

static struct {
    int (*initialize)(int output, int bufferLength, const char *path, int options);
    void (*setSynthCallback)(SynthCallback callback);
    int (*synth)(
        const void *text, size_t size, unsigned position, int positionType, unsigned end, unsigned flags,
        unsigned *identifier, void *userData);
    int (*setParameter)(int parameter, int value, int relative);
    int (*setVoiceByName)(const char *name);
    const LibraryVoice **(*listVoices)(LibraryVoice *specification);
    const char *(*textToPhonemes)(const void **text, int textMode, int phonemeMode);
    const char *(*info)(const char **path);
} library;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool isOpened = false;
static int openStatus = ESPK_NO_LIBRARY;
static int libraryRate = 0;

// What the current call has spoken so far.
static int16_t *spoken = NULL;
static size_t spokenCount = 0, spokenCapacity = 0;
static bool isOutOfMemory = false;

static int collect(short *samples, int count, void *events) {
    (void)events;
    if (samples == NULL || count <= 0) return 0;
    if (spokenCount + (size_t)count > spokenCapacity) {
        size_t capacity = (spokenCount + (size_t)count) * 2;
        int16_t *larger = realloc(spoken, capacity * sizeof *larger);
        if (larger == NULL) {
            isOutOfMemory = true;
            return 1;
        }
        spoken = larger;
        spokenCapacity = capacity;
    }
    memcpy(spoken + spokenCount, samples, (size_t)count * sizeof *samples);
    spokenCount += (size_t)count;
    return 0;
}

static void *openAny(const char *path) {
    if (path != NULL) return dlopen(path, RTLD_NOW | RTLD_LOCAL);
    static const char *const names[] = {
        "libespeak-ng.so.1", "libespeak-ng.so", "libespeak-ng.1.dylib", "libespeak-ng.dylib",
        "/opt/homebrew/lib/libespeak-ng.1.dylib", "/usr/local/lib/libespeak-ng.1.dylib",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (handle != NULL) return handle;
    }
    return NULL;
}

static int openLibrary(const char *path) {
    void *handle = openAny(path);
    if (handle == NULL) return ESPK_NO_LIBRARY;
    *(void **)&library.initialize = dlsym(handle, "espeak_Initialize");
    *(void **)&library.setSynthCallback = dlsym(handle, "espeak_SetSynthCallback");
    *(void **)&library.synth = dlsym(handle, "espeak_Synth");
    *(void **)&library.setParameter = dlsym(handle, "espeak_SetParameter");
    *(void **)&library.setVoiceByName = dlsym(handle, "espeak_SetVoiceByName");
    *(void **)&library.listVoices = dlsym(handle, "espeak_ListVoices");
    *(void **)&library.textToPhonemes = dlsym(handle, "espeak_TextToPhonemes");
    *(void **)&library.info = dlsym(handle, "espeak_Info");
    bool isWhole = library.initialize && library.setSynthCallback && library.synth && library.setParameter
        && library.setVoiceByName && library.listVoices && library.textToPhonemes;
    if (isWhole) libraryRate = library.initialize(OUTPUT_SYNCHRONOUS, 0, NULL, INITIALISE_WITHOUT_EXIT);
    if (!isWhole || libraryRate <= 0) {
        dlclose(handle);
        return ESPK_UNUSABLE;
    }
    library.setSynthCallback(collect);
    return ESPK_OK;
}

int espk_open(const char *path, int *sampleRate) {
    pthread_mutex_lock(&lock);
    if (!isOpened) {
        openStatus = openLibrary(path);
        // Without the library, it may be installed and asked for again.
        isOpened = openStatus == ESPK_OK;
    }
    *sampleRate = libraryRate;
    int status = openStatus;
    pthread_mutex_unlock(&lock);
    return status;
}

const char *espk_version(void) {
    pthread_mutex_lock(&lock);
    const char *path = NULL;
    const char *version = isOpened && library.info != NULL ? library.info(&path) : NULL;
    pthread_mutex_unlock(&lock);
    return version != NULL ? version : "";
}

static const char *languageOf(const LibraryVoice *voice) {
    return voice->languages != NULL && voice->languages[0] != 0 ? voice->languages + 1 : "";
}

static char *copyString(const char **copy, const char *string, char *room) {
    size_t size = strlen(string != NULL ? string : "") + 1;
    memcpy(room, string != NULL ? string : "", size);
    *copy = room;
    return room + size;
}

// The library frees its list when it is asked for the next one, so the strings are copied, behind the array.
static int copyVoices(EspkVoice **voices, size_t *count) {
    const LibraryVoice **list = library.listVoices(NULL);
    size_t found = 0, size = 0;
    for (; list != NULL && list[found] != NULL; found++) {
        const LibraryVoice *voice = list[found];
        size += strlen(voice->name != NULL ? voice->name : "") + 1;
        size += strlen(languageOf(voice)) + 1;
        size += strlen(voice->identifier != NULL ? voice->identifier : "") + 1;
    }
    EspkVoice *copies = calloc(1, (found + 1) * sizeof *copies + size);
    if (copies == NULL) return ESPK_NO_MEMORY;
    char *room = (char *)(copies + found + 1);
    for (size_t i = 0; i < found; i++) {
        room = copyString(&copies[i].name, list[i]->name, room);
        room = copyString(&copies[i].language, languageOf(list[i]), room);
        room = copyString(&copies[i].identifier, list[i]->identifier, room);
        copies[i].gender = list[i]->gender;
    }
    *voices = copies;
    *count = found;
    return ESPK_OK;
}

int espk_voices(EspkVoice **voices, size_t *count) {
    pthread_mutex_lock(&lock);
    int status = isOpened ? copyVoices(voices, count) : ESPK_NO_LIBRARY;
    pthread_mutex_unlock(&lock);
    return status;
}

// MARK: In the worker

enum { SPEAK, PHONEMES };

static int speak(const WorkerRequest *request, void **result, size_t *size) {
    library.setParameter(PARAMETER_RATE, request->rate, 0);
    library.setParameter(PARAMETER_PITCH, request->pitch, 0);
    library.setParameter(PARAMETER_VOLUME, 100, 0);
    isOutOfMemory = false;
    spoken = NULL;
    spokenCount = spokenCapacity = 0;
    int failure = library.synth(
        request->text, strlen(request->text) + 1, 0, POSITION_IS_CHARACTER, 0, TEXT_IS_UTF8, NULL, NULL);
    *result = spoken;
    *size = spokenCount * sizeof *spoken;
    if (isOutOfMemory) return ESPK_NO_MEMORY;
    return failure != 0 ? ESPK_FAILED : ESPK_OK;
}

static bool append(char **text, size_t *length, const char *more) {
    size_t added = strlen(more);
    char *larger = realloc(*text, *length + added + 2);
    if (larger == NULL) return false;
    memcpy(larger + *length, more, added);
    *length += added;
    larger[(*length)++] = '\n';
    larger[*length] = 0;
    *text = larger;
    return true;
}

static int pronounce(const WorkerRequest *request, void **result, size_t *size) {
    char *phonemes = NULL;
    size_t length = 0;
    const void *rest = request->text;
    while (rest != NULL) {
        const char *clause = library.textToPhonemes(&rest, TEXT_IS_UTF8, PHONEMES_ARE_IPA);
        if (clause != NULL && clause[0] != 0 && !append(&phonemes, &length, clause)) {
            free(phonemes);
            return ESPK_NO_MEMORY;
        }
    }
    *result = phonemes;
    *size = phonemes != NULL ? length + 1 : 0;
    return ESPK_OK;
}

static int doWork(const WorkerRequest *request, void **result, size_t *size) {
    if (library.setVoiceByName(request->voice) != 0) return ESPK_NO_VOICE;
    return request->kind == SPEAK ? speak(request, result, size) : pronounce(request, result, size);
}

// MARK: In the process that asks

static int request(int kind, const char *text, const char *voice, int rate, int pitch, void **result, size_t *size) {
    *result = NULL;
    *size = 0;
    pthread_mutex_lock(&lock);
    WorkerRequest request = { kind, rate, pitch, voice, text };
    int status = isOpened ? worker_do(doWork, &request, result, size) : ESPK_NO_LIBRARY;
    pthread_mutex_unlock(&lock);
    if (status != ESPK_OK) {
        free(*result);
        *result = NULL;
        *size = 0;
    }
    return status;
}

int espk_speak(const char *text, const char *voice, int rate, int pitch, int16_t **samples, size_t *count) {
    void *result;
    size_t size;
    int status = request(SPEAK, text, voice, rate, pitch, &result, &size);
    *samples = result;
    *count = size / sizeof **samples;
    return status;
}

int espk_phonemes(const char *text, const char *voice, char **phonemes) {
    void *result;
    size_t size;
    int status = request(PHONEMES, text, voice, 0, 0, &result, &size);
    if (status == ESPK_OK && result == NULL) result = calloc(1, 1);
    if (status == ESPK_OK && result == NULL) status = ESPK_NO_MEMORY;
    *phonemes = result;
    return status;
}

void espk_free(void *memory) { free(memory); }
