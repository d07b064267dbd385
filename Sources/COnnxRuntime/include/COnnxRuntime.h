#pragma once

// ONNX Runtime, opened at run time and called through its table of functions.
//
// The library ships without a header in the packages this project takes it from. Its C interface is one exported
// symbol that leads to a table of function pointers to which releases only ever append, so a slot number is enough to
// call a function. Everything here takes opaque handles; every call that can fail returns an `OrtxStatus`, whose
// message is the library's own, copied, so that nothing of the library's memory reaches the caller.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An opened library: its functions, one environment and the description of main memory.
typedef struct OrtxLibrary OrtxLibrary;
typedef struct OrtxOptions OrtxOptions;
typedef struct OrtxSession OrtxSession;
typedef struct OrtxValue OrtxValue;
typedef struct OrtxRunOptions OrtxRunOptions;
typedef struct OrtxWeights OrtxWeights;

/// Code 0 is success, and then the message is NULL. A positive code is the library's own; a negative one is this
/// shim's: the library could not be opened, or is not one that can be used. The message is the caller's to release
/// with `ortx_free`.
typedef struct {
    int32_t code;
    char *_Nullable message;
} OrtxStatus;

enum {
    OrtxCannotOpen = -1,
    OrtxNotTheLibrary = -2,
    OrtxTooOld = -3,
    OrtxOutOfMemory = -4,
};

/// What a session says of one of its inputs or outputs, or a value of itself. `element` is 0 for what is no tensor.
/// A dimension that is not fixed is -1; its symbolic name, if it has one, is in `names` at the same place.
typedef struct {
    int32_t element;
    size_t rank;
    int64_t *_Nullable dimensions;
    char *_Nullable *_Nullable names;
} OrtxShape;

void ortx_free(void *_Nullable memory);
void ortx_shape_release(OrtxShape shape);

/// `path` is handed to the dynamic loader as it is: a file, or a name for it to search. The library stays open until
/// the process ends: unloading it is not something its authors support.
OrtxStatus ortx_library_open(const char *_Nonnull path, OrtxLibrary *_Nullable *_Nonnull library);
/// The library's version, as "1.32.0". Lives as long as the library.
const char *_Nonnull ortx_library_version(const OrtxLibrary *_Nonnull library);

OrtxStatus ortx_options_create(const OrtxLibrary *_Nonnull library, OrtxOptions *_Nullable *_Nonnull options);
void ortx_options_release(const OrtxLibrary *_Nonnull library, OrtxOptions *_Nullable options);
OrtxStatus ortx_options_set_threads(
    const OrtxLibrary *_Nonnull library, OrtxOptions *_Nonnull options, int32_t intra, int32_t inter);
OrtxStatus ortx_options_set_optimisation(const OrtxLibrary *_Nonnull library, OrtxOptions *_Nonnull options, int32_t level);
OrtxStatus ortx_options_set_optimised_path(
    const OrtxLibrary *_Nonnull library, OrtxOptions *_Nonnull options, const char *_Nonnull path);
OrtxStatus ortx_options_disable_arena(const OrtxLibrary *_Nonnull library, OrtxOptions *_Nonnull options);
OrtxStatus ortx_options_disable_memory_pattern(const OrtxLibrary *_Nonnull library, OrtxOptions *_Nonnull options);
OrtxStatus ortx_options_set_entry(
    const OrtxLibrary *_Nonnull library, OrtxOptions *_Nonnull options, const char *_Nonnull key,
    const char *_Nonnull value);
OrtxStatus ortx_options_fix_dimension(
    const OrtxLibrary *_Nonnull library, OrtxOptions *_Nonnull options, const char *_Nonnull name, int64_t value);
/// The value must outlive the session.
OrtxStatus ortx_options_add_initializer(
    const OrtxLibrary *_Nonnull library, OrtxOptions *_Nonnull options, const char *_Nonnull name,
    const OrtxValue *_Nonnull value);
OrtxStatus ortx_options_enable_profiling(
    const OrtxLibrary *_Nonnull library, OrtxOptions *_Nonnull options, const char *_Nonnull prefix);

/// Weights in the layout the kernels want, made once and used by every session that is given them.
OrtxStatus ortx_weights_create(const OrtxLibrary *_Nonnull library, OrtxWeights *_Nullable *_Nonnull weights);
void ortx_weights_release(const OrtxLibrary *_Nonnull library, OrtxWeights *_Nullable weights);

