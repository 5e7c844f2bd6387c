#ifndef CPOSTGRES_H
#define CPOSTGRES_H

// libpq, the client library of PostgreSQL, opened while the program runs: who uses no cluster neither installs nor loads
// it. The declarations are those of libpq.so.5, whose binary interface has not changed since 2005; what version 14
// added is named below.

typedef struct pg_conn CPostgresConnection;
typedef struct pg_result CPostgresResult;
typedef unsigned int CPostgresType;

/// One keyword of a connection string, with its value if there is one.
typedef struct {
    char *keyword;
    char *envvar;
    char *compiled;
    char *val;
    char *label;
    char *dispchar;
    int dispsize;
} CPostgresOption;

typedef void (*CPostgresNoticeReceiver)(void *context, const CPostgresResult *notice);

enum { CPOSTGRES_CONNECTION_OK = 0 };

enum {
    CPOSTGRES_COMMAND_OK = 1,
    CPOSTGRES_TUPLES_OK = 2,
    CPOSTGRES_COPY_OUT = 3,
    CPOSTGRES_COPY_IN = 4,
    CPOSTGRES_FATAL_ERROR = 7,
    CPOSTGRES_PIPELINE_SYNC = 10,
    CPOSTGRES_PIPELINE_ABORTED = 11,
};

/// Fields of an error or notice.
enum { CPOSTGRES_SEVERITY = 'V', CPOSTGRES_SQLSTATE = 'C', CPOSTGRES_MESSAGE = 'M' };

/// Result, name and arguments of each function that is used.
#define CPOSTGRES_FUNCTIONS(FUNCTION)                                                                                  \
    FUNCTION(CPostgresConnection *, PQconnectdbParams, (const char *const *, const char *const *, int))                \
    FUNCTION(void, PQfinish, (CPostgresConnection *))                                                                  \
    FUNCTION(int, PQstatus, (const CPostgresConnection *))                                                             \
    FUNCTION(char *, PQerrorMessage, (const CPostgresConnection *))                                                    \
    FUNCTION(int, PQsocket, (const CPostgresConnection *))                                                             \
    FUNCTION(int, PQserverVersion, (const CPostgresConnection *))                                                      \
    FUNCTION(int, PQlibVersion, (void))                                                                                \
    FUNCTION(int, PQsetnonblocking, (CPostgresConnection *, int))                                                      \
    FUNCTION(CPostgresNoticeReceiver, PQsetNoticeReceiver, (CPostgresConnection *, CPostgresNoticeReceiver, void *))   \
    FUNCTION(CPostgresOption *, PQconninfoParse, (const char *, char **))                                              \
    FUNCTION(void, PQconninfoFree, (CPostgresOption *))                                                                \
    FUNCTION(void, PQfreemem, (void *))                                                                                \
    FUNCTION(int, PQsendPrepare,                                                                                       \
             (CPostgresConnection *, const char *, const char *, int, const CPostgresType *))                          \
    FUNCTION(int, PQsendQueryPrepared,                                                                                 \
             (CPostgresConnection *, const char *, int, const char *const *, const int *, const int *, int))           \
    FUNCTION(int, PQflush, (CPostgresConnection *))                                                                    \
    FUNCTION(int, PQconsumeInput, (CPostgresConnection *))                                                             \
    FUNCTION(int, PQisBusy, (CPostgresConnection *))                                                                   \
    FUNCTION(CPostgresResult *, PQgetResult, (CPostgresConnection *))                                                  \
    FUNCTION(int, PQresultStatus, (const CPostgresResult *))                                                           \
    FUNCTION(char *, PQresultErrorField, (const CPostgresResult *, int))                                               \
    FUNCTION(char *, PQcmdStatus, (CPostgresResult *))                                                                 \
    FUNCTION(char *, PQcmdTuples, (CPostgresResult *))                                                                 \
    FUNCTION(int, PQntuples, (const CPostgresResult *))                                                                \
    FUNCTION(int, PQnfields, (const CPostgresResult *))                                                                \
    FUNCTION(int, PQgetisnull, (const CPostgresResult *, int, int))                                                    \
    FUNCTION(char *, PQgetvalue, (const CPostgresResult *, int, int))                                                  \
    FUNCTION(int, PQgetlength, (const CPostgresResult *, int, int))                                                    \
    FUNCTION(void, PQclear, (CPostgresResult *))                                                                       \
    /* Of version 14. */                                                                                               \
    FUNCTION(int, PQenterPipelineMode, (CPostgresConnection *))                                                        \
    FUNCTION(int, PQpipelineSync, (CPostgresConnection *))

typedef struct {
#define CPOSTGRES_DECLARE(result, name, arguments) result(*name) arguments;
    CPOSTGRES_FUNCTIONS(CPOSTGRES_DECLARE)
#undef CPOSTGRES_DECLARE
} CPostgresFunctions;

/// Opens libpq and finds its functions.
///
/// \param[out] missing what could not be found: the library's file, or a function that an older one lacks.
/// \returns whether `functions` is filled in.
int cpostgres_load(CPostgresFunctions *functions, const char **missing);

#endif
