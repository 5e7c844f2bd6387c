// Sends signed deliveries that differ over keep-alive connections, and prints what came of them as JSON.
//
// Without --rate each connection sends the next delivery once the last one is answered. With --rate deliveries are
// due at even times, whatever the server does; one that finds all connections busy waits, and its latency counts
// from when it was due, so that a server that stalls cannot hide it.

#include "template.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int socket;
    bool busy;
    char *request;
    size_t sent;
    char answer[4096];
    size_t received;
    int64_t due;
} Connection;

static struct {
    int port;
    size_t connections;
    double seconds;
    double warmup;
    double rate;
    uint64_t count;
    Variation variation;
} options = {.connections = 32, .warmup = 0, .variation = {.run = 1, .repositories = 500}};

/// How long after the end answers are waited for.
static const int64_t patience = 10000000000;

static Template template;
static Connection *connections;
static int poller;
static int64_t began;
static int64_t measured_from;
static int64_t ends;
static uint64_t started;
static uint64_t by_status[600];
static uint64_t broken;
static uint64_t measured;
static uint32_t *latencies;
static size_t latency_room;
static int64_t most_late;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void open_connection(Connection *connection) {
    connection->socket = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        fail("cannot connect", strerror(errno));
    }
    int on = 1;
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(connection->socket, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, connection->socket, &event);
    connection->busy = false;
    connection->received = 0;
}

static void reopen(Connection *connection) {
    if (connection->busy) broken++;
    close(connection->socket);
    open_connection(connection);
}

static void send_rest(Connection *connection) {
    while (connection->busy && connection->sent < template.size) {
        ssize_t sent = send(
            connection->socket, connection->request + connection->sent, template.size - connection->sent, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK) reopen(connection);
            return;
        }
        connection->sent += (size_t)sent;
    }
}

static int64_t due_time(uint64_t number) {
    return options.rate > 0 ? began + (int64_t)((double)number * 1e9 / options.rate) : 0;
}

/// Whether nothing is left to begin. What was due before the end is, however late it gets.
static bool is_finished(int64_t at) {
    if (options.count > 0 && started >= options.count) return true;
    return (options.rate > 0 ? due_time(started) : at) >= ends;
}

/// Begins the next delivery, if one is due.
static bool begin_next(Connection *connection) {
    int64_t at = now();
    int64_t due = due_time(started);
    if (is_finished(at) || due > at) return false;
    connection->due = due > 0 ? due : at;
    if (at - connection->due > most_late && connection->due >= measured_from) most_late = at - connection->due;
    template_fill(&template, connection->request, started++, &options.variation);
    connection->busy = true;
    connection->sent = 0;
    connection->received = 0;
    send_rest(connection);
    return true;
}

static void note(Connection *connection, int status) {
    by_status[status >= 100 && status < 600 ? status : 0]++;
    if (connection->due < measured_from || status < 200 || status > 299) return;
    if (measured == latency_room) {
        latency_room = latency_room == 0 ? 1 << 16 : latency_room * 2;
        latencies = realloc(latencies, latency_room * sizeof *latencies);
        if (latencies == NULL) fail("no memory for", "latencies");
    }
    int64_t microseconds = (now() - connection->due) / 1000;
    latencies[measured++] = microseconds > UINT32_MAX ? UINT32_MAX : (uint32_t)microseconds;
}

/// Whether a whole answer has come. Answers are small and come with a Content-Length, or with no body.
static bool is_answered(Connection *connection) {
    connection->answer[connection->received] = 0;
    char *end = strstr(connection->answer, "\r\n\r\n");
    if (end == NULL) return false;
    size_t body = 0;
    for (char *line = strstr(connection->answer, "\r\n"); line != NULL && line < end; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, "content-length:", 15) == 0) body = strtoul(line + 17, NULL, 10);
    }
    return connection->received >= (size_t)(end + 4 - connection->answer) + body;
}

static void receive(Connection *connection) {
    while (true) {
        size_t room = sizeof connection->answer - 1 - connection->received;
        if (room == 0) return reopen(connection);
        ssize_t got = recv(connection->socket, connection->answer + connection->received, room, 0);
        if (got < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK) reopen(connection);
            return;
        }
        if (got == 0) return reopen(connection);
        connection->received += (size_t)got;
        if (!connection->busy || !is_answered(connection)) continue;
        connection->busy = false;
        note(connection, atoi(connection->answer + strlen("HTTP/1.1 ")));
        // nginx closes a connection after 1,000 requests, and says so in these letters.
        if (strstr(connection->answer, "\r\nConnection: close") != NULL) return reopen(connection);
        connection->received = 0;
        if (options.rate <= 0) begin_next(connection);
    }
}

static size_t busy_count(void) {
    size_t count = 0;
    for (size_t index = 0; index < options.connections; index++) count += connections[index].busy;
    return count;
}

static void begin_due(void) {
    for (size_t index = 0; index < options.connections; index++) {
        if (!connections[index].busy && !begin_next(&connections[index])) return;
    }
}

