/// The style sheet. Its colours are named pairs, light and dark; a test checks their contrast.
enum Style {
    /// `(name, light, dark)`.
    static let colours: [(name: String, light: String, dark: String)] = [
        ("ground", "#f7f7f5", "#15171b"),
        ("card", "#ffffff", "#1d2026"),
        ("text", "#1d2025", "#e7e9ed"),
        ("soft", "#575d68", "#a9b0bc"),
        ("line", "#dddfe3", "#343943"),
        ("edge", "#878d98", "#747b88"),
        ("link", "#0a58b0", "#8fbcff"),
        ("good", "#1f6f4a", "#7fcfa4"),
        ("warn", "#8a5200", "#e8b765"),
        ("bad", "#b3261e", "#ff9b92"),
        ("good-fill", "#2f8a60", "#4fa67c"),
        ("warn-fill", "#b7791f", "#c98f35"),
        ("bad-fill", "#c63a31", "#e2665c"),
        ("quiet-fill", "#868c97", "#7a818d"),
        ("wait-fill", "#6f8fc4", "#6e8fc9"),
        ("run-fill", "#2c62b4", "#a8c7f7"),
        ("blind-fill", "#e6dcc3", "#4a4230"),
        ("blind-mark", "#94711c", "#c9a552"),
        ("good-wash", "#e5f3ec", "#1b2f26"),
        ("warn-wash", "#fbf0dc", "#33291a"),
        ("bad-wash", "#fdeae8", "#3a2021"),
    ]

    static var sheet: String {
        let pairs = colours.map { "--\($0.name): light-dark(\($0.light), \($0.dark));" }.joined(separator: "\n  ")
        return ":root {\n  color-scheme: light dark;\n  \(pairs)\n}\n" + rules
    }

