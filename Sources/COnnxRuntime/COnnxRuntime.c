#include "COnnxRuntime.h"

#include <dlfcn.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The lowest interface version that has every slot used below. The library answers NULL when it is older.
#define INTERFACE_VERSION 16

// Logging at "fatal" only: every failure comes back as a status with its message, and the standard error stream
// belongs to the program.
#define LOG_FATAL 4

enum slot {
    GetErrorCode = 1,
    GetErrorMessage = 2,
    CreateEnv = 3,
    DisableTelemetryEvents = 6,
    CreateSession = 7,
    CreateSessionFromArray = 8,
    Run = 9,
    CreateSessionOptions = 10,
    SetOptimizedModelFilePath = 11,
    EnableProfiling = 14,
    DisableMemPattern = 17,
    DisableCpuMemArena = 19,
    SetSessionGraphOptimizationLevel = 23,
    SetIntraOpNumThreads = 24,
    SetInterOpNumThreads = 25,
    SessionGetInputCount = 30,
    SessionGetOutputCount = 31,
    SessionGetInputTypeInfo = 33,
    SessionGetOutputTypeInfo = 34,
    SessionGetInputName = 36,
    SessionGetOutputName = 37,
    CreateRunOptions = 39,
    RunOptionsSetTerminate = 46,
    CreateTensorWithDataAsOrtValue = 49,
    IsTensor = 50,
    GetTensorMutableData = 51,
    CastTypeInfoToTensorInfo = 55,
    GetTensorElementType = 60,
    GetDimensionsCount = 61,
    GetDimensions = 62,
    GetSymbolicDimensions = 63,
    GetTensorTypeAndShape = 65,
    CreateCpuMemoryInfo = 69,
    AllocatorFree = 76,
    GetAllocatorWithDefaultOptions = 78,
    ReleaseEnv = 92,
    ReleaseStatus = 93,
    ReleaseMemoryInfo = 94,
    ReleaseSession = 95,
    ReleaseValue = 96,
    ReleaseRunOptions = 97,
    AddRunConfigEntry = 165,
    ReleaseTypeInfo = 98,
    ReleaseTensorTypeAndShapeInfo = 99,
    ReleaseSessionOptions = 100,
    SessionGetModelMetadata = 111,
    ModelMetadataLookupCustomMetadataMap = 116,
    ReleaseModelMetadata = 118,
    AddFreeDimensionOverrideByName = 124,
    AddSessionConfigEntry = 130,
    AddInitializer = 150,
    CreatePrepackedWeightsContainer = 166,
    ReleasePrepackedWeightsContainer = 167,
    CreateSessionWithPrepackedWeightsContainer = 168,
};

typedef void (*function)(void);

struct base {
    const function *(*get_interface)(uint32_t version);
    const char *(*get_version)(void);
};

struct OrtxLibrary {
    const function *table;
    const char *version;
    void *environment;
    void *memory;
    void *allocator;
};

// A slot, called: the parameter types first, then the arguments.
#define CALL(library, slot, types, ...) ((void *(*) types)(library)->table[slot])(__VA_ARGS__)
#define CALL_VOID(library, slot, handle) ((void (*)(void *))(library)->table[slot])(handle)
#define CHECKED(library, slot, types, ...) checked(library, CALL(library, slot, types, __VA_ARGS__))

static const OrtxStatus success = {0, NULL};

static OrtxStatus failure(int32_t code, const char *message) {
    return (OrtxStatus){code, strdup(message ? message : "")};
}

static OrtxStatus checked(const OrtxLibrary *library, void *status) {
    if (status == NULL) {
        return success;
    }
    int code = ((int (*)(const void *))library->table[GetErrorCode])(status);
    const char *message = ((const char *(*)(const void *))library->table[GetErrorMessage])(status);
    OrtxStatus result = failure(code == 0 ? 1 : code, message);
    CALL_VOID(library, ReleaseStatus, status);
    return result;
}

void ortx_free(void *memory) {
    free(memory);
}

void ortx_shape_release(OrtxShape shape) {
    if (shape.names != NULL) {
        for (size_t index = 0; index < shape.rank; index++) {
            free(shape.names[index]);
        }
    }
    free(shape.names);
    free(shape.dimensions);
}

// MARK: The library

