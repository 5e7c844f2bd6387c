/// The page at `/`: what this is, and where its doors are.
enum FrontPage {
    static func html(isServingWebhooks: Bool) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>packit-slo</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <main>
        <h1>packit-slo</h1>
        <p class="lead">Measures Packit from outside: how soon pull requests get their first status, and how builds and
        test runs end, as their users see it.</p>
        <section aria-labelledby="read">
        <h2 id="read">Read</h2>
        <ul>
        <li><a href="/metrics">/metrics</a> <span>the series, for Prometheus and OpenMetrics</span></li>
        <li><a href="/api/v1/objectives">/api/v1/objectives</a> <span>compliance and budgets, by repository</span></li>
        <li><a href="/readyz">/readyz</a> <span>how each part is doing</span></li>
        <li><a href="/livez">/livez</a> <span>whether the process works at all</span></li>
        </ul>
        </section>
        <section aria-labelledby="send">
        <h2 id="send">Send</h2>
        <p>\(isServingWebhooks ? "Signed deliveries are" : "On the webhook address, signed deliveries are") accepted \
        with <code>POST</code> at</p>
        <ul>
        <li><code>/webhooks/github</code></li>
        <li><code>/webhooks/copr</code></li>
        <li><code>/webhooks/testing-farm</code></li>
        </ul>
        </section>
        </main>
        </body>
        </html>

        """
    }

    static let style = """
        :root {
          color-scheme: light dark;
          --ground: light-dark(#fbfbfd, #14161a);
          --card: light-dark(#ffffff, #1c1f25);
          --text: light-dark(#1b1e24, #e8eaee);
          --soft: light-dark(#565d6b, #a6adba);
          --line: light-dark(#dfe2e8, #31363f);
          --link: light-dark(#0b57b7, #8ab8ff);
        }
        * { box-sizing: border-box; }
        body {
          margin: 0;
          background: var(--ground);
          color: var(--text);
          font: 1rem/1.6 system-ui, sans-serif;
        }
        main { max-width: 42rem; margin: 0 auto; padding: clamp(1.5rem, 6vw, 4rem) 1rem; }
        h1 { margin: 0; font-size: clamp(1.75rem, 6vw, 2.5rem); letter-spacing: -0.02em; }
        h2 { margin: 0 0 0.5rem; font-size: 1rem; }
        .lead { margin: 0.5rem 0 2rem; color: var(--soft); font-size: 1.125rem; }
        section {
          margin: 1rem 0;
          padding: 1rem 1.25rem;
          background: var(--card);
          border: 1px solid var(--line);
          border-radius: 0.75rem;
        }
        section p { margin: 0 0 0.5rem; }
        ul { margin: 0; padding: 0; list-style: none; }
        li { padding: 0.25rem 0; overflow-wrap: anywhere; }
        li span { color: var(--soft); }
        a { color: var(--link); text-underline-offset: 0.2em; }
        a, code { font-family: ui-monospace, monospace; font-size: 0.95em; }
        a:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; border-radius: 2px; }

        """
}
