/* Stands between the program and the system, loaded with LD_PRELOAD: a disk that fails when it is told to and that
 * writes down what was written when, and a wall clock that can be set.
 *
 * What it does is read from a mapped file (FAULTS_CONTROL) at each call, so that a test can change it while the program
 * runs. The disk's part concerns the files alone whose path begins with FAULTS_PATH. FAULTS_RECORD names a file that
 * gets a record of every write, truncation and sync: what a power cut at any moment would have left can be made of it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* Tests/EndToEnd/shim.py writes the same layout. */
struct control {
    _Atomic int64_t clock_offset_ns; /* added to the wall clock */
    _Atomic int64_t operation;       /* the calls that fail: one of `enum operation`, 0 for none */
    _Atomic int64_t error;           /* errno for them; 0: half of a write is done and said */
    _Atomic int64_t countdown;       /* so many of those calls still succeed */
    _Atomic int64_t failures;        /* so many fail then */
    _Atomic int64_t hits;            /* so many have failed */
};

enum operation { WRITE = 1, SYNC = 2, TRUNCATE = 3, READ = 4, UNLINK = 5 };

struct record {
    int64_t operation;
    int64_t offset; /* of a write; a truncation's length */
    int64_t size;   /* of what follows the path */
    char path[104];
};

static struct control *control;
static const char *watched;
static int record_descriptor = -1;
static pthread_mutex_t record_lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*next_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*next_pread)(int, void *, size_t, off_t);
static int (*next_fdatasync)(int);
static int (*next_fsync)(int);
static int (*next_ftruncate)(int, off_t);
static int (*next_unlink)(const char *);
static int (*next_clock_gettime)(clockid_t, struct timespec *);

static void find_next(void) {
    static atomic_int done;
    if (atomic_load(&done)) return;
    next_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    next_pread = dlsym(RTLD_NEXT, "pread64");
    next_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    next_fsync = dlsym(RTLD_NEXT, "fsync");
    next_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    next_unlink = dlsym(RTLD_NEXT, "unlink");
    next_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    atomic_store(&done, 1);
}

__attribute__((constructor)) static void begin(void) {
    find_next();
    watched = getenv("FAULTS_PATH");
    const char *record = getenv("FAULTS_RECORD");
    if (record != NULL) record_descriptor = open(record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const char *path = getenv("FAULTS_CONTROL");
    int descriptor = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return;
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped != MAP_FAILED) control = mapped;
    close(descriptor);
}

/* Whether a file is one of those whose disk is under test, and its path behind the common beginning. */
static int is_watched(int descriptor, char *name, size_t size) {
    if (watched == NULL) return 0;
    char link[64], path[4096];
    char *end = link + sizeof link - 1;
    *end = 0;
    int number = descriptor;
    do *--end = (char)('0' + number % 10); while ((number /= 10) > 0);
    const char folder[] = "/proc/self/fd/";
    end -= sizeof folder - 1;
    memcpy(end, folder, sizeof folder - 1);
    ssize_t length = readlink(end, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    size_t common = strlen(watched);
    if (strncmp(path, watched, common) != 0) return 0;
    strncpy(name, path + common, size - 1);
    name[size - 1] = 0;
    return 1;
}

/* Whether this call is one that fails. */
static int is_struck(enum operation operation) {
    if (control == NULL || atomic_load(&control->operation) != operation) return 0;
    if (atomic_fetch_sub(&control->countdown, 1) > 0) return 0;
    if (atomic_fetch_sub(&control->failures, 1) <= 0) {
        atomic_fetch_add(&control->failures, 1);
        return 0;
    }
    atomic_fetch_add(&control->hits, 1);
    return 1;
}

static void note(enum operation operation, const char *name, int64_t offset, const void *bytes, size_t size) {
    if (record_descriptor < 0) return;
    struct record record = {.operation = operation, .offset = offset, .size = (int64_t)size};
    strncpy(record.path, name, sizeof record.path - 1);
    pthread_mutex_lock(&record_lock);
    /* A record that is cut off ends what can be read; the test sees that. */
    if (write(record_descriptor, &record, sizeof record) == (ssize_t)sizeof record && size > 0) {
        if (write(record_descriptor, bytes, size) < 0) abort();
    }
    pthread_mutex_unlock(&record_lock);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t offset) {
    find_next();
    char name[104] = "";
    if (!is_watched(descriptor, name, sizeof name)) return next_pwrite(descriptor, bytes, size, offset);
    if (is_struck(WRITE)) {
        int error = (int)atomic_load(&control->error);
        if (error != 0) {
            errno = error;
            return -1;
        }
        size = size / 2;
    }
    ssize_t written = next_pwrite(descriptor, bytes, size, offset);
    if (written > 0) note(WRITE, name, offset, bytes, (size_t)written);
    return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
    return pwrite64(descriptor, bytes, size, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t size, off_t offset) {
    find_next();
    char name[104] = "";
    if (control != NULL && atomic_load(&control->operation) == READ && is_watched(descriptor, name, sizeof name)
        && is_struck(READ)) {
        errno = (int)atomic_load(&control->error);
        return -1;
    }
    return next_pread(descriptor, bytes, size, offset);
}

static int synchronized(int descriptor, int (*next)(int)) {
    char name[104] = "";
    if (!is_watched(descriptor, name, sizeof name)) return next(descriptor);
    if (is_struck(SYNC)) {
        errno = (int)atomic_load(&control->error);
        return -1;
    }
    int result = next(descriptor);
    if (result == 0) note(SYNC, name, 0, NULL, 0);
    return result;
}

int fdatasync(int descriptor) {
    find_next();
    return synchronized(descriptor, next_fdatasync);
}

int fsync(int descriptor) {
    find_next();
    return synchronized(descriptor, next_fsync);
}

int ftruncate64(int descriptor, off_t length) {
    find_next();
    char name[104] = "";
    if (!is_watched(descriptor, name, sizeof name)) return next_ftruncate(descriptor, length);
    if (is_struck(TRUNCATE)) {
        errno = (int)atomic_load(&control->error);
        return -1;
    }
    int result = next_ftruncate(descriptor, length);
    if (result == 0) note(TRUNCATE, name, length, NULL, 0);
    return result;
}

int ftruncate(int descriptor, off_t length) {
    return ftruncate64(descriptor, length);
}

int unlink(const char *path) {
    find_next();
    int result = next_unlink(path);
    if (result == 0 && watched != NULL && strncmp(path, watched, strlen(watched)) == 0) {
        note(UNLINK, path + strlen(watched), 0, NULL, 0);
    }
    return result;
}

/* The wall clock alone is set; the others go on, as they do when an administrator sets the time. */
int clock_gettime(clockid_t clock, struct timespec *time) {
    find_next();
    int result = next_clock_gettime(clock, time);
    if (result != 0 || control == NULL || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
    int64_t now = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + atomic_load(&control->clock_offset_ns);
    time->tv_sec = now / 1000000000;
    time->tv_nsec = now % 1000000000;
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    if (result != NULL) *result = now.tv_sec;
    return now.tv_sec;
}
