import SLOCore

extension Setting {
    /// Every setting except the keys of an objective (`ObjectiveKey`), in the order of the reference. The defaults are
    /// those of `Configuration()`.
    static let table: [Setting] = [
        Setting(
            "http.listen", \.http.listen, .address,
            "Address for webhooks, and for everything else unless `http.operations_listen` is set."),
        Setting(
            "http.operations_listen", \.http.operationsListen, .address,
            "A second address for metrics, pages and the API, so that only webhooks and probes face the internet."),
        Setting(
            "http.max_body_bytes", \.http.maxBodyBytes, .size((1 << 10)...(1 << 30)),
            "Maximum size of a body; a larger one gets 413. The default is GitHub's own limit."),
        Setting(
            "http.max_buffered_bytes", \.http.maxBufferedBytes, .size((1 << 20)...(1 << 40)),
            "Memory limit for in-flight bodies, reserved while they arrive; above it senders get 503."),
        Setting(
            "http.max_queued_deliveries", \.http.maxQueuedDeliveries, .count(1...1_000_000),
            "Maximum number of deliveries in the queue; above it senders get 503."),
        Setting(
            "http.max_connections", \.http.maxConnections, .count(1...1_000_000),
            "Maximum number of open connections; above it the one that has sent nothing for longest is closed."),
        Setting(
            "http.body_timeout", \.http.bodyTimeout, .duration(.milliseconds(10) ... .minutes(10)),
            "Maximum time for a body to arrive; a slower one gets 408."),
        Setting(
            "http.drain", \.http.drain, .duration(.zero ... .minutes(5)),
            "How long deliveries are still taken after SIGTERM while `/readyz` responds with 503, so that a load "
                + "balancer sends them elsewhere. Ignored on sockets that systemd passes."),
        Setting(
            "http.tls.certificate_file", \.http.tls.certificateFile, .path,
            "Serve TLS with this certificate chain (PEM). Needs `http.tls.private_key_file`."),
        Setting(
            "http.tls.private_key_file", \.http.tls.privateKeyFile, .path,
            "Private key of the certificate (PEM)."),
        Setting("log.level", \.log.level, .choice, "Minimum severity of log lines."),
        Setting("log.format", \.log.format, .choice, "`text` for people, `json` for collectors."),
        Setting("database", \.database, .path, "The SQLite file, on a local disk. Not used by a node of a cluster."),
        Setting(
            "cluster.database", \.cluster.database, .connection,
            "Address of a PostgreSQL database, `postgres://…` or `host=… dbname=…`, several hosts allowed. Makes this "
                + "process a node of a cluster ([cluster](cluster.md))."),
        Setting(
            "cluster.node", \.cluster.node, .nodeName,
            "Name of this node, different from those of the others and the same after a restart. Default: the host's "
                + "name."),
        Setting(
            "cluster.spool.path", \.cluster.spool.path, .path,
            "A file on a disk of this node's own. It takes deliveries while the database takes none. Without it they "
                + "get 503 then."),
        Setting(
            "cluster.spool.max_bytes", \.cluster.spool.maxBytes, .size((1 << 20)...(1 << 50)),
            "Maximum size of that file; above it deliveries get 503."),
        Setting(
            "cluster.patience", \.cluster.patience, .duration(.milliseconds(100) ... .seconds(5)),
            "How long the database may take no deliveries before the spool takes them."),
        Setting(
            "cluster.acknowledge", \.cluster.acknowledge, .choice,
            "When a delivery is acknowledged: `replicated`, once it is in the database; `spooled`, once it is in the "
                + "spool, which is sooner, and for a moment the only copy."),
        Setting(
            "cluster.require_copies", \.cluster.requireCopies, .count(1...16),
            "How many copies of the database, the primary and its synchronous standbys, must be there before it takes "
                + "deliveries. While there are fewer, the spool takes them; without one they get 503. More than 1 "
                + "needs the right `pg_read_all_stats`."),

        Setting(
            "github.webhook_secrets", \.github.webhookSecrets.inline, .secrets,
            "Webhook secrets. Any of several may match, so a secret can be rotated without rejecting deliveries."),
        Setting(
            "github.webhook_secrets_file", \.github.webhookSecrets.file, .path,
            "A file with further secrets, one per line and nothing else."),
        Setting(
            "github.apps", \.github.apps, .apps,
            "Packit's GitHub Apps: maps a slug to its `deployment` label, or to `{deployment: …, app_id: …}`. In a "
                + "variable: `slug=prod`, or `slug=prod:123` with the App's id."),
        Setting(
            "github.app_keys", \.github.appKeys, .appKeys,
            "Maps the slug of an App in `github.apps`, which must have its `app_id` there, to the path of its private "
                + "key (PEM). If set, GitHub's list of the deliveries to that App is read, for objectives of "
                + "`app_deliveries` ([the risk](github-app.md#watch-packits-own-app))."),
        Setting(
            "github.app_id", \.github.appID, .identifier,
            "Id of the GitHub App that sends deliveries. If set, GitHub's delivery log is compared with the journal."),
        Setting(
            "github.app_private_key_file", \.github.appPrivateKeyFile, .path,
            "Private key of that App, as downloaded from GitHub (PEM)."),
        Setting(
            "github.api_url", \.github.apiURL, .url,
            "URL of GitHub's API; for GitHub Enterprise Server https://HOST/api/v3."),
        Setting(
            "github.redeliver", \.github.redeliver, .flag,
            "Whether missing deliveries are requested from GitHub again."),
        Setting(
            "copr.webhook_secrets", \.copr.webhookSecrets.inline, .secrets,
            "Secrets that sign relayed messages of Copr. Any of several may match."),
        Setting(
            "copr.webhook_secrets_file", \.copr.webhookSecrets.file, .path,
            "A file with further secrets, one per line and nothing else."),
        Setting(
            "copr.users", \.copr.users, .coprUsers,
            "Maps the Copr accounts with which Packit builds to the `deployment` label."),
        Setting(
            "copr.projects", \.copr.projects, .coprProjects,
            "Maps Copr projects that Packit did not name (owner/project, with globs) to the repository (owner/name) "
                + "whose builds they contain. Builds in other such projects count only when a check shows them."),
        Setting(
            "copr.api_url", \.copr.apiURL, .url,
            "URL of Copr's API, such as https://copr.fedorainfracloud.org. If set, open builds are looked up there."),
        Setting(
            "testing_farm.webhook_secrets", \.testingFarm.webhookSecrets.inline, .secrets,
            "Secrets that sign notifications and documents of Testing Farm. Any of several may match."),
        Setting(
            "testing_farm.webhook_secrets_file", \.testingFarm.webhookSecrets.file, .path,
            "A file with further secrets, one per line and nothing else."),
        Setting(
            "testing_farm.tokens", \.testingFarm.tokens.inline, .secrets,
            "Tokens that authorise an unsigned notification. A request document always needs a signature."),
        Setting(
            "testing_farm.tokens_file", \.testingFarm.tokens.file, .path,
            "A file with further tokens, one per line and nothing else."),
        Setting(
            "testing_farm.api_url", \.testingFarm.apiURL, .url,
            "URL of Testing Farm's API, such as https://api.testing-farm.io. If set, requests are looked up there "
                + "after a notification, and while they are open."),
        Setting(
            "testing_farm.api_token_file", \.testingFarm.apiToken.file, .path,
            "A file with the token for Testing Farm's API, needed for requests that are not public."),
        Setting(
            "packit.api_url", \.packit.apiURL, .url,
            "URL of Packit's API, such as https://prod.packit.dev. If set, packit-slo looks up which Copr build or "
                + "Testing Farm request belongs to a job of the deployment labelled `prod`, else of the first."),

        Setting(
            "commands.prefixes", \.commands.prefixes, .commandPrefixes,
            "The word with which a line of a comment begins that is a command, by deployment. A deployment without one "
                + "is given no commands."),
        Setting(
            "deployments", \.deploymentRank, .deployments,
            "The deployments by rank: the first one leads the overview, and it alone has critical alerts. Those that are "
                + "left out follow in the order of `github.apps`. The rank changes no number."),

        Setting(
            "fedora_messaging.url", \.fedoraMessaging.url, .brokerURL,
            "URL of the broker from which Copr's messages are consumed. Fedora's public one is "
                + "`amqps://fedora:@rabbitmq.fedoraproject.org/%2Fpublic_pubsub`. With a certificate and no "
                + "password, the certificate is the login."),
        Setting(
            "fedora_messaging.queue", \.fedoraMessaging.queue, .busName,
            "Name of your own queue; created if it does not exist. Fedora's broker requires a UUID."),
        Setting(
            "fedora_messaging.durable", \.fedoraMessaging.isQueueDurable, .flag,
            "Whether a newly created queue survives a restart of the broker. Fedora's public broker does not support "
                + "this."),
        Setting(
            "fedora_messaging.exchange", \.fedoraMessaging.exchange, .busName,
            "The exchange to which the queue is bound."),
        Setting(
            "fedora_messaging.topics", \.fedoraMessaging.topics, .topics,
            "Topics to consume. Messages that are not Copr's, or of other users, are ignored, but use space in the "
                + "journal."),
        Setting(
            "fedora_messaging.heartbeat", \.fedoraMessaging.heartbeat,
            .duration(.seconds(1) ... .minutes(5), wholes: (.seconds(1), "seconds")),
            "Reconnect after twice this time without traffic, or after six times this time in which messages wait in "
                + "the queue and none arrives."),
        Setting(
            "fedora_messaging.tls.ca_file", \.fedoraMessaging.tls.caFile, .path,
            "Trusted certificates (PEM) for the broker's certificate. Default: the system's."),
        Setting(
            "fedora_messaging.tls.certificate_file", \.fedoraMessaging.tls.certificateFile, .path,
            "The client's certificate (PEM). Needs `fedora_messaging.tls.private_key_file`."),
        Setting(
            "fedora_messaging.tls.private_key_file", \.fedoraMessaging.tls.privateKeyFile, .path,
            "Private key of the client's certificate (PEM)."),
        Setting(
            "fedora_messaging.config_file", \.fedoraMessaging.configFile, .path,
            "A configuration file of Fedora Messaging (TOML). Its `amqp_url`, `tls`, `queues` and `bindings` apply "
                + "to what is not set here."),

        Setting(
            "polling.interval", \.polling.interval, .duration(.seconds(1) ... .hours(12)),
            "Interval of lookups and of reading GitHub's delivery log."),
        Setting(
            "polling.requests_per_minute", \.polling.requestsPerMinute, .count(1...6000),
            "Maximum requests per minute to each upstream API, including retries."),

        Setting(
            "handled.policy", \.handled.policy, .choice,
            "Which changes count in the objective: `all`; `learned`, in repositories that are listed or that Packit "
                + "answered before; `listed`, in listed repositories only."),
        Setting(
            "handled.repositories", \.handled.repositories, .globs,
            "Repositories that Packit handles, as globs on owner/name."),
        Setting(
            "handled.ignore", \.handled.ignore, .globs,
            "Repositories whose changes are not measured, as globs on owner/name."),
        Setting(
            "handled.learned_window", \.handled.learnedWindow, .duration(.hours(1) ... .days(366)),
            "How long a repository and branch count as handled after an answer."),

        Setting(
            ObjectiveKey.window, \.objectives.window, .window,
            "The rolling window of the error budgets."),

        Setting(
            "jobs.settle", \.jobs.settle, .duration(.zero ... .hours(1)),
            "How long the end of a run waits for better evidence before it counts. A success counts at once."),
        Setting(
            "jobs.join_wait", \.jobs.joinWait, .duration(.zero ... .days(1)),
            "How long a backend run that fits several checks waits for evidence of which it belongs to."),
        Setting(
            "jobs.horizon", \.jobs.horizon, .duration(.seconds(2) ... .days(90)),
            "Age at which a run without an end is closed as an error. Must be longer than every deadline."),
        Setting(
            "rules.files", \.rules.files, .paths,
            "Files with classification rules for names and titles of checks, tried before the built-in rules."),

        Setting(
            "journal.keep_bodies", \.journal.keepBodies, .duration(.zero ... .days(3650)),
            "Retention of raw bodies, for export."),
        Setting(
            "journal.max_bytes", \.journal.maxBytes, .size((1 << 20)...(1 << 50)),
            "Maximum size of raw bodies on disk; the oldest are removed first."),
        Setting(
            "journal.keep_observations", \.journal.keepObservations, .duration(.days(1) ... .days(3650)),
            "Retention of observations, from which every number is computed."),
        Setting(
            "journal.keep_identities", \.journal.keepIdentities, .duration(.days(4) ... .days(3650)),
            "Retention of delivery identities, by which repeated deliveries are recognised; at most "
                + "`journal.keep_observations`. GitHub may redeliver for days."),
        Setting(
            "history.keep", \.history.keep, .duration(.days(1) ... .days(3650)),
            "Retention of closed changes and runs, at least every window of an objective."),
        Setting(
            "limits.open_changes", \.limits.openChanges, .count(1...100_000_000),
            "Maximum number of open changes; above it the oldest are closed as excluded, and counted."),
        Setting(
            "limits.open_runs", \.limits.openRuns, .count(1...100_000_000),
            "Maximum number of open runs; above it the oldest are closed as errors, and counted."),
        Setting(
            "limits.open_commands", \.limits.openCommands, .count(1...100_000_000),
            "Maximum number of commands that wait for an answer; above it the oldest are closed as excluded, and "
                + "counted."),
        Setting(
            "limits.tracked", \.limits.tracked, .count(10_000...1_000_000_000),
            "Maximum number of tracked pull requests, commits, checks and backend runs, open or not, and of "
                + "repositories; above it those without events for longest are forgotten, and counted."),
        Setting(
            "limits.tracked_bytes", \.limits.trackedBytes, .size((16 << 20)...(1 << 40)),
            "Memory limit for tracked state; above it what had no event for longest is forgotten, open entities "
                + "last, and counted. 400MiB hold some 240,000 pull requests, commits, checks and backend runs."
        ),

        Setting(
            "api.tokens", \.api.tokens.inline, .secrets,
            "Tokens that authorise to note incidents and maintenance, as `Authorization: Bearer TOKEN`. Without one, "
                + "nobody can."),
        Setting(
            "api.tokens_file", \.api.tokens.file, .path,
            "A file with further tokens, one per line and nothing else. `packit-slo annotate` sends the first one."),

        Setting(
            "alerts.minimum_events", \.alerts.minimumEvents, .count(1...1_000_000),
            "The fewest events for which an alert may fire, and a condition hold on the pages; fewer may be chance. "
                + "Half of it is enough where they wait for hours."),

        Setting(
            "pages.url", \.pages.url, .url,
            "Public URL of the pages, for links in alerts, dashboards and definitions. Default: the address on which "
                + "they are served."),
        Setting(
            "pages.runbook_url", \.pages.runbookURL, .url,
            "URL of `docs/alerts.md`; each alert links to its section there. Default: the page `/runbook` of the server."
        ),
        Setting(
            "pages.show_private", \.pages.showPrivate, .flag,
            "Whether pages, API and badges show repositories that GitHub marks private. Enable only if all who can "
                + "reach the pages may see them."),
        Setting("pages.github_url", \.pages.githubURL, .url, "Base URL of links to repositories and checks."),
        Setting("pages.copr_url", \.pages.coprURL, .url, "Base URL of links to Copr builds."),
        Setting(
            "pages.testing_farm_url", \.pages.testingFarmURL, .url,
            "Base URL of links to Testing Farm requests."),
        Setting(
            "pages.dashboard_urls", \.pages.dashboardURLs, .dashboards,
            "Base URLs of links to Packit's jobs, by deployment. A deployment without one has no links."),
    ]
}
