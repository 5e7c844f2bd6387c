#include "template.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const signature_name = "X-Hub-Signature-256: sha256=";
static const char *const delivery_name = "X-GitHub-Delivery: ";

typedef enum { SHA, UUID, NUMBER, REPO, TIME, KINDS } Kind;
static const struct {
    const char *name;
    size_t size;
} marks[KINDS] = {{"@SHA@", 40}, {"@UUID@", 36}, {"@NUMBER@", 9}, {"@REPO@", 9}, {"@TIME@", 20}};

static struct {
    Kind kind;
    size_t offset;
} places[64];
static size_t place_count;
static size_t signature_offset;
static size_t delivery_offset;

_Noreturn void fail(const char *what, const char *detail) {
    fprintf(stderr, "load: %s: %s\n", what, detail);
    exit(1);
}

static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail("cannot be read", path);
    fseek(file, 0, SEEK_END);
    long end = ftell(file);
    rewind(file);
    char *bytes = end < 0 ? NULL : malloc((size_t)end + 1);
    if (bytes == NULL || fread(bytes, 1, (size_t)end, file) != (size_t)end) fail("cannot be read", path);
    fclose(file);
    bytes[end] = 0;
    *size = (size_t)end;
    return bytes;
}

static void find_marks(const char *body, size_t base) {
    for (const char *at = strchr(body, '@'); at != NULL;) {
        size_t size = 1;
        for (int kind = 0; kind < KINDS; kind++) {
            if (strncmp(at, marks[kind].name, strlen(marks[kind].name)) != 0) continue;
            if (place_count == sizeof(places) / sizeof(places[0])) fail("too many marks", marks[kind].name);
            places[place_count].kind = (Kind)kind;
            places[place_count++].offset = base + (size_t)(at - body);
            size = marks[kind].size;
        }
        at = strchr(at + size, '@');
    }
}

static EVP_MAC_CTX *keyed(const char *secret) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
    if (context == NULL || EVP_MAC_init(context, (const unsigned char *)secret, strlen(secret), parameters) != 1) {
        fail("libcrypto offers no", "HMAC-SHA256");
    }
    return context;
}

Template template_make(
    const char *path, const char *body_file, const char *const *headers, size_t header_count, const char *secret
) {
    size_t body_size;
    char *body = read_file(body_file, &body_size);
    size_t room = body_size + 4096;
    for (size_t index = 0; index < header_count; index++) room += strlen(headers[index]) + 2;
    char *bytes = malloc(room);
    if (bytes == NULL) fail("no memory for", body_file);

    size_t size = (size_t)snprintf(
        bytes, room, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %zu\r\n", path, body_size);
    for (size_t index = 0; index < header_count; index++) {
        size += (size_t)snprintf(bytes + size, room - size, "%s\r\n", headers[index]);
    }
    delivery_offset = size + strlen(delivery_name);
    size += (size_t)snprintf(bytes + size, room - size, "%s%036d\r\n", delivery_name, 0);
    signature_offset = size + strlen(signature_name);
    size += (size_t)snprintf(bytes + size, room - size, "%s%064d\r\n\r\n", signature_name, 0);

    Template template = {.bytes = bytes, .size = size + body_size, .body = size, .hashed = keyed(secret)};
    memcpy(bytes + size, body, body_size);
    find_marks(body, size);
    free(body);
    template.hashed_to = place_count == 0 ? template.size : places[0].offset;
    EVP_MAC_update(template.hashed, (unsigned char *)bytes + size, template.hashed_to - size);
    return template;
}

static uint64_t mixed(uint64_t state) {
    state += 0x9E3779B97F4A7C15;
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
    return state ^ (state >> 31);
}

static void write_hex(char *at, size_t digits, uint64_t *state) {
    uint64_t bits = 0;
    for (size_t index = 0; index < digits; index++) {
        if (index % 16 == 0) bits = *state = mixed(*state);
        at[index] = "0123456789abcdef"[bits & 15];
        bits >>= 4;
    }
}

static void write_uuid(char *at, uint64_t state) {
    write_hex(at, 36, &state);
    at[8] = at[13] = at[18] = at[23] = '-';
}

/// As GitHub makes them: version 1, from a clock of 100 ns that begins in 1582. Told apart by their last twelve digits,
/// as two may be of one moment.
static void write_delivery_id(char *at, uint64_t state) {
    struct timespec now;
    char text[37];
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ticks = 0x01B21DD213814000 + (uint64_t)now.tv_sec * 10000000 + (uint64_t)now.tv_nsec / 100;
    snprintf(text, sizeof text, "%08x-%04x-1%03x-8a54-%012llx", (unsigned)(ticks & 0xFFFFFFFF),
             (unsigned)(ticks >> 32 & 0xFFFF), (unsigned)(ticks >> 48 & 0xFFF),
             (unsigned long long)(mixed(state) & 0xFFFFFFFFFFFF));
    memcpy(at, text, 36);
}

static void write_number(char *at, uint64_t number) {
    // Nine digits, the first of which is no 0.
    number = 100000000 + number % 900000000;
    for (int index = 8; index >= 0; index--, number /= 10) at[index] = (char)('0' + number % 10);
}

static void write_time(char *at, time_t moment) {
    struct tm parts;
    char text[32];
    gmtime_r(&moment, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    memcpy(at, text, 20);
}

static void sign(const Template *template, char *bytes) {
    unsigned char code[32];
    size_t written;
    EVP_MAC_CTX *running = EVP_MAC_CTX_dup(template->hashed);
    if (running == NULL || EVP_MAC_update(running, (unsigned char *)bytes + template->hashed_to,
                                          template->size - template->hashed_to) != 1
        || EVP_MAC_final(running, code, &written, sizeof code) != 1) {
        fail("cannot sign", "out of memory");
    }
    EVP_MAC_CTX_free(running);
    for (size_t index = 0; index < sizeof code; index++) {
        bytes[signature_offset + index * 2] = "0123456789abcdef"[code[index] >> 4];
        bytes[signature_offset + index * 2 + 1] = "0123456789abcdef"[code[index] & 15];
    }
}

void template_fill(const Template *template, char *bytes, uint64_t number, const Variation *variation) {
    uint64_t state = mixed(variation->run) ^ number;
    write_delivery_id(bytes + delivery_offset, state);
    for (size_t index = 0; index < place_count; index++) {
        char *at = bytes + places[index].offset;
        switch (places[index].kind) {
        case SHA: {
            uint64_t seed = state;
            write_hex(at, 40, &seed);
            break;
        }
        case UUID: write_uuid(at, state); break;
        case NUMBER: write_number(at, variation->run * 50000000 + number); break;
        case REPO: write_number(at, number % variation->repositories); break;
        case TIME: {
            int64_t share = variation->expected == 0 ? 0 : (int64_t)(number % variation->expected) * variation->spread
                                                               / (int64_t)variation->expected;
            write_time(at, variation->time == 0 ? time(NULL) : (time_t)(variation->time + share));
            break;
        }
        case KINDS: break;
        }
    }
    sign(template, bytes);
}
