/// What a person notes of a time. Raw values are stored, part of the API and of series: never renamed.
public enum TimeNoteKind: String, CaseIterable, Hashable, Sendable {
    case incident
    case maintenance
}