    private static let rules = """
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--ground); color: var(--text);
          font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
          font-variant-numeric: tabular-nums;
        }
        a { color: var(--link); text-decoration-thickness: 0.06em; text-underline-offset: 0.26em; }
        a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible,
        [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
        .skip { position: absolute; left: -100vw; top: 0; padding: 0.5rem 1rem; background: var(--card); z-index: 1; }
        .skip:focus { left: 0; }
        .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          white-space: nowrap; }

        header.site { background: var(--card); border-bottom: 1px solid var(--line); }
        header.site > div, main, footer { max-width: 84rem; margin: 0 auto;
          padding-inline: clamp(0.875rem, 3vw, 2rem); }
        header.site > div { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.5rem;
          padding-block: 0.625rem; }
        header.site .name { font-weight: 650; letter-spacing: -0.01em; color: var(--text); text-decoration: none; }
        nav ul { display: flex; flex-wrap: wrap; gap: 0 1.125rem; margin: 0; padding: 0; list-style: none; }
        nav a { display: block; padding: 0.25rem 0; color: var(--soft); text-decoration: none;
          border-bottom: 2px solid transparent; }
        nav a:hover { color: var(--text); }
        nav a[aria-current] { color: var(--text); border-bottom-color: var(--link); }
        header.site form { margin-left: auto; display: flex; gap: 0.375rem; flex: 0 1 23rem; min-width: 0; }
        header.site input { flex: 1 1 8rem; min-width: 0; }
        @media (max-width: 44rem) { header.site form { margin-left: 0; flex-basis: 100%; } }

        main { padding-block: 1.25rem 2.5rem; }
        footer { padding-block: 1rem 2rem; color: var(--soft); font-size: 0.8125rem;
          border-top: 1px solid var(--line); }
        h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.015em; overflow-wrap: anywhere; }
        h2 { margin: 0 0 0.625rem; font-size: 1.0625rem; line-height: 1.3; letter-spacing: -0.005em;
          overflow-wrap: anywhere; }
        h3 { margin: 0; font-size: 0.9375rem; line-height: 1.35; overflow-wrap: anywhere; }
        p { margin: 0; }
        .lead { margin-top: 0.25rem; color: var(--soft); max-width: 60rem; }
        section { margin-top: 1.75rem; }
        .note { color: var(--soft); font-size: 0.8125rem; }
        .mono, code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
          font-size: 0.92em; }
        .soft { color: var(--soft); }
        .nowrap { white-space: nowrap; }
        time, data, .num { font-variant-numeric: tabular-nums; }
        time[title], data[title], abbr[title] { text-decoration: none; cursor: default; }

        .tone-good { color: var(--good); } .tone-warn { color: var(--warn); } .tone-bad { color: var(--bad); }
        .tone-quiet { color: var(--soft); }
        .mark { font-weight: 600; }
        .tag { display: inline-block; padding: 0 0.45em; border: 1px solid var(--line); border-radius: 0.35rem;
          font-size: 0.8125rem; color: var(--soft); white-space: nowrap; max-width: min(100%, 14rem); overflow: hidden;
          text-overflow: ellipsis; vertical-align: bottom; }
        .tag.tone-good { background: var(--good-wash); border-color: transparent; color: var(--good); }
        .tag.tone-warn { background: var(--warn-wash); border-color: transparent; color: var(--warn); }
        .tag.tone-bad { background: var(--bad-wash); border-color: transparent; color: var(--bad); }

        .card { background: var(--card); border: 1px solid var(--line); border-radius: 0.625rem;
          padding: 0.875rem 1rem; min-width: 0; }
        .grid { display: grid; gap: 0.875rem;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); }
        .pair { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
          align-items: start; }
        .banner { margin-top: 1rem; border-left: 4px solid var(--edge); }
        .banner.tone-bad { border-left-color: var(--bad-fill); }
        .banner.tone-good { border-left-color: var(--good-fill); }
        .banner.tone-warn { border-left-color: var(--warn-fill); }
        .banner, .banner p { color: var(--text); }
        .banner p + p { margin-top: 0.25rem; }

        .objective { display: flex; flex-direction: column; gap: 0.5rem; }
        .objective header { display: flex; justify-content: space-between; align-items: baseline; gap: 0.75rem;
          flex-wrap: wrap; }
        .figure { font-size: 1.875rem; line-height: 1.1; letter-spacing: -0.02em; font-weight: 600; }
        .figure + .note { margin-top: 0.125rem; }
        .budget { display: grid; grid-template-columns: 1fr auto; gap: 0.125rem 0.75rem; align-items: baseline; }
        .budget svg { grid-column: 1 / -1; }
        svg { display: block; width: 100%; }
        svg.meter { height: 0.5rem; } svg.days { height: 3rem; } svg.hops { height: 0.75rem; }
        svg.lane { height: 0.625rem; } th.lanes { width: 45%; }
        .banner h2 { margin-top: 0; font-size: 1.125rem; } .banner table { margin-top: 0.25rem; }
        svg.slice { height: 0.375rem; max-width: 16rem; margin-top: 0.25rem; }
        svg.bands { height: 11.25rem; } svg.outcomes { height: 4.5rem; }
        svg .track { fill: var(--line); } svg .ok { fill: var(--good-fill); } svg .over { fill: var(--bad-fill); }
        svg .none { fill: var(--edge); } svg .blind { fill: var(--blind-fill); }
        svg .blind-mark { fill: var(--blind-mark); } svg .note-mark { fill: var(--run-fill); }
        svg .pace { stroke: var(--edge); stroke-width: 1; stroke-dasharray: 3 3; vector-effect: non-scaling-stroke; }
        svg .good { fill: var(--good-fill); } svg .warn { fill: var(--warn-fill); }
        svg .bad { fill: var(--bad-fill); }
        svg .quiet { fill: var(--quiet-fill); }
        svg .status { fill: var(--warn-fill); } svg .queued { fill: var(--wait-fill); }
        svg .started { fill: var(--run-fill); } svg .report { fill: var(--warn-fill); }
        svg .grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; display: inline; }
        svg .deadline { stroke: var(--bad-fill); stroke-width: 1; stroke-dasharray: 5 4;
          vector-effect: non-scaling-stroke; }
        svg .band { fill: var(--wait-fill); opacity: 0.55; }
        svg .half { stroke: var(--run-fill); stroke-width: 2.5; vector-effect: non-scaling-stroke; }
        svg.heat { height: 100%; } svg.spread { height: 5rem; max-width: 30rem; }
        svg.burn-down { height: 8rem; } svg.shares { height: 4rem; } svg.under { height: 0.875rem; margin-top: 0.25rem; }
        svg .in { fill: var(--run-fill); } svg .out { fill: var(--bad-fill); }
        svg .heat-1 { opacity: 0.35; } svg .heat-2 { opacity: 0.55; } svg .heat-3 { opacity: 0.75; }
        svg .zero, svg .now { stroke: var(--edge); stroke-width: 1; vector-effect: non-scaling-stroke; }
        svg polyline { fill: none; stroke: var(--run-fill); stroke-width: 2; vector-effect: non-scaling-stroke; }
        svg .spent { stroke: var(--bad-fill); } svg .projected { stroke: var(--soft); stroke-dasharray: 5 4; }
        .chart-card { margin-top: 0.875rem; } .chart-card h4 { margin: 0.75rem 0 0.25rem; font-size: 0.875rem; }
        .chart-card summary { margin-top: 0.5rem; font-size: 0.8125rem; }
        .heat-map { display: grid; grid-template-columns: 5.5rem 1fr; gap: 0 0.5rem; margin-top: 0.5rem; }
        .heat-map ol { margin: 0; padding: 0; list-style: none; display: grid; grid-auto-rows: 1fr;
          font-size: 0.6875rem; line-height: 1.05rem; color: var(--soft); text-align: right; white-space: nowrap; }
        .ranges { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0 0 0.25rem; padding: 0; list-style: none; }
        .ranges a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
        .axis { display: flex; justify-content: space-between; color: var(--soft); font-size: 0.75rem; }
        .axis.future { margin-right: 20%; }
        .chart { display: grid; grid-template-columns: auto 1fr; gap: 0 0.5rem; }
        svg.scale { width: 2.75rem; height: 11.25rem; } svg .name { fill: var(--soft); font-size: 11px;
          text-anchor: end; }
        .chart > .axis { grid-column: 2; }

        /* The links in front of the bars begin below the marks of blind intervals, which say something of their own. */
        .days { position: relative; }
        .day-links { position: absolute; inset: 0.25rem 0 0; display: grid; grid-auto-flow: column;
          grid-auto-columns: minmax(0, 1fr); }
        .day-links a:hover { background: color-mix(in srgb, var(--link) 18%, transparent); }
        .figure a, .burns a, .budget a, td .count { color: inherit; text-decoration-color: var(--edge); }

        .burns { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.5rem; margin: 0; }
        .burns div { border-top: 1px solid var(--line); padding-top: 0.25rem; }
        .burns dt { color: var(--soft); font-size: 0.75rem; } .burns dd { margin: 0; font-weight: 600; }

        table { width: 100%; border-collapse: collapse; }
        caption { text-align: left; color: var(--soft); font-size: 0.8125rem; padding-bottom: 0.375rem; }
        th { text-align: left; font-weight: 600; vertical-align: baseline; }
        thead th { color: var(--soft); font-weight: 500; font-size: 0.8125rem; border-bottom: 1px solid var(--line); }
        th, td { padding: 0.375rem 0.75rem 0.375rem 0; vertical-align: baseline; }
        tbody tr + tr > * { border-top: 1px solid var(--line); }
        tr > :last-child { padding-right: 0; }
        td.n, th.n { text-align: right; white-space: nowrap; }
        td { overflow-wrap: anywhere; }
        tbody th { font-weight: 500; overflow-wrap: anywhere; }
        tbody th.word, td .word { overflow-wrap: break-word; }
        @media (min-width: 44.0625rem) { td.about { min-width: 12rem; } }
        /* A shadow at each end behind which there is more. */
        .wide { overflow-x: auto; background:
          linear-gradient(to right, var(--ground), transparent) left / 3rem 100% no-repeat local,
          linear-gradient(to left, var(--ground), transparent) right / 3rem 100% no-repeat local,
          linear-gradient(to right, var(--edge), transparent) left / 0.5rem 100% no-repeat scroll,
          linear-gradient(to left, var(--edge), transparent) right / 0.5rem 100% no-repeat scroll; }
        .wide th, .wide td { white-space: nowrap; }
        @media (max-width: 44rem) {
          table.stack, table.stack tbody, table.stack tr, table.stack th, table.stack td,
            table.stack caption { display: block;
            border: 0; padding: 0; }
          table.stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          table.stack tr { padding: 0.625rem 0; }
          table.stack tbody tr + tr { border-top: 1px solid var(--line); }
          table.stack tbody tr + tr > * { border-top: 0; }
          table.stack td { display: grid; grid-template-columns: 7.5rem 1fr; gap: 0.5rem; text-align: left;
            white-space: normal; }
          table.stack td::before { content: attr(data-label); color: var(--soft); font-size: 0.8125rem; }
        }

        .runs { list-style: none; margin: 0; padding: 0; }
        .runs > li { padding: 0.75rem 0; border-top: 1px solid var(--line); display: grid; gap: 0.375rem; }
        .runs > li:first-child { border-top: 0; padding-top: 0; }
        .runs .head { display: flex; flex-wrap: wrap; gap: 0.125rem 0.75rem; align-items: baseline; }
        .runs .links { display: flex; flex-wrap: wrap; gap: 0 0.875rem; font-size: 0.8125rem; }
        dl.steps { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 0.375rem 1rem;
          margin: 0; }
        dl.steps dt { color: var(--soft); font-size: 0.75rem; } dl.steps dd { margin: 0; } .after { display: block;
          font-size: 0.8125rem; }
        .key { display: flex; flex-wrap: wrap; gap: 0.125rem 1rem; color: var(--soft); font-size: 0.75rem;
          margin: 0.625rem 0; padding: 0; list-style: none; }
        .key li { display: flex; align-items: center; gap: 0.375rem; }
        .key svg { width: 0.875rem; height: 0.625rem; flex: none; }

        form.filter { display: flex; flex-wrap: wrap; gap: 0.625rem 0.875rem; align-items: end; margin-top: 1rem; }
        form.filter label { display: grid; grid-template-columns: minmax(0, 1fr); min-width: 0; gap: 0.125rem;
          font-size: 0.8125rem; color: var(--soft); flex: 0 1 12rem; }
        form.filter label:has([type="datetime-local"]) { flex-basis: 15rem; }
        @media (max-width: 44rem) { form.filter label { flex: 1 1 40%; }
          form.filter label:has([type="datetime-local"]) { flex-basis: 100%; } }
        input, select, button {
          font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--edge);
            border-radius: 0.4rem;
          padding: 0.3125rem 0.5rem; min-height: 2.125rem; max-width: 100%;
        }
        ::placeholder { color: var(--soft); opacity: 1; }
        button { cursor: pointer; padding-inline: 0.875rem; }
        button:hover { border-color: var(--text); }
        .pages { display: flex; gap: 1rem; margin-top: 0.875rem; align-items: baseline; flex-wrap: wrap; }
        pre.code { margin: 0.375rem 0 0; padding: 0.5rem 0.75rem; background: var(--card);
          border: 1px solid var(--line); border-radius: 0.4rem; overflow: auto; max-height: 40rem;
          font: 0.8125rem/1.45 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; }
        td pre.code { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
        dl.facts { margin: 0; display: grid; gap: 0.25rem; } dl.facts > div { display: grid;
          grid-template-columns: 7.5rem 1fr; gap: 0.5rem; } dl.facts dt { color: var(--soft); font-size: 0.8125rem; }
        dl.facts dd { margin: 0; overflow-wrap: anywhere; } .fact { display: block; }
        details { margin-top: 0.75rem; } summary { cursor: pointer; color: var(--soft); font-size: 0.8125rem; }
        details[open] summary { margin-bottom: 0.5rem; }
        table + h3 { margin-top: 1.25rem; }
        .empty { color: var(--soft); padding: 0.25rem 0; }
        @media print { header.site nav, header.site form, form.filter { display: none; } body { background: #fff; } }

        """
}

/// Reloads an open page, unless its reader is using a control.
enum Script {
    static let text = """
        "use strict";
        (() => {
          const seconds = Number(document.body.dataset.fresh || 0);
          if (!seconds) return;
          const busy = () => document.hidden || document.querySelector("main details[open]")
            || (document.activeElement && document.activeElement.closest("form"))
            || String(getSelection() || "") !== "";
          setInterval(async () => {
            if (busy()) return;
            try {
              const answer = await fetch(location.href, { headers: { accept: "text/html" } });
              if (!answer.ok || busy()) return;
              const page = new DOMParser().parseFromString(await answer.text(), "text/html");
              const focus = document.activeElement && document.activeElement.id;
              for (const part of ["main", "footer"]) document.querySelector(part).replaceWith(page.querySelector(part));
              document.title = page.title;
              if (focus && document.getElementById(focus)) document.getElementById(focus).focus();
            } catch { /* The next time may do better; what is shown says how old it is. */ }
          }, seconds * 1000);
        })();

        """
}
