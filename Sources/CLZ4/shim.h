#ifndef CLZ4_SHIM_H
#define CLZ4_SHIM_H

#include <lz4.h>

/// LZ4's state after it has read a dictionary, which must stay where it is. NULL if there is no memory.
static inline const LZ4_stream_t *clz4_read(const char *dictionary, int size) {
    LZ4_stream_t *state = LZ4_createStream();
    if (state != NULL) LZ4_loadDict(state, dictionary, size);
    return state;
}

/// Compresses one block as if the dictionary stood before it, and leaves `state` as it is: to copy the state takes a
/// tenth of the time that reading the dictionary does. Returns 0 if the block does not fit into `room`.
static inline int clz4_compress_after(
    const LZ4_stream_t *state, const char *body, int size, char *block, int room
) {
    LZ4_stream_t working = *state;
    return LZ4_compress_fast_continue(&working, body, block, size, room, 1);
}

#endif