OrtxStatus ortx_library_open(const char *path, OrtxLibrary **out) {
    *out = NULL;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        return failure(OrtxCannotOpen, dlerror());
    }
    const struct base *(*get_base)(void) = (const struct base *(*)(void))dlsym(handle, "OrtGetApiBase");
    if (get_base == NULL) {
        OrtxStatus status = failure(OrtxNotTheLibrary, dlerror());
        dlclose(handle);
        return status;
    }
    const struct base *base = get_base();
    const function *table = base->get_interface(INTERFACE_VERSION);
    if (table == NULL) {
        return failure(OrtxTooOld, base->get_version());
    }
    OrtxLibrary *library = calloc(1, sizeof *library);
    if (library == NULL) {
        return failure(OrtxOutOfMemory, "out of memory");
    }
    library->table = table;
    library->version = base->get_version();
    OrtxStatus status = CHECKED(
        library, CreateEnv, (int, const char *, void **), LOG_FATAL, "riposte", &library->environment);
    if (status.code == 0) {
        status = CHECKED(library, DisableTelemetryEvents, (const void *), library->environment);
    }
    if (status.code == 0) {
        // Allocator type 0: memory that belongs to somebody else; memory type 0: the default.
        status = CHECKED(library, CreateCpuMemoryInfo, (int, int, void **), 0, 0, &library->memory);
    }
    if (status.code == 0) {
        status = CHECKED(library, GetAllocatorWithDefaultOptions, (void **), &library->allocator);
    }
    if (status.code != 0) {
        CALL_VOID(library, ReleaseMemoryInfo, library->memory);
        CALL_VOID(library, ReleaseEnv, library->environment);
        free(library);
        return status;
    }
    *out = library;
    return success;
}

const char *ortx_library_version(const OrtxLibrary *library) {
    return library->version;
}

// MARK: Session options

OrtxStatus ortx_options_create(const OrtxLibrary *library, OrtxOptions **options) {
    return CHECKED(library, CreateSessionOptions, (void **), (void **)options);
}

void ortx_options_release(const OrtxLibrary *library, OrtxOptions *options) {
    CALL_VOID(library, ReleaseSessionOptions, options);
}

OrtxStatus ortx_options_set_threads(const OrtxLibrary *library, OrtxOptions *options, int32_t intra, int32_t inter) {
    OrtxStatus status = CHECKED(library, SetIntraOpNumThreads, (void *, int), options, intra);
    return status.code != 0 ? status : CHECKED(library, SetInterOpNumThreads, (void *, int), options, inter);
}

OrtxStatus ortx_options_set_optimisation(const OrtxLibrary *library, OrtxOptions *options, int32_t level) {
    return CHECKED(library, SetSessionGraphOptimizationLevel, (void *, int), options, level);
}

OrtxStatus ortx_options_set_optimised_path(const OrtxLibrary *library, OrtxOptions *options, const char *path) {
    return CHECKED(library, SetOptimizedModelFilePath, (void *, const char *), options, path);
}

OrtxStatus ortx_options_disable_arena(const OrtxLibrary *library, OrtxOptions *options) {
    return CHECKED(library, DisableCpuMemArena, (void *), options);
}

OrtxStatus ortx_options_disable_memory_pattern(const OrtxLibrary *library, OrtxOptions *options) {
    return CHECKED(library, DisableMemPattern, (void *), options);
}

OrtxStatus ortx_options_set_entry(
    const OrtxLibrary *library, OrtxOptions *options, const char *key, const char *value) {
    return CHECKED(library, AddSessionConfigEntry, (void *, const char *, const char *), options, key, value);
}

OrtxStatus ortx_options_fix_dimension(
    const OrtxLibrary *library, OrtxOptions *options, const char *name, int64_t value) {
    return CHECKED(library, AddFreeDimensionOverrideByName, (void *, const char *, int64_t), options, name, value);
}

OrtxStatus ortx_options_add_initializer(
    const OrtxLibrary *library, OrtxOptions *options, const char *name, const OrtxValue *value) {
    return CHECKED(library, AddInitializer, (void *, const char *, const void *), options, name, value);
}

OrtxStatus ortx_options_enable_profiling(const OrtxLibrary *library, OrtxOptions *options, const char *prefix) {
    return CHECKED(library, EnableProfiling, (void *, const char *), options, prefix);
}

