#if FedoraMessaging

import CRabbitMQ
import SLOService
import SLOSources

/// The result of the frames of one message.
enum Delivery {
    case whole(BusMessage, tag: UInt64)
    /// The message was refused; its body was dropped.
    case refused(Refusal, id: String?, tag: UInt64)
}

/// Assembles messages from frames: a method with the routing key, a header with the properties and the size, and the
/// body in pieces.
struct MessageAssembly {
    private enum State {
        case between
        case addressed(tag: UInt64, topic: String)
        case filling(BusMessage, tag: UInt64, missing: Int)
        case skipping(Refusal, id: String?, tag: UInt64, missing: UInt64)
    }

    private var state = State.between

    mutating func begin(_ delivery: amqp_basic_deliver_t) {
        state = .addressed(tag: delivery.delivery_tag, topic: String(delivery.routing_key))
    }

    /// - Parameter admit: returns a refusal if there is no memory for a message of that size.
    mutating func take(
        _ properties: amqp_basic_properties_t, size: UInt64, admit: (UInt64) -> Refusal?
    ) -> Delivery? {
        guard case .addressed(let tag, let topic) = state else { return nil }
        var message = BusMessage(properties, topic: topic)
        if let refusal = admit(size) {
            state = .skipping(refusal, id: message.id, tag: tag, missing: size)
        } else {
            message.body.reserveCapacity(Int(size))
            state = .filling(message, tag: tag, missing: Int(size))
        }
        return whenWhole()
    }

    mutating func take(piece: UnsafeRawBufferPointer) -> Delivery? {
        // Moved out of the state first, so that appending does not copy the body.
        let current = state
        state = .between
        switch consume current {
        case .between, .addressed:
            return nil
        case .filling(var message, let tag, let missing):
            message.body.append(contentsOf: piece.prefix(missing))
            state = .filling(message, tag: tag, missing: max(0, missing - piece.count))
        case .skipping(let refusal, let id, let tag, let missing):
            state = .skipping(refusal, id: id, tag: tag, missing: missing - min(missing, UInt64(piece.count)))
        }
        return whenWhole()
    }

    private mutating func whenWhole() -> Delivery? {
        let delivery: Delivery
        switch state {
        case .filling(let message, let tag, missing: 0): delivery = .whole(message, tag: tag)
        case .skipping(let refusal, let id, let tag, missing: 0): delivery = .refused(refusal, id: id, tag: tag)
        case .between, .addressed, .filling, .skipping: return nil
        }
        state = .between
        return delivery
    }
}

extension BusMessage {
    fileprivate init(_ properties: amqp_basic_properties_t, topic: String) {
        let hasID = properties._flags & UInt32(AMQP_BASIC_MESSAGE_ID_FLAG) != 0
        let hasHeaders = properties._flags & UInt32(AMQP_BASIC_HEADERS_FLAG) != 0
        let table = UnsafeBufferPointer(
            start: properties.headers.entries, count: hasHeaders ? Int(properties.headers.num_entries) : 0)
        self.init(
            id: hasID ? String(properties.message_id) : nil, topic: topic,
            headers: table.compactMap { entry in
                BusMessage.HeaderValue(entry.value).map { BusMessage.Header(String(entry.key), $0) }
            },
            body: [])
    }
}

extension BusMessage.HeaderValue {
    fileprivate init?(_ field: amqp_field_value_t) {
        let value = field.value
        switch UInt32(field.kind) {
        case AMQP_FIELD_KIND_UTF8.rawValue, AMQP_FIELD_KIND_BYTES.rawValue: self = .text(String(value.bytes))
        case AMQP_FIELD_KIND_BOOLEAN.rawValue: self = .flag(value.boolean != 0)
        case AMQP_FIELD_KIND_I8.rawValue: self = .integer(Int64(value.i8))
        case AMQP_FIELD_KIND_U8.rawValue: self = .integer(Int64(value.u8))
        case AMQP_FIELD_KIND_I16.rawValue: self = .integer(Int64(value.i16))
        case AMQP_FIELD_KIND_U16.rawValue: self = .integer(Int64(value.u16))
        case AMQP_FIELD_KIND_I32.rawValue: self = .integer(Int64(value.i32))
        case AMQP_FIELD_KIND_U32.rawValue: self = .integer(Int64(value.u32))
        case AMQP_FIELD_KIND_I64.rawValue: self = .integer(value.i64)
        case AMQP_FIELD_KIND_U64.rawValue, AMQP_FIELD_KIND_TIMESTAMP.rawValue:
            self = .integer(Int64(clamping: value.u64))
        default: return nil
        }
    }
}

#endif
