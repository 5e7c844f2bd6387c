import ArgumentParser
import SLOConfiguration
import SLOHTTP
import SLORecordings
import SLOSources
import SLOStore
import SLOUpstream

/// Why a command failed, as a sentence, with its exit status.
struct CommandFailure: Error, Equatable {
    enum Code: Int32 {
        case failed = 1
        /// `EX_CONFIG`: a wrong configuration, or a database of a newer version.
        case misconfigured = 78
    }

    /// One sentence each.
    let lines: [String]
    let code: Code

    init(_ message: String, code: Code = .failed) {
        self.init(lines: [message], code: code)
    }

    private init(lines: [String], code: Code) {
        self.lines = lines
        self.code = code
    }

    /// - Returns: `nil` for wrong usage and for help, which ArgumentParser reports itself.
    init?(explaining error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as PassedSocketError:
            self.init(error.description, code: .misconfigured)
        case let error as ConfigurationError:
            self.init(lines: error.problems.map(\.description), code: .misconfigured)
        case let error as RuleError: self.init(error.description, code: .misconfigured)
        case let error as AppKeyError: self.init(error.description, code: .misconfigured)
        case let error as RecordingError: self.init(error.description)
        case let error as StoreError:
            self.init(error.description, code: error.code == .newerVersion ? .misconfigured : .failed)
        default:
            guard PackitSLO.exitCode(for: error) == .failure else { return nil }
            self.init("\(error)")
        }
    }
}
