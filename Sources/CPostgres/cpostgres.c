#include "cpostgres.h"

#include <dlfcn.h>
#include <string.h>

int cpostgres_load(CPostgresFunctions *functions, const char **missing) {
    static const char file[] = "libpq.so.5";
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        *missing = file;
        return 0;
    }
    // A pointer to a function is copied, because C does not convert one from a pointer to data.
#define CPOSTGRES_FIND(result, name, arguments)                                                                        \
    {                                                                                                                  \
        void *found = dlsym(library, #name);                                                                           \
        if (found == NULL) {                                                                                           \
            *missing = #name;                                                                                          \
            dlclose(library);                                                                                          \
            return 0;                                                                                                  \
        }                                                                                                              \
        memcpy(&functions->name, &found, sizeof found);                                                                \
    }
    CPOSTGRES_FUNCTIONS(CPOSTGRES_FIND)
#undef CPOSTGRES_FIND
    return 1;
}
