internal import SLOCore

/// The reading of ambiguous names (rule 30).
extension Commit {
    /// Decided once. Packit gives all checks of one event the same id, so an unambiguous name among them decides;
    /// otherwise a known architecture decides which part is the target; otherwise a part is a branch or tag only if
    /// that is known.
    func reading(of status: StatusReported) -> CheckName.Reading {
        let event = CheckLane.Key(deployment: status.deployment, externalID: status.externalID, name: "")
        guard let alternative = status.name.alternative else {
            if [.build, .testRun].contains(status.name.subject), !status.externalID.isEmpty {
                isOfPull[event] = status.name.event == nil
            }
            return status.name.reading
        }
        let key = CheckLane.Key(
            deployment: status.deployment, externalID: status.externalID, name: status.name.text)
        if let known = readings[key] { return known }
        let both = [status.name.reading, alternative.reading]
        let reading: CheckName.Reading
        if let isOfPull = isOfPull[event], let agreeing = both.first(where: { ($0.event == nil) == isOfPull }) {
            reading = agreeing
        } else if alternative.isOutweighed {
            reading = status.name.reading
        } else {
            let known = both.first { $0.event.map(repository.refs.contains) ?? false }
            reading = known ?? both.first { $0.event == nil } ?? status.name.reading
        }
        readings[key] = reading
        return reading
    }
}