OrtxStatus ortx_weights_create(const OrtxLibrary *library, OrtxWeights **weights) {
    return CHECKED(library, CreatePrepackedWeightsContainer, (void **), (void **)weights);
}

void ortx_weights_release(const OrtxLibrary *library, OrtxWeights *weights) {
    CALL_VOID(library, ReleasePrepackedWeightsContainer, weights);
}

// MARK: Sessions

OrtxStatus ortx_session_create(
    const OrtxLibrary *library, const char *path, const OrtxOptions *options, OrtxWeights *weights,
    OrtxSession **session) {
    if (weights == NULL) {
        return CHECKED(
            library, CreateSession, (const void *, const char *, const void *, void **), library->environment, path,
            options, (void **)session);
    }
    return CHECKED(
        library, CreateSessionWithPrepackedWeightsContainer,
        (const void *, const char *, const void *, void *, void **), library->environment, path, options, weights,
        (void **)session);
}

OrtxStatus ortx_session_create_from_bytes(
    const OrtxLibrary *library, const void *bytes, size_t count, const OrtxOptions *options, OrtxSession **session) {
    return CHECKED(
        library, CreateSessionFromArray, (const void *, const void *, size_t, const void *, void **),
        library->environment, bytes, count, options, (void **)session);
}

void ortx_session_release(const OrtxLibrary *library, OrtxSession *session) {
    CALL_VOID(library, ReleaseSession, session);
}

OrtxStatus ortx_session_count(
    const OrtxLibrary *library, const OrtxSession *session, int32_t outputs, size_t *count) {
    enum slot slot = outputs ? SessionGetOutputCount : SessionGetInputCount;
    return CHECKED(library, slot, (const void *, size_t *), session, count);
}

// Copies the element type and dimensions out of a tensor's description, which stays the caller's.
static OrtxStatus describe(const OrtxLibrary *library, const void *information, OrtxShape *shape) {
    int element = 0;
    size_t rank = 0;
    OrtxStatus status = CHECKED(library, GetTensorElementType, (const void *, int *), information, &element);
    if (status.code == 0) {
        status = CHECKED(library, GetDimensionsCount, (const void *, size_t *), information, &rank);
    }
    if (status.code != 0) {
        return status;
    }
    shape->element = element;
    shape->rank = rank;
    if (rank == 0) {
        return success;
    }
    const char **symbols = calloc(rank, sizeof *symbols);
    shape->dimensions = calloc(rank, sizeof *shape->dimensions);
    shape->names = calloc(rank, sizeof *shape->names);
    if (symbols == NULL || shape->dimensions == NULL || shape->names == NULL) {
        status = failure(OrtxOutOfMemory, "out of memory");
    } else {
        status = CHECKED(
            library, GetDimensions, (const void *, int64_t *, size_t), information, shape->dimensions, rank);
    }
    if (status.code == 0) {
        status = CHECKED(library, GetSymbolicDimensions, (const void *, const char **, size_t), information, symbols, rank);
    }
    for (size_t index = 0; status.code == 0 && index < rank; index++) {
        if (symbols[index] != NULL && symbols[index][0] != '\0') {
            shape->names[index] = strdup(symbols[index]);
        }
    }
    free(symbols);
    if (status.code != 0) {
        ortx_shape_release(*shape);
        *shape = (OrtxShape){0, 0, NULL, NULL};
    }
    return status;
}

OrtxStatus ortx_session_describe(
    const OrtxLibrary *library, const OrtxSession *session, int32_t outputs, size_t index, char **name,
    OrtxShape *shape) {
    *name = NULL;
    *shape = (OrtxShape){0, 0, NULL, NULL};
    char *own = NULL;
    OrtxStatus status = CHECKED(
        library, outputs ? SessionGetOutputName : SessionGetInputName, (const void *, size_t, void *, char **), session,
        index, library->allocator, &own);
    if (status.code != 0) {
        return status;
    }
    *name = strdup(own);
    status = CHECKED(library, AllocatorFree, (void *, void *), library->allocator, own);
    void *type = NULL;
    if (status.code == 0) {
        status = CHECKED(
            library, outputs ? SessionGetOutputTypeInfo : SessionGetInputTypeInfo, (const void *, size_t, void **),
            session, index, &type);
    }
    // The cast gives a view into the type, and NULL for what is no tensor.
    const void *information = NULL;
    if (status.code == 0) {
        status = CHECKED(library, CastTypeInfoToTensorInfo, (const void *, const void **), type, &information);
    }
    if (status.code == 0 && information != NULL) {
        status = describe(library, information, shape);
    }
    CALL_VOID(library, ReleaseTypeInfo, type);
    if (status.code != 0) {
        free(*name);
        *name = NULL;
    }
    return status;
}

