#include "csimdjson.h"

#include <simdjson.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

namespace {

// A parser keeps what its largest document needed, several times that document's size. Beyond this it is given back.
constexpr size_t kept_capacity = 1 << 20;

thread_local std::unique_ptr<simdjson::dom::parser> thread_parser;

// simdjson's handles are a pointer and an index. They cross into C by their bytes.
static_assert(sizeof(element) == sizeof(csj_value) && std::is_trivially_copyable<element>::value, "handle");
static_assert(
    sizeof(array::iterator) == sizeof(csj_value) && std::is_trivially_copyable<array::iterator>::value, "handle");

csj_value exported(const element &from) {
    csj_value value;
    std::memcpy(&value, &from, sizeof value);
    return value;
}

element imported(csj_value value) {
    element into;
    std::memcpy(static_cast<void *>(&into), &value, sizeof value);
    return into;
}

csj_value exported(const array::iterator &from) {
    csj_value value;
    std::memcpy(&value, &from, sizeof value);
    return value;
}

csj_kind kind_of(const element &value) {
    switch (value.type()) {
    case element_type::NULL_VALUE: return CSJ_NULL;
    case element_type::BOOL: return CSJ_BOOL;
    case element_type::INT64: return CSJ_INTEGER;
    case element_type::UINT64: return CSJ_DOUBLE;
    case element_type::DOUBLE: return CSJ_DOUBLE;
    case element_type::STRING: return CSJ_STRING;
    case element_type::ARRAY: return CSJ_ARRAY;
    case element_type::OBJECT: return CSJ_OBJECT;
    }
    return CSJ_MISSING;
}

csj_result result_of(simdjson::error_code code) {
    switch (code) {
    case simdjson::SUCCESS: return CSJ_OK;
    case simdjson::EMPTY: return CSJ_EMPTY;
    case simdjson::DEPTH_ERROR: return CSJ_TOO_DEEP;
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING: return CSJ_BAD_STRING;
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE: return CSJ_BAD_NUMBER;
    case simdjson::UTF8_ERROR: return CSJ_BAD_UTF8;
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC: return CSJ_OUT_OF_MEMORY;
    default: return CSJ_MALFORMED;
    }
}

/// Writes a document anew without some of its keys. Its recursion is bounded by the parser's depth.
class Copier {
public:
    Copier(const char *const *keys, size_t key_count) : keys(keys), key_count(key_count) {}

    std::string text;

    /// Whether there is anything to leave out.
    bool finds_any(const element &value) const {
        switch (kind_of(value)) {
        case CSJ_OBJECT:
            for (auto field : value.get_object().value_unsafe()) {
                if (is_unwanted(field.key) || finds_any(field.value)) return true;
            }
            return false;
        case CSJ_ARRAY:
            for (element member : value.get_array().value_unsafe()) {
                if (finds_any(member)) return true;
            }
            return false;
        default: return false;
        }
    }

    void write(const element &value) {
        switch (kind_of(value)) {
        case CSJ_OBJECT: return write_object(value);
        case CSJ_ARRAY: return write_array(value);
        case CSJ_STRING: return write_string(value.get_string().value_unsafe());
        default: text += simdjson::minify(value);
        }
    }

private:
    const char *const *keys;
    size_t key_count;

    bool is_unwanted(std::string_view key) const {
        for (size_t index = 0; index < key_count; index++) {
            if (key == keys[index]) return true;
        }
        return false;
    }

    void write_object(const element &value) {
        bool is_first = true;
        text += '{';
        for (auto field : value.get_object().value_unsafe()) {
            if (is_unwanted(field.key)) continue;
            if (!is_first) text += ',';
            is_first = false;
            write_string(field.key);
            text += ':';
            write(field.value);
        }
        text += '}';
    }

    void write_array(const element &value) {
        bool is_first = true;
        text += '[';
        for (element member : value.get_array().value_unsafe()) {
            if (!is_first) text += ',';
            is_first = false;
            write(member);
        }
        text += ']';
    }

