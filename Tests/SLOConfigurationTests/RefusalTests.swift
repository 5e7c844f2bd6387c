import SLOConfiguration
import Testing

@Suite struct `What a configuration is refused for` {
    @Test(arguments: [
        // Keys.
        ("htp:\n  listen: a:1", "slo.yaml:1: htp: is not a known key; did you mean http?"),
        ("http:\n  listn: a:1", "slo.yaml:2: http.listn: is not a known key; did you mean http.listen?"),
        ("github:\n  secrets: [a]", "slo.yaml:2: github.secrets: is not a known key"),
        ("\n\ncolour: red", "slo.yaml:3: colour: is not a known key"),
        ("bitbucket:\n  url: http://a", "slo.yaml:1: bitbucket: is not a known key"),
        ("http: 8080", "slo.yaml:1: http: is a section and takes keys, not a value"),
        ("- a", "slo.yaml:1: is not a map of keys to values"),
        ("? [a]\n: b", "slo.yaml:1: has a key that is not a plain word"),
        (
            "log:\n  level: info\nhttp:\n  listen: a:1\n  listen: a:2",
            "slo.yaml:5: http.listen: is set twice; first in line 4"
        ),
        (
            "objectives:\n  builds:\n    target: 0.9\n    deadline: 1h\n    target: 0.8",
            "slo.yaml:5: objectives.builds.target: is set twice; first in line 3"
        ),
        (
            "github:\n  webhook_secrets: {s3cret: a, s3cret: b}",
            "slo.yaml:2: github.webhook_secrets: is set twice; first in line 2"
        ),
        ("log: {level: info, level: info}", "slo.yaml:1: log.level: is set twice; first in line 1"),
        (
            "http:\n  listen: a:1\nhttp.listen: a:2",
            "slo.yaml:3: http.listen: is set twice; first in line 2"
        ),
        ("log: {level: info", "slo.yaml:2: is not YAML: did not find expected ',' or '}'"),
        // Values.
        (
            "http:\n  listen: 8080",
            "slo.yaml:2: http.listen: '8080' is not HOST:PORT; write for example 127.0.0.1:8080 or [::1]:8080"
        ),
        ("http:\n  listen: [a, b]", "slo.yaml:2: http.listen: takes one value, not a list"),
        ("http:\n  listen: {a: b}", "slo.yaml:2: http.listen: takes one value, not a map"),
        ("http:\n  listen:", "slo.yaml:2: http.listen: has no value; leave the key out to keep its default"),
        (
            "deployments: [stg, prodd]",
            "slo.yaml:1: deployments: 'prodd' is no deployment; github.apps and copr.users name prod, stg; "
                + "did you mean prod?"
        ),
        ("deployments: [stg, stg]", "slo.yaml:1: deployments: 'stg' is named twice"),
        ("deployments: ['']", "slo.yaml:1: deployments: an item of the list is empty; a deployment is required"),
        ("database: ''", "slo.yaml:1: database: is empty; a path is required"),
        ("copr.projects: {nightly: acme/rocket}", "slo.yaml:1: copr.projects: 'nightly' is not owner/project"),
        (
            "copr:\n  projects:\n    '@acme/*': rocket",
            "slo.yaml:3: copr.projects: 'rocket' is not a repository; write owner/name"
        ),
        (
            "copr.projects: {a/b: [c/d]}", "slo.yaml:1: copr.projects: 'a/b' takes one repository, owner/name"
        ),
        (
            "commands.prefixes: {prod: ''}",
            "slo.yaml:1: commands.prefixes: '' of 'prod' is not one word of 1 to 64 bytes, such as /packit"
        ),
        (
            "commands:\n  prefixes:\n    prod: /packit build",
            "slo.yaml:3: commands.prefixes: '/packit build' of 'prod' is not one word of 1 to 64 bytes, such as /packit"
        ),
        (
            "commands.prefixes: {prodd: /packit}",
            "slo.yaml:1: commands.prefixes: 'prodd' is no deployment; github.apps and copr.users name prod, stg; "
                + "did you mean prod?"
        ),
        ("limits.open_runs: many", "slo.yaml:1: limits.open_runs: 'many' is not a whole number"),
        ("limits.open_runs: 0", "slo.yaml:1: limits.open_runs: 0 is out of range; 1 to 100000000 is allowed"),
        (
            "journal.max_bytes: 5GB",
            "slo.yaml:1: journal.max_bytes: '5GB' is not a size; write for example 256MiB, 5GiB or a number of bytes"
        ),
        ("journal.max_bytes: 1KiB", "slo.yaml:1: journal.max_bytes: 1KiB is out of range; 1MiB to 1024TiB is allowed"),
        (
            "jobs:\n  settle: 2 minutes",
            "slo.yaml:2: jobs.settle: '2 minutes' is not a duration; write for example 15s, 10m, 12h or 28d"
        ),
        (
            "jobs:\n  settle: -2m",
            "slo.yaml:2: jobs.settle: '-2m' is not a duration; write for example 15s, 10m, 12h or 28d"
        ),
        (
            "jobs:\n  settle: 99999999999999999d",
            "slo.yaml:2: jobs.settle: '99999999999999999d' is not a duration; write for example 15s, 10m, 12h or 28d"
        ),
        ("jobs:\n  settle: 61m", "slo.yaml:2: jobs.settle: 61m is out of range; 0s to 1h is allowed"),
        (
            "objectives.initial_status.deadline: 1500ms",
            "slo.yaml:1: objectives.initial_status.deadline: 1500ms is not a whole number of seconds"
        ),
        ("objectives.window: 90m", "slo.yaml:1: objectives.window: 90m is not a whole number of hours"),
        (
            "objectives.builds.target: 1",
            "slo.yaml:1: objectives.builds.target: 1 is out of range; a target is more than 0 and less than 1"
        ),
        (
            "objectives.builds.target: 0",
            "slo.yaml:1: objectives.builds.target: 0 is out of range; a target is more than 0 and less than 1"
        ),
        (
            "objectives.builds.target: nan",
            "slo.yaml:1: objectives.builds.target: 'nan' is not a number; write for example 0.99"
        ),
        (
            "pages.url: slo.example.org",
            "slo.yaml:1: pages.url: 'slo.example.org' is not a base URL; "
                + "write for example https://slo.example.org"
        ),
        (
            "pages.url: https://slo.example.org/?a",
            "slo.yaml:1: pages.url: 'https://slo.example.org/?a' is not a base URL; "
                + "write for example https://slo.example.org"
        ),
        ("log.format: xml", "slo.yaml:1: log.format: 'xml' is not one of text, json"),
        ("handled.policy: none", "slo.yaml:1: handled.policy: 'none' is not one of all, learned, listed"),
        ("handled.ignore: a/b", "slo.yaml:1: handled.ignore: takes a list; write [a, b], or a line '- a' for each"),
        (
            "handled:\n  ignore:\n    - a/b\n    - packit",
            "slo.yaml:4: handled.ignore: 'packit' matches no repository; "
                + "write owner/name, or owner/* for all of an owner's"
        ),
        // Secrets never get into a message.
        ("github:\n  webhook_secrets: [abc, ' ']", "slo.yaml:2: github.webhook_secrets: a secret is empty"),
        (
            "github:\n  webhook_secrets: []",
            "slo.yaml:2: github.webhook_secrets: the list is empty; leave the key out if there is no secret"
        ),
        (
            "github:\n  webhook_secrets: hunter2",
            "slo.yaml:2: github.webhook_secrets: takes a list; write [a, b], or a line '- a' for each"
        ),
        (
            "github:\n  webhook_secrets_file: /nowhere/at/all",
            "slo.yaml:2: github.webhook_secrets_file: /nowhere/at/all does not exist"
        ),
        (
            "copr.webhook_secrets_file: /dev/zero",
            "slo.yaml:1: copr.webhook_secrets_file: /dev/zero is larger than 1048576 bytes"
        ),
        ("copr:\n  webhook_secrets_file: /tmp", "slo.yaml:2: copr.webhook_secrets_file: /tmp is a folder, not a file"),
        // Apps and users.
        ("github:\n  apps: {}", "slo.yaml:2: github.apps: the map is empty; at least one App is required"),
        ("github:\n  apps: [a]", "slo.yaml:2: github.apps: takes a map of name: deployment"),
        ("github:\n  apps:\n    a:", "slo.yaml:3: github.apps: 'a' has no deployment"),
        ("github:\n  apps:\n    a: {app_id: 3}", "slo.yaml:3: github.apps: 'a' has no deployment"),
        (
            "github:\n  apps:\n    a: {deployment: prod, app_id: x}",
            "slo.yaml:3: github.apps: app_id 'x' of 'a' is not a positive whole number"
        ),
        (
            "github:\n  apps:\n    a:\n      deployment: prod\n      id: 3",
            "slo.yaml:5: github.apps: 'id' is unknown for an App; known are deployment and app_id"
        ),
        (
            "github:\n  apps:\n    a: {deployment: x, app_id: 1}\n    b: {deployment: y, app_id: 1}",
            "slo.yaml:4: github.apps: app_id 1 is used for both 'a' and 'b'"
        ),
        (
            "copr:\n  users:\n    packit: 'pro d'",
            "slo.yaml:3: copr.users: deployment 'pro d' of 'packit' is not 1 to 63 letters, digits, dots, dashes "
                + "or underscores"
        ),
        // Values that do not go together.
        (
            "http:\n  max_body_bytes: 2MiB\n  max_buffered_bytes: 1MiB",
            "slo.yaml:3: http.max_buffered_bytes: 1MiB is less than http.max_body_bytes, 2MiB"
        ),
        (
            "http:\n  listen: a:1\n  operations_listen: a:1",
            "slo.yaml:3: http.operations_listen: a:1 equals http.listen; leave it out to use one address"
        ),
        (
            "http:\n  listen: 0.0.0.0:81\n  operations_listen: 127.0.0.1:81",
            "slo.yaml:3: http.operations_listen: 127.0.0.1:81 uses the port of http.listen, 0.0.0.0:81; choose another "
                + "port"
        ),
        (
            "http.tls.certificate_file: /etc/hostname",
            "slo.yaml:1: http.tls.certificate_file: requires http.tls.private_key_file"
        ),
        (
            "jobs:\n  horizon: 12h",
            "slo.yaml:2: jobs.horizon: 12h is not longer than objectives.builds.deadline, 12h"
        ),
        ("history.keep: 27d", "slo.yaml:1: history.keep: 27d is shorter than objectives.window, 28d"),
        (
            "history.keep: 60d\nobjectives.builds.window: 90d",
            "slo.yaml:1: history.keep: 60d is shorter than objectives.builds.window, 90d"
        ),
        ("rules.files: [/nowhere.yaml]", "slo.yaml:1: rules.files: /nowhere.yaml does not exist"),
    ])
    func `A wrong file is refused with its line, key and reason`(yaml: String, complaint: String) throws {
        #expect(try complaints(yaml).first == complaint)
    }

