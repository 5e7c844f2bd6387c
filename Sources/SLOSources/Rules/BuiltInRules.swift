extension RuleBook {
    /// The built-in rules, applied after those of `rules.files`, in the same format.
    public static let builtInText = """
        # What the names, states and titles of Packit's checks mean.
        #
        # In each list the first rule that fits counts. Rules of further files go before these.

        # A check is called `job[:event][:target][:identifier]`. Its job says what it is of: a `build`, a `test_run`,
        # another `job` that has runs, or `other`, which answers a change and has none. A name that does not have this
        # form entirely, such as `packit: build on fedora-40`, is from a status_name_template. That text can be given
        # as `template` instead of `job`; its {chroot}, {event} and {identifier} are understood, and `*` is anything.
        # The runs of a `job` are counted under its `kind`: without one, under the name's job, or under `other` where a
        # `template` is given.
        names:
          - {job: rpm-build, subject: build}
          - {job: testing-farm, subject: test_run}
          - {job: koji-build, subject: job}
          - {job: koji-build-tag, subject: job}
          - {job: production-build, subject: job}
          - {job: propose-downstream, subject: job}
          - {job: pull-from-upstream, subject: job}
          - {job: vm-image-build, subject: job}
          - {job: osh-diff-scan, subject: job}
          - {job: packit, subject: other}
          - {job: packit-config-validation, subject: other}

        # A part of a name that reads `something-something-something` is a chroot: it stands behind the event and before
        # the identifier. Of two such parts the one that ends in one of these is it.
        architectures:
          [x86_64, aarch64, ppc64le, s390x, i386, i586, i686, armhfp, armv7hl, ppc64, riscv64, loongarch64]

        # Targets of the other jobs, in the same place.
        targets:
          [rawhide, "f2*", "f3*", "f4*", "f5*", "epel*", "el6", "c8s", "c9s", "c10s", "fedora-*", "centos-stream-*"]

        # What a title says about its run.
        #   kind     build, test_run or job; without it the rule is for all. Packit shows a test the states of its
        #            build, so most titles of builds appear on tests too, where they mean something else.
        #   state    queued, in_progress or the conclusion of a check run; pending, success, failure or error of a
        #            commit status, Packit's way out when it may not create checks. `open` is all states before the end,
        #            `ended` the ends that GitHub has.
        #            A commit status says `pending` for queued and in progress, and `error` for errors and refusals.
        #   title    as Packit writes it; `*` is anything; letters in their own case. One, or a list of which any fits.
        #   link     the job that the details link names: copr, srpm, testing-farm, other. One, or a list.
        #   request  whether the summary links a request at Testing Farm.
        #   step     accepted, waiting (a test, for its build), queued, started; success, failure, error, canceled,
        #            skipped; unclear (says nothing about a run of this kind).
        #   reason   stated (the default), build, srpm, submit, config (no error of the service), timeout,
        #            unclassified.
        titles:
          - {state: open, title: "The task was accepted*", step: accepted}

          # A test waits while its build is under way, whatever its own check says. One that ends so never ran: its
          # build failed, or GitHub ended a check that Packit had left behind.
          - kind: test_run
            state: open
            title: &build-phase
              - "The task was accepted*"
              - "SRPM build*"
              - "Building SRPM*"
              - "Building RPM*"
              - "Starting RPM build*"
              - "RPM build is in progress*"
              - "RPMs were built successfully*"
              - "RPMs failed to be built*"
              - "Waiting for RPM*"
              - "*latest build has not finished*"
              - "Submit of the build failed*"
              - "Not supported target*"
              - "Merge conflicts present*"
            step: waiting
          # Packit's answer to somebody who asks for tests too early.
          - kind: test_run
            state: [success, neutral, failure, error]
            title: "*latest build has not finished*"
            step: skipped
          - {kind: test_run, state: ended, title: *build-phase, step: skipped, reason: build}
          # One that was submitted ends as a test, whatever it still links.
          - kind: test_run
            state: [stale, timed_out]
            title: &submitted
              - "*Submitting the tests*"
              - "Tests have been submitted*"
              - "Failed to submit tests*"
              - "Tests are running*"
            step: error
            reason: timeout
          - {kind: test_run, state: cancelled, title: *submitted, step: canceled}
          - {kind: test_run, state: ended, link: [srpm, copr], step: skipped, reason: build}

          # How GitHub ends checks of either kind.
          - {state: [stale, timed_out], step: error, reason: timeout}
          - {state: cancelled, step: canceled}
          - {state: skipped, step: skipped}
          - {state: startup_failure, step: error}

          # A build is queued from its acceptance until Copr begins with the RPM part.
          - {kind: build, state: open, title: "Submit of the build failed due to *", step: queued}
          - {kind: build, state: open, title: ["SRPM build*", "Building SRPM*", "Building RPM*"], step: queued}
          - {kind: build, state: open, title: ["Starting RPM build*", "Waiting for RPM*"], step: queued}
          - {kind: build, state: open, title: "RPM build is in progress*", step: started}
          - {kind: build, state: success, title: "RPMs were built successfully*", step: success}
          - {kind: build, state: [failure, error], title: "RPMs failed to be built*", step: failure}
          - {kind: build, state: [failure, error], title: "SRPM build failed*", step: failure, reason: srpm}
          - {kind: build, state: [failure, error], title: "Submit of the build failed*", step: error, reason: submit}
          - {kind: build, state: [failure, error], title: "Not supported target*", step: error, reason: config}
          # The titles of tests, on a check whose name does not tell its kind.
          - kind: build
            title:
              - "Tests *"
              - "*Submitting the tests*"
              - "Failed to submit tests*"
              - "Failed to post request to testing farm*"
              - "We were not able to get *"
              - "No latest successful Copr build from the other PR*"
              - "Compose not yet available*"
              - "The compose * not available*"
              - "The architecture * not available*"
              - "Testing in internal Testing Farm is temporarily disabled*"
              - "Error ..."
            step: unclear
          # Any other title before the end: queued, since a start is never guessed.
          - {kind: build, state: open, step: queued}

          # It is queued once it is submitted to Testing Farm.
          - {kind: test_run, state: open, title: "Tests are running*", step: started}
          - {kind: test_run, state: open, title: *submitted, step: queued}
          # Other titles: those of a build link to it; Testing Farm's own summary comes with a link to its request.
          - {kind: test_run, state: open, link: [srpm, copr], step: waiting}
          - {kind: test_run, state: in_progress, request: true, step: started}
          - {kind: test_run, state: [in_progress, pending], link: testing-farm, step: queued}
          - {kind: test_run, state: open, step: waiting}

          # The end of a test that was submitted.
          - {kind: test_run, state: neutral, request: true, step: canceled}
          - {kind: test_run, state: [neutral, error], title: "Tests canceled*", link: testing-farm, step: canceled}
          - {kind: test_run, state: [failure, error], title: "Tests failed*", step: failure}
          - {kind: test_run, state: [failure, error], title: ["Error ...", "Error …"], step: error}
          - kind: test_run
            state: [failure, error]
            title:
              - "Failed to submit tests*"
              - "Failed to post request to testing farm*"
              - "We were not able to get the available TF composes*"
            step: error
          - kind: test_run
            state: [failure, error]
            title:
              - "The compose * not available*"
              - "The architecture * not available*"
              - "No build defined for the target*"
            step: error
            reason: config
          # Packit ends a test without having submitted anything. A status's description is cut, so titles are given by
          # how they begin.
          - kind: test_run
            state: ended
            title: &not-submitted
              - "No latest successful Copr build from the other PR*"
              - "We were not able to get any Copr builds for the given additional PR*"
              - "Compose not yet available*"
              - "Testing in internal Testing Farm is temporarily disabled*"
            step: skipped

          # Other jobs. Where no title tells, one that is in progress has started.
          - kind: job
            state: open
            title:
              - "SRPM build*"
              - "Building SRPM*"
              - "Building RPM*"
              - "RPM build has been submitted*"
              - "Scan in OpenScanHub submitted successfully*"
            step: queued
          - kind: job
            state: pending
            title:
              - "RPM build is in progress*"
              - "Starting propose downstream*"
              - "Starting Pull from upstream*"
              - "Scan in OpenScanHub has started*"
            step: started
          - {kind: job, state: in_progress, step: started}
          - {kind: job, state: open, step: queued}
          - {kind: job, state: [failure, error], title: "SRPM build failed*", step: failure, reason: srpm}
          - kind: job
            state: failure
            title: ["RPM build failed*", "Propose downstream failed*", "Pull from upstream failed*"]
            step: failure
          - {kind: job, state: failure, title: "VM Image build failed*", step: failure}
          - kind: job
            state: [failure, error]
            title: ["Submit of the build failed*", "Kerberos authentication error*", "VM Image build error*"]
            step: error
          - kind: job
            state: [failure, error]
            title: ["Not supported target*", "Target not supported*"]
            step: error
            reason: config
          - {kind: job, state: error, title: ["RPM build was canceled*", "Build was canceled*"], step: canceled}
          # What a check run says by `neutral`.
          - kind: job
            state: error
            title:
              - "Propose downstream failed*"
              - "Pull from upstream failed*"
              - "VM Image Build job failed internal checks*"
              - "Scan in OpenScanHub *"
            step: skipped

          # Refusals. A check run says `neutral`; a commit status says `error`, so there the title has to tell.
          - state: error
            title:
              - "Merge conflicts present*"
              - "* not allowed!*"
              - "User namespace denied!*"
              - "Project or its namespace denied!*"
              - "User cannot trigger!*"
              - "Not allowed to build in * Copr project*"
              - "* can't run tests internally*"
              - "* can't run tests (and builds) internally*"
              - "Internal TF not allowed for this project*"
              - "Test job requires build job definition*"
              - "No FMF metadata found*"
              - "Missing successful Copr build for this target*"
              - "Tests canceled*"
            step: skipped
          - {state: neutral, step: skipped}

          # Where no title is known, the state speaks.
          - {state: success, step: success}
          - {state: error, step: error}
          - {state: [failure, action_required], step: failure, reason: unclassified}
        """
}
