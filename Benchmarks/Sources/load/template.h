#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

/// A request with places that differ from delivery to delivery.
///
/// In its body stand marks that begin with @ and are as long as what replaces them:
///     @SHA and 36 @        a commit, 40 hexadecimal digits
///     @UUID and 31 @       an id of 36 characters
///     @NUMBER@@            a number of nine digits that no other delivery has
///     @REPO@@@@            a number of nine digits, one of --repositories
///     @TIME and 15 @       a time, 2026-11-22T10:00:00Z: now, or --time plus a share of --spread
///
/// What stands before the first mark is hashed once, so that signing a body costs little when its marks are at its end.
typedef struct {
    char *bytes;
    size_t size;
    size_t body;
    EVP_MAC_CTX *hashed;
    size_t hashed_to;
} Template;

typedef struct {
    uint64_t run;
    uint64_t repositories;
    int64_t time;
    int64_t spread;
    uint64_t expected;
} Variation;

Template template_make(
    const char *path, const char *body_file, const char *const *headers, size_t header_count, const char *secret);

/// Writes the delivery of a number over the previous one in `bytes`, which is a copy of the template's.
void template_fill(const Template *template, char *bytes, uint64_t number, const Variation *variation);

_Noreturn void fail(const char *what, const char *detail);

#endif