    @Test func `All problems are reported together, in the order in which they are found`() throws {
        let found = try complaints(
            "colour: red\nlog:\n  level: loud\n", environment: ["PACKIT_SLO_DATABASE": ""],
            set: ["jobs.settle=never", "jobs.setle=1s"])
        #expect(
            found == [
                "slo.yaml:1: colour: is not a known key",
                "slo.yaml:3: log.level: 'loud' is not one of trace, debug, info, notice, warning, error, critical",
                "PACKIT_SLO_DATABASE: database: is empty; a path is required",
                "--set: jobs.settle: 'never' is not a duration; write for example 15s, 10m, 12h or 28d",
                "--set: jobs.setle: is not a known key; did you mean jobs.settle?",
            ])
    }

    @Test(arguments: [
        ("PACKIT_SLO_GITHUB_APPS", "a", "'a' is not of the form name=deployment"),
        ("PACKIT_SLO_GITHUB_APPS", "a=b,a=c", "'a' is set twice"),
        ("PACKIT_SLO_GITHUB_APPS", "a=prod:x", "app_id 'x' of 'a' is not a positive whole number"),
        ("PACKIT_SLO_GITHUB_WEBHOOK_SECRETS", "", "a secret is empty"),
        ("PACKIT_SLO_GITHUB_WEBHOOK_SECRETS", "a,,b", "a secret is empty"),
        ("PACKIT_SLO_HANDLED_REPOSITORIES", "a/b,", "an item of the list is empty; a glob on owner/name is required"),
    ])
    func `A wrong variable is refused by its name`(variable: String, value: String, reason: String) throws {
        let found = try complaints("", environment: [variable: value])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("\(variable): ") == true)
        #expect(found.first?.hasSuffix(": \(reason)") == true)
    }

    @Test func `A file that is not there is named`() throws {
        #expect(throws: ConfigurationError.self) {
            try Configuration.load(file: "/nowhere/slo.yaml", environment: [:])
        }
        do {
            _ = try Configuration.load(file: "/nowhere/slo.yaml", environment: [:])
        } catch {
            #expect(error.description == "/nowhere/slo.yaml: does not exist")
        }
    }

    @Test func `A file that holds no secret is refused`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("secrets", "\n  \n")
        #expect(
            try complaints("github.webhook_secrets_file: \(path)")
                == ["slo.yaml:1: github.webhook_secrets_file: \(path) contains no secret"])
    }

    @Test(arguments: ["[[[[[[[[", "\t", "a: &x [*x]", "a: *b", "%YAML 9", "a: !!binary x", "\u{FEFF}", "key: |\n"])
    func `Odd YAML is an error, never a crash`(yaml: String) throws {
        _ = try complaints(yaml)
    }
}