static void wait_for_events(size_t busy) {
    struct epoll_event events[256];
    int64_t wait = 100000000;
    if (options.rate > 0 && busy < options.connections && !is_finished(now())) {
        wait = due_time(started) - now();
        if (wait < 0) wait = 0;
        if (wait > 100000000) wait = 100000000;
    }
    struct timespec timeout = {.tv_nsec = wait};
    int count = epoll_pwait2(poller, events, 256, &timeout, NULL);
    for (int index = 0; index < count; index++) {
        Connection *connection = events[index].data.ptr;
        if (events[index].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) receive(connection);
        if (events[index].events & EPOLLOUT) send_rest(connection);
    }
}

static int ascending(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static double milliseconds(double share) {
    if (measured == 0) return 0;
    size_t index = (size_t)(share * (double)measured);
    return latencies[index < measured ? index : measured - 1] / 1000.0;
}

static void print_result(int64_t ended) {
    qsort(latencies, measured, sizeof *latencies, ascending);
    uint64_t accepted = 0, others = 0;
    for (int status = 0; status < 600; status++) {
        if (status == 202) accepted += by_status[status];
        else others += by_status[status];
    }
    double seconds = (double)(ended - measured_from) / 1e9;
    printf("{\"seconds\": %.3f, \"measured\": %llu, \"per_second\": %.1f, \"accepted\": %llu, \"other_answers\": %llu, "
           "\"broken_connections\": %llu, \"latency_ms\": {\"p50\": %.3f, \"p99\": %.3f, \"p99.9\": %.3f, "
           "\"max\": %.3f}, \"sent_late_ms\": %.3f}\n",
           seconds, (unsigned long long)measured, (double)measured / seconds, (unsigned long long)accepted,
           (unsigned long long)others, (unsigned long long)broken, milliseconds(0.5), milliseconds(0.99),
           milliseconds(0.999), milliseconds(1), (double)most_late / 1e6);
}

static void run(void) {
    began = now();
    measured_from = began + (int64_t)(options.warmup * 1e9);
    ends = options.seconds > 0 ? measured_from + (int64_t)(options.seconds * 1e9) : INT64_MAX;
    while (true) {
        begin_due();
        size_t busy = busy_count();
        int64_t at = now();
        if (is_finished(at) && busy == 0) break;
        if (options.seconds > 0 && at > ends + patience) break;
        wait_for_events(busy);
    }
    broken += busy_count();
    // What never got its turn was not answered either.
    while (options.rate > 0 && !is_finished(0)) {
        started++;
        broken++;
    }
    int64_t at = now();
    print_result(at < ends ? at : ends);
}

int main(int argc, char **argv) {
    const char *path = "/webhooks/github", *body = NULL, *secret = NULL;
    const char *headers[16];
    size_t header_count = 0;
    static const struct option known[] = {
        {"port", 1, 0, 'p'}, {"path", 1, 0, 'P'}, {"body", 1, 0, 'b'}, {"secret", 1, 0, 's'}, {"header", 1, 0, 'h'},
        {"connections", 1, 0, 'c'}, {"seconds", 1, 0, 't'}, {"warmup", 1, 0, 'w'}, {"rate", 1, 0, 'r'},
        {"count", 1, 0, 'n'}, {"run", 1, 0, 'i'}, {"repositories", 1, 0, 'R'}, {"time", 1, 0, 'T'},
        {"spread", 1, 0, 'S'}, {0, 0, 0, 0}};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 'p': options.port = atoi(optarg); break;
        case 'P': path = optarg; break;
        case 'b': body = optarg; break;
        case 's': secret = optarg; break;
        case 'h':
            if (header_count == sizeof headers / sizeof headers[0]) fail("too many headers", optarg);
            headers[header_count++] = optarg;
            break;
        case 'c': options.connections = strtoul(optarg, NULL, 10); break;
        case 't': options.seconds = atof(optarg); break;
        case 'w': options.warmup = atof(optarg); break;
        case 'r': options.rate = atof(optarg); break;
        case 'n': options.count = strtoull(optarg, NULL, 10); break;
        case 'i': options.variation.run = strtoull(optarg, NULL, 10); break;
        case 'R': options.variation.repositories = strtoull(optarg, NULL, 10); break;
        case 'T': options.variation.time = atoll(optarg); break;
        case 'S': options.variation.spread = atoll(optarg); break;
        default: return 64;
        }
    }
    if (options.port == 0 || body == NULL || secret == NULL || options.connections == 0
        || options.variation.repositories == 0 || (options.seconds <= 0 && options.count == 0)) {
        fail("needed", "--port, --body, --secret, and --seconds or --count");
    }
    options.variation.expected = options.count;
    template = template_make(path, body, headers, header_count, secret);
    poller = epoll_create1(0);
    connections = calloc(options.connections, sizeof *connections);
    if (connections == NULL) fail("no memory for", "connections");
    for (size_t index = 0; index < options.connections; index++) {
        connections[index].request = malloc(template.size);
        if (connections[index].request == NULL) fail("no memory for", "requests");
        memcpy(connections[index].request, template.bytes, template.size);
        open_connection(&connections[index]);
    }
    run();
    return 0;
}
