import FoundationEssentials
import GRDB
public import SLOCore

extension SQLiteReader {
    public func held(_ identities: [DeliveryIdentity]) throws -> Set<DeliveryIdentity> {
        try translated {
            try queue.read { db in
                let select = try db.makeStatement(sql: "SELECT 1 FROM identities WHERE identity = ?")
                return Set(
                    try identities.filter { identity in
                        try Int64.fetchOne(select, arguments: [Data(identity.bytes)]) != nil
                    })
            }
        }
    }

    public func reconciliationMemory(of source: Source) throws -> [UInt8]? {
        try translated {
            try queue.read { db in
                let row = try Row.fetchOne(
                    db, sql: "SELECT memory FROM reconciliations WHERE source = ?", arguments: [source.rawValue])
                return try row.flatMap { try $0.bytes(0) }
            }
        }
    }
}
