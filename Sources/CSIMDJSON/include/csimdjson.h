#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

// simdjson's DOM behind C. Nothing here throws, recurses without a bound, or keeps a pointer to the caller's bytes.
//
// Each thread owns one parser, which is used for one document at a time: `csj_parse` ends the life of every value of
// the thread's previous document, `csj_release` that of the current one.

#ifdef __cplusplus
extern "C" {
#endif

/// Something in the thread's current document. Its members belong to the library.
typedef struct {
    const void *document;
    size_t position;
} csj_value;

/// A place in an array, between its members.
typedef struct {
    csj_value next;
    csj_value end;
} csj_cursor;

/// UTF-8 without a terminator; lives as long as the document.
typedef struct {
    const char *bytes;
    size_t count;
} csj_text;

typedef enum {
    CSJ_MISSING = 0,
    CSJ_NULL,
    CSJ_BOOL,
    /// A whole number that fits a signed 64-bit integer.
    CSJ_INTEGER,
    /// Every other number.
    CSJ_DOUBLE,
    CSJ_STRING,
    CSJ_ARRAY,
    CSJ_OBJECT,
} csj_kind;

typedef enum {
    CSJ_OK = 0,
    CSJ_EMPTY,
    CSJ_MALFORMED,
    CSJ_TOO_DEEP,
    CSJ_BAD_STRING,
    CSJ_BAD_NUMBER,
    CSJ_BAD_UTF8,
    CSJ_OUT_OF_MEMORY,
} csj_result;

/// Reads a whole document; the bytes need no padding and are copied.
csj_result csj_parse(const void *bytes, size_t count, csj_value *root);

/// Ends the current document, and gives back the parser's memory if a large document made it grow.
void csj_release(void);

/// How many bytes the thread's parser is prepared for.
size_t csj_capacity(void);

csj_kind csj_kind_of(csj_value value);

/// Follows a path of keys with dots between them. A key that is there twice is taken where it is first.
csj_kind csj_find(csj_value from, const char *path, size_t path_size, csj_value *found);

// Of a value of another kind: zero, or an empty text.
int csj_bool(csj_value value);
int64_t csj_integer(csj_value value);
double csj_double(csj_value value);
csj_text csj_string(csj_value value);

/// The members of an array, in turn. Of a value of another kind: none.
csj_cursor csj_members(csj_value array);
/// `CSJ_MISSING` once there are no more.
csj_kind csj_next(csj_cursor *cursor, csj_value *member);

/// Writes `root` anew without the members that have one of `keys`, however deep they are. `*text` is to be freed with
/// `csj_free`; it is NULL, and 0 is returned, if nothing was left out. Returns -1 if memory ran out.
int csj_copy_without(csj_value root, const char *const *keys, size_t key_count, char **text, size_t *text_size);
void csj_free(char *text);

#ifdef __cplusplus
}
#endif

#endif