OrtxStatus ortx_session_metadata(
    const OrtxLibrary *library, const OrtxSession *session, const char *key, char **value) {
    *value = NULL;
    void *metadata = NULL;
    OrtxStatus status = CHECKED(library, SessionGetModelMetadata, (const void *, void **), session, &metadata);
    if (status.code != 0) {
        return status;
    }
    char *own = NULL;
    status = CHECKED(
        library, ModelMetadataLookupCustomMetadataMap, (const void *, void *, const char *, char **), metadata,
        library->allocator, key, &own);
    if (status.code == 0 && own != NULL) {
        *value = strdup(own);
        status = CHECKED(library, AllocatorFree, (void *, void *), library->allocator, own);
    }
    CALL_VOID(library, ReleaseModelMetadata, metadata);
    return status;
}

// MARK: Running

OrtxStatus ortx_run_options_create(const OrtxLibrary *library, OrtxRunOptions **options) {
    return CHECKED(library, CreateRunOptions, (void **), (void **)options);
}

void ortx_run_options_release(const OrtxLibrary *library, OrtxRunOptions *options) {
    CALL_VOID(library, ReleaseRunOptions, options);
}

OrtxStatus ortx_run_options_terminate(const OrtxLibrary *library, OrtxRunOptions *options) {
    return CHECKED(library, RunOptionsSetTerminate, (void *), options);
}

OrtxStatus ortx_run_options_set(
    const OrtxLibrary *library, OrtxRunOptions *options, const char *key, const char *value) {
    return CHECKED(library, AddRunConfigEntry, (void *, const char *, const char *), options, key, value);
}

OrtxStatus ortx_session_run(
    const OrtxLibrary *library, OrtxSession *session, const OrtxRunOptions *options, const char *const *input_names,
    const OrtxValue *const *inputs, size_t input_count, const char *const *output_names, size_t output_count,
    OrtxValue **outputs) {
    return CHECKED(
        library, Run,
        (void *, const void *, const char *const *, const OrtxValue *const *, size_t, const char *const *, size_t,
         OrtxValue **),
        session, options, input_names, inputs, input_count, output_names, output_count, outputs);
}

// MARK: Values

OrtxStatus ortx_value_create(
    const OrtxLibrary *library, void *memory, size_t byte_count, const int64_t *dimensions, size_t rank,
    int32_t element, OrtxValue **value) {
    return CHECKED(
        library, CreateTensorWithDataAsOrtValue,
        (const void *, void *, size_t, const int64_t *, size_t, int, void **), library->memory, memory, byte_count,
        dimensions, rank, element, (void **)value);
}

void ortx_value_release(const OrtxLibrary *library, OrtxValue *value) {
    CALL_VOID(library, ReleaseValue, value);
}

OrtxStatus ortx_value_describe(const OrtxLibrary *library, const OrtxValue *value, OrtxShape *shape) {
    *shape = (OrtxShape){0, 0, NULL, NULL};
    int is_tensor = 0;
    OrtxStatus status = CHECKED(library, IsTensor, (const void *, int *), value, &is_tensor);
    if (status.code != 0 || !is_tensor) {
        return status;
    }
    void *information = NULL;
    status = CHECKED(library, GetTensorTypeAndShape, (const void *, void **), value, &information);
    if (status.code == 0) {
        status = describe(library, information, shape);
        CALL_VOID(library, ReleaseTensorTypeAndShapeInfo, information);
    }
    return status;
}

OrtxStatus ortx_value_memory(const OrtxLibrary *library, OrtxValue *value, void **memory) {
    return CHECKED(library, GetTensorMutableData, (void *, void **), value, memory);
}

void ortx_keep_little_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_ARENA_MAX, 1);
#endif
}

void ortx_return_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

int ortx_memory_use(size_t *used, size_t *kept) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 33))
    struct mallinfo2 info = mallinfo2();
    *used = info.uordblks + info.hblkhd;
    *kept = info.fordblks;
    return 0;
#else
    *used = *kept = 0;
    return -1;
#endif
}