    void write_string(std::string_view string) {
        static const char hex[] = "0123456789abcdef";
        text += '"';
        for (char character : string) {
            auto byte = static_cast<unsigned char>(character);
            if (character == '"' || character == '\\') {
                text += '\\';
                text += character;
            } else if (byte < 0x20) {
                text += "\\u00";
                text += hex[byte >> 4];
                text += hex[byte & 15];
            } else {
                text += character;
            }
        }
        text += '"';
    }
};

}  // namespace

csj_result csj_parse(const void *bytes, size_t count, csj_value *root) {
    if (bytes == nullptr || count == 0) return CSJ_EMPTY;
    try {
        if (!thread_parser) thread_parser.reset(new simdjson::dom::parser());
        element document;
        auto code = thread_parser->parse(static_cast<const uint8_t *>(bytes), count).get(document);
        if (code != simdjson::SUCCESS) return result_of(code);
        *root = exported(document);
        return CSJ_OK;
    } catch (...) {
        return CSJ_OUT_OF_MEMORY;
    }
}

void csj_release(void) {
    if (thread_parser && thread_parser->capacity() > kept_capacity) thread_parser.reset();
}

size_t csj_capacity(void) {
    return thread_parser ? thread_parser->capacity() : 0;
}

csj_kind csj_kind_of(csj_value value) {
    return kind_of(imported(value));
}

csj_kind csj_find(csj_value from, const char *path, size_t path_size, csj_value *found) {
    std::string_view rest(path, path_size);
    element value = imported(from);
    while (true) {
        auto dot = rest.find('.');
        object parent;
        if (value.get_object().get(parent) != simdjson::SUCCESS) return CSJ_MISSING;
        if (parent.at_key(rest.substr(0, dot)).get(value) != simdjson::SUCCESS) return CSJ_MISSING;
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    *found = exported(value);
    return kind_of(value);
}

int csj_bool(csj_value value) {
    bool flag = false;
    (void)imported(value).get_bool().get(flag);
    return flag ? 1 : 0;
}

int64_t csj_integer(csj_value value) {
    int64_t number = 0;
    (void)imported(value).get_int64().get(number);
    return number;
}

double csj_double(csj_value value) {
    double number = 0;
    (void)imported(value).get_double().get(number);
    return number;
}

csj_text csj_string(csj_value value) {
    std::string_view text;
    (void)imported(value).get_string().get(text);
    return csj_text{text.data(), text.size()};
}

csj_cursor csj_members(csj_value value) {
    array members;
    if (imported(value).get_array().get(members) != simdjson::SUCCESS) return csj_cursor{{nullptr, 0}, {nullptr, 0}};
    return csj_cursor{exported(members.begin()), exported(members.end())};
}

csj_kind csj_next(csj_cursor *cursor, csj_value *member) {
    if (cursor->next.document == nullptr || cursor->next.position == cursor->end.position) return CSJ_MISSING;
    simdjson::internal::tape_ref place(
        static_cast<const simdjson::dom::document *>(cursor->next.document), cursor->next.position);
    *member = cursor->next;
    cursor->next.position = place.after_element();
    return kind_of(imported(*member));
}

int csj_copy_without(csj_value root, const char *const *keys, size_t key_count, char **text, size_t *text_size) {
    *text = nullptr;
    *text_size = 0;
    try {
        Copier copier(keys, key_count);
        if (!copier.finds_any(imported(root))) return 0;
        copier.write(imported(root));
        *text = static_cast<char *>(std::malloc(copier.text.size() + 1));
        if (*text == nullptr) return -1;
        std::memcpy(*text, copier.text.data(), copier.text.size());
        *text_size = copier.text.size();
        return 1;
    } catch (...) {
        return -1;
    }
}

void csj_free(char *text) {
    std::free(text);
}