/// `weights` may be NULL; if not, they must outlive the session.
OrtxStatus ortx_session_create(
    const OrtxLibrary *_Nonnull library, const char *_Nonnull path, const OrtxOptions *_Nonnull options,
    OrtxWeights *_Nullable weights, OrtxSession *_Nullable *_Nonnull session);
OrtxStatus ortx_session_create_from_bytes(
    const OrtxLibrary *_Nonnull library, const void *_Nonnull bytes, size_t count, const OrtxOptions *_Nonnull options,
    OrtxSession *_Nullable *_Nonnull session);
void ortx_session_release(const OrtxLibrary *_Nonnull library, OrtxSession *_Nullable session);
/// `outputs` is 0 for the inputs, 1 for the outputs.
OrtxStatus ortx_session_count(
    const OrtxLibrary *_Nonnull library, const OrtxSession *_Nonnull session, int32_t outputs, size_t *_Nonnull count);
/// The name is the caller's to release with `ortx_free`, the shape with `ortx_shape_release`.
OrtxStatus ortx_session_describe(
    const OrtxLibrary *_Nonnull library, const OrtxSession *_Nonnull session, int32_t outputs, size_t index,
    char *_Nullable *_Nonnull name, OrtxShape *_Nonnull shape);
/// A value of the model's own metadata; NULL where there is none under that key. Release with `ortx_free`.
OrtxStatus ortx_session_metadata(
    const OrtxLibrary *_Nonnull library, const OrtxSession *_Nonnull session, const char *_Nonnull key,
    char *_Nullable *_Nonnull value);

OrtxStatus ortx_run_options_create(const OrtxLibrary *_Nonnull library, OrtxRunOptions *_Nullable *_Nonnull options);
void ortx_run_options_release(const OrtxLibrary *_Nonnull library, OrtxRunOptions *_Nullable options);
/// May be called from any thread while a run is using the options: the run ends with an error after the current node.
OrtxStatus ortx_run_options_terminate(const OrtxLibrary *_Nonnull library, OrtxRunOptions *_Nonnull options);
/// One of the entries that ONNX Runtime documents for a run, as "memory.enable_memory_arena_shrinkage".
OrtxStatus ortx_run_options_set(
    const OrtxLibrary *_Nonnull library, OrtxRunOptions *_Nonnull options, const char *_Nonnull key,
    const char *_Nonnull value);

/// `outputs` holds `output_count` places, which receive values of the caller's to release.
OrtxStatus ortx_session_run(
    const OrtxLibrary *_Nonnull library, OrtxSession *_Nonnull session, const OrtxRunOptions *_Nullable options,
    const char *_Nonnull const *_Nonnull input_names, const OrtxValue *_Nonnull const *_Nonnull inputs,
    size_t input_count, const char *_Nonnull const *_Nonnull output_names, size_t output_count,
    OrtxValue *_Nullable *_Nonnull outputs);

/// A tensor over memory of the caller's, which must stay where it is until the value is released.
OrtxStatus ortx_value_create(
    const OrtxLibrary *_Nonnull library, void *_Nonnull memory, size_t byte_count, const int64_t *_Nullable dimensions,
    size_t rank, int32_t element, OrtxValue *_Nullable *_Nonnull value);
void ortx_value_release(const OrtxLibrary *_Nonnull library, OrtxValue *_Nullable value);
OrtxStatus ortx_value_describe(
    const OrtxLibrary *_Nonnull library, const OrtxValue *_Nonnull value, OrtxShape *_Nonnull shape);
OrtxStatus ortx_value_memory(
    const OrtxLibrary *_Nonnull library, OrtxValue *_Nonnull value, void *_Nullable *_Nonnull memory);

/// Has the C library give blocks of 1 MB and more back to the system as soon as they are freed, and share what it keeps
/// between threads. Nothing where the C library can't be told so.
void ortx_keep_little_memory(void);
/// Has the C library give back what it keeps of freed memory, as far as it can.
void ortx_return_memory(void);
/// Tells how many bytes the C library has given out, and how many it keeps of those that were given back, over all
/// threads. Returns 0, or -1 where it can't tell.
int ortx_memory_use(size_t *_Nonnull used, size_t *_Nonnull kept);

#ifdef __cplusplus
}
#endif
