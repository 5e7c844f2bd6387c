import SLOCore

extension Setting {
    /// Every key there is, in the order in which people read about them. Defaults are those of `Configuration()`.
    static let table: [Setting] = [
        Setting(
            "http.listen", \.http.listen, .address,
            "Where webhooks are taken; everything else is served there too unless `http.operations_listen` is set."),
        Setting(
            "http.operations_listen", \.http.operationsListen, .address,
            "A second address for metrics, pages and the API, so that only webhooks and probes face the internet."),
        Setting(
            "http.max_body_bytes", \.http.maxBodyBytes, .size((1 << 10)...(1 << 30)),
            "The largest body that is taken. The default is GitHub's own cap."),
        Setting(
            "http.max_buffered_bytes", \.http.maxBufferedBytes, .size((1 << 20)...(1 << 40)),
            "What all bodies on their way in may hold together, reserved before reading; beyond it senders get 503."),
        Setting(
            "http.max_queued_deliveries", \.http.maxQueuedDeliveries, .count(1...1_000_000),
            "How many deliveries may wait for the disk; beyond it senders get 503."),
        Setting(
            "http.max_connections", \.http.maxConnections, .count(1...1_000_000),
            "How many connections may be open at once; beyond it the one that has sent nothing for longest is closed."),
        Setting(
            "http.body_timeout", \.http.bodyTimeout, .duration(.milliseconds(10) ... .minutes(10)),
            "How long a body may take to arrive; a slower one gets 408."),
        Setting(
            "http.tls.certificate_file", \.http.tls.certificateFile, .path,
            "Serve TLS with this certificate chain (PEM). Needs `http.tls.private_key_file`."),
        Setting(
            "http.tls.private_key_file", \.http.tls.privateKeyFile, .path,
            "The key that belongs to the certificate (PEM)."),
        Setting("log.level", \.log.level, .choice, "The least severe lines that are logged."),
        Setting("log.format", \.log.format, .choice, "`text` for people, `json` for collectors."),
        Setting("database", \.database, .path, "The SQLite file, on a local disk."),

        Setting(
            "github.webhook_secrets", \.github.webhookSecrets.inline, .secrets,
            "What deliveries may be signed with. Any of several may match, so one can be replaced without a gap."),
        Setting(
            "github.webhook_secrets_file", \.github.webhookSecrets.file, .path,
            "A file with such secrets, one in a line and nothing else, in addition."),
        Setting(
            "github.apps", \.github.apps, .apps,
            "Packit's GitHub Apps: slug to the `deployment` label, or to `{deployment: …, app_id: …}`."
                + " In a variable `slug=prod`, or `slug=prod:123` with the app's id."),
        Setting(
            "github.app_id", \.github.appID, .identifier,
            "The GitHub App that sends deliveries here: its list of them is compared with what is held."
                + " Left out, it is not."),
        Setting(
            "github.app_private_key_file", \.github.appPrivateKeyFile, .path,
            "That App's private key, as GitHub gives it out (PEM)."),
        Setting(
            "github.api_url", \.github.apiURL, .url,
            "Where GitHub's API is: for GitHub Enterprise Server https://HOST/api/v3."),
        Setting(
            "github.redeliver", \.github.redeliver, .flag,
            "Whether GitHub is asked to send again what is missing."),
        Setting(
            "copr.webhook_secrets", \.copr.webhookSecrets.inline, .secrets,
            "What relayed messages of Copr may be signed with."),
        Setting(
            "copr.webhook_secrets_file", \.copr.webhookSecrets.file, .path,
            "A file with such secrets, one in a line and nothing else, in addition."),
        Setting(
            "copr.users", \.copr.users, .coprUsers,
            "The accounts Packit builds with, to the `deployment` label."),
        Setting(
            "copr.projects", \.copr.projects, .coprProjects,
            "Projects that Packit did not name, owner/project with globs, to the owner/name of the repository whose"
                + " builds they hold. Builds in other such projects wait for their check, and count with it alone."),
        Setting(
            "copr.api_url", \.copr.apiURL, .url,
            "Where Copr is asked about builds that are open for long, such as https://copr.fedorainfracloud.org."
                + " Left out, it is not."),
        Setting(
            "testing_farm.webhook_secrets", \.testingFarm.webhookSecrets.inline, .secrets,
            "What Testing Farm's notifications and documents may be signed with."),
        Setting(
            "testing_farm.webhook_secrets_file", \.testingFarm.webhookSecrets.file, .path,
            "A file with such secrets, one in a line and nothing else, in addition."),
        Setting(
            "testing_farm.tokens", \.testingFarm.tokens.inline, .secrets,
            "Tokens that an unsigned notification may carry. A request's document needs a signature all the same."),
        Setting(
            "testing_farm.tokens_file", \.testingFarm.tokens.file, .path,
            "A file with such tokens, one in a line and nothing else, in addition."),
        Setting(
            "testing_farm.api_url", \.testingFarm.apiURL, .url,
            "Where Testing Farm is asked about requests, when a notification hints at news and when one is open for"
                + " long, such as https://api.testing-farm.io. Left out, it is not."),
        Setting(
            "testing_farm.api_token_file", \.testingFarm.apiToken.file, .path,
            "A file with the token that is sent with it, for requests that are not public."),
        Setting(
            "packit.api_url", \.packit.apiURL, .url,
            "Where Packit is asked what the jobs of the deployment labelled `prod`, else of the first, are at Copr and"
                + " Testing Farm, such as https://prod.packit.dev. Left out, it is not."),

        Setting(
            "fedora_messaging.url", \.fedoraMessaging.url, .brokerURL,
            "The broker that Copr's messages come from: `amqps://fedora:@rabbitmq.fedoraproject.org/%2Fpublic_pubsub`"
                + " is Fedora's public one. With a certificate and no password, the certificate is the login."),
        Setting(
            "fedora_messaging.queue", \.fedoraMessaging.queue, .busName,
            "The queue to consume, of your own; made if it is not there. Fedora's broker wants a UUID."),
        Setting(
            "fedora_messaging.durable", \.fedoraMessaging.isQueueDurable, .flag,
            "Whether a queue that has to be made is to outlive the broker's restart. Fedora's public broker has none."),
        Setting(
            "fedora_messaging.exchange", \.fedoraMessaging.exchange, .busName,
            "What the queue is bound to."),
        Setting(
            "fedora_messaging.topics", \.fedoraMessaging.topics, .topics,
            "Which messages come. Those that are not Copr's, or of other users, are ignored, and cost their place in"
                + " the journal."),
        Setting(
            "fedora_messaging.heartbeat", \.fedoraMessaging.heartbeat,
            .duration(.seconds(1) ... .minutes(5), wholes: (.seconds(1), "seconds")),
            "A broker that is not heard of for twice as long is given up, and so is one where messages wait and none"
                + " comes for six times as long."),
        Setting(
            "fedora_messaging.tls.ca_file", \.fedoraMessaging.tls.caFile, .path,
            "Certificates (PEM) that the broker's must lead to. Without it, the system's."),
        Setting(
            "fedora_messaging.tls.certificate_file", \.fedoraMessaging.tls.certificateFile, .path,
            "The client's certificate (PEM). Needs `fedora_messaging.tls.private_key_file`."),
        Setting(
            "fedora_messaging.tls.private_key_file", \.fedoraMessaging.tls.privateKeyFile, .path,
            "The key that belongs to it (PEM)."),
        Setting(
            "fedora_messaging.config_file", \.fedoraMessaging.configFile, .path,
            "A configuration of Fedora Messaging's own (TOML): its `amqp_url`, `tls`, `queues` and `bindings` are taken"
                + " for what is not set here."),

        Setting(
            "polling.interval", \.polling.interval, .duration(.seconds(1) ... .hours(12)),
            "How often each upstream API that is configured is asked what is new."),
        Setting(
            "polling.requests_per_minute", \.polling.requestsPerMinute, .count(1...6000),
            "How many requests each upstream API gets at most, repeated ones included."),

        Setting(
            "handled.policy", \.handled.policy, .choice,
            "Whose misses count in the objective: of `all` changes, of those in repositories that were `learned`"
                + " from earlier answers or are listed, or of `listed` ones only."),
        Setting(
            "handled.repositories", \.handled.repositories, .globs,
            "Globs on owner/name: repositories that Packit is known to handle."),
        Setting("handled.ignore", \.handled.ignore, .globs, "Globs on owner/name: changes there are not measured."),
        Setting(
            "handled.learned_window", \.handled.learnedWindow, .duration(.hours(1) ... .days(366)),
            "How long an answer teaches that its repository and branch are handled."),

        Setting(
            "objectives.initial_status.target", \.objectives.initialStatus.target, .target,
            "The promised share of changes that get their first status in time."),
        Setting(
            "objectives.initial_status.deadline", \.objectives.initialStatus.deadline,
            .duration(.seconds(1) ... .hours(1), wholes: (.seconds(1), "seconds")),
            "The time within which a change is to be answered."),
        Setting(
            "objectives.initial_status.grace", \.objectives.initialStatus.grace, .duration(.zero ... .days(1)),
            "How long after the deadline the final verdict waits for what is still on its way."),
        Setting(
            "objectives.builds.target", \.objectives.builds.target, .target,
            "The promised share of builds that end in success or failure in time."),
        Setting(
            "objectives.builds.deadline", \.objectives.builds.deadline,
            .duration(.seconds(1) ... .days(30), wholes: (.seconds(1), "seconds")),
            "The time within which a build is to end."),
        Setting(
            "objectives.test_runs.target", \.objectives.testRuns.target, .target,
            "The promised share of test runs that end in success or failure in time."),
        Setting(
            "objectives.test_runs.deadline", \.objectives.testRuns.deadline,
            .duration(.seconds(1) ... .days(30), wholes: (.seconds(1), "seconds")),
            "The time within which a test run is to end."),
        Setting(
            "objectives.window", \.objectives.window,
            .duration(.hours(1) ... .days(366), wholes: (.hours(1), "hours")),
            "The rolling window of the error budgets."),

        Setting(
            "jobs.settle", \.jobs.settle, .duration(.zero ... .hours(1)),
            "How long the end of a run, other than an explicit success, waits for better evidence."),
        Setting(
            "jobs.join_wait", \.jobs.joinWait, .duration(.zero ... .days(1)),
            "How long a backend's run that fits several checks waits to be told apart."),
        Setting(
            "jobs.horizon", \.jobs.horizon, .duration(.seconds(2) ... .days(90)),
            "When a run that never ends is given up as an error. Longer than every deadline."),
        Setting(
            "rules.files", \.rules.files, .paths,
            "Further rules that turn names and titles of checks into kinds, phases and outcomes; asked before the"
                + " built-in ones."),

        Setting(
            "journal.keep_bodies", \.journal.keepBodies, .duration(.zero ... .days(3650)),
            "How long raw bodies are kept for export."),
        Setting(
            "journal.max_bytes", \.journal.maxBytes, .size((1 << 20)...(1 << 50)),
            "What raw bodies may hold on disk; the oldest go first."),
        Setting(
            "journal.keep_observations", \.journal.keepObservations, .duration(.days(1) ... .days(3650)),
            "How long the small facts that every number comes from are kept."),
        Setting(
            "journal.keep_identities", \.journal.keepIdentities, .duration(.days(4) ... .days(3650)),
            "How long deliveries are remembered in order to know them again, at most `journal.keep_observations`."
                + " GitHub may redeliver for days."),
        Setting(
            "history.keep", \.history.keep, .duration(.days(1) ... .days(3650)),
            "How long closed changes and runs are kept. At least `objectives.window`."),
        Setting(
            "limits.open_changes", \.limits.openChanges, .count(1...100_000_000),
            "How many changes may be open; beyond it the oldest are closed as excluded, and counted."),
        Setting(
            "limits.open_runs", \.limits.openRuns, .count(1...100_000_000),
            "How many runs may be open; beyond it the oldest are closed as errors, and counted."),
        Setting(
            "limits.tracked", \.limits.tracked, .count(10_000...1_000_000_000),
            "How many pull requests, commits, checks and backend runs are remembered, open or not, and how many"
                + " repositories; beyond it those heard of longest ago are forgotten, and counted."),
        Setting(
            "limits.tracked_bytes", \.limits.trackedBytes, .size((16 << 20)...(1 << 40)),
            "How much memory all that is tracked may take; beyond it what was heard of longest ago is forgotten, what"
                + " is open last, and counted. 400MiB hold some 240,000 pull requests, commits, checks and backend runs."
        ),

        Setting(
            "pages.url", \.pages.url, .url,
            "Where people reach the pages: alerts, dashboards and definitions link there. From the address they are"
                + " served at if left out."),
        Setting(
            "pages.runbook_url", \.pages.runbookURL, .url,
            "Where `docs/alerts.md` can be read: each alert links to its section."),
        Setting(
            "pages.show_private", \.pages.showPrivate, .flag,
            "Whether pages name repositories that GitHub marks private. For those whose pages only the trusted reach."),
        Setting("pages.github_url", \.pages.githubURL, .url, "Where links to repositories and checks lead."),
        Setting("pages.copr_url", \.pages.coprURL, .url, "Where links to Copr's builds lead."),
        Setting(
            "pages.testing_farm_url", \.pages.testingFarmURL, .url,
            "Where links to Testing Farm's requests lead."),
        Setting(
            "pages.dashboard_urls", \.pages.dashboardURLs, .dashboards,
            "Where links to Packit's jobs lead, by deployment; one that is not named has none."),
    ]
}
