#ifndef CRABBITMQ_SHIM_H
#define CRABBITMQ_SHIM_H

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <sys/eventfd.h>

static inline amqp_field_value_t crabbitmq_text(const char *text) {
    amqp_field_value_t value = {.kind = AMQP_FIELD_KIND_UTF8};
    value.value.bytes = amqp_cstring_bytes(text);
    return value;
}

/// Logs in, which takes a variable number of arguments that Swift cannot pass, and asks to be told when a queue that is
/// consumed goes away. Without a password the broker takes the user from the client's certificate. Says who it is by the
/// names that Fedora's policy gives to these properties.
static inline amqp_rpc_reply_t crabbitmq_login(
    amqp_connection_state_t connection, const char *virtual_host, int heartbeat, const char *version, const char *user,
    const char *password
) {
    amqp_table_entry_t ability = {amqp_cstring_bytes("consumer_cancel_notify"), {.kind = AMQP_FIELD_KIND_BOOLEAN}};
    ability.value.value.boolean = 1;
    amqp_table_entry_t properties[] = {
        {amqp_cstring_bytes("app"), crabbitmq_text("packit-slo")},
        {amqp_cstring_bytes("app_version"), crabbitmq_text(version)},
        {amqp_cstring_bytes("capabilities"), {.kind = AMQP_FIELD_KIND_TABLE}},
    };
    properties[2].value.value.table.num_entries = 1;
    properties[2].value.value.table.entries = &ability;
    amqp_table_t table = {sizeof properties / sizeof properties[0], properties};
    if (password != NULL) {
        return amqp_login_with_properties(
            connection, virtual_host, AMQP_DEFAULT_MAX_CHANNELS, AMQP_DEFAULT_FRAME_SIZE, heartbeat, &table,
            AMQP_SASL_METHOD_PLAIN, user, password);
    }
    return amqp_login_with_properties(
        connection, virtual_host, AMQP_DEFAULT_MAX_CHANNELS, AMQP_DEFAULT_FRAME_SIZE, heartbeat, &table,
        AMQP_SASL_METHOD_EXTERNAL, user);
}

/// What one thread waits for and others wake it by. Negative if there is none left.
static inline int crabbitmq_bell(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

#endif
