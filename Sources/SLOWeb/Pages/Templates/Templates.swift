import Mustache

/// All templates, parsed once.
struct Templates: Sendable {
    private let library: MustacheLibrary

    /// - Parameter isCluster: whether there are nodes to link to.
    /// - Throws: the error in a template; a test parses all of them.
    init(ofCluster isCluster: Bool) throws {
        var library = MustacheLibrary()
        for (name, text) in Self.sources + [("nodesLink", isCluster ? Self.nodesLink : "")] {
            library.register(try MustacheTemplate(string: text), named: name)
        }
        self.library = library
    }

    /// Renders a whole document. Templates escape all content except SVGs.
    func render(_ name: String, _ content: some Sendable) -> String {
        library.render(Fields.readable(content), withTemplate: name) ?? ""
    }

    static let sources: [(name: String, text: String)] = [
        ("layout", layout), ("time", time), ("option", option), ("ranges", ranges), ("where", place), ("now", now),
        ("overview", overview),
        ("conditions", conditions),
        ("attention", attention),
        ("objective", objective), ("card", card), ("charts", charts), ("axis", axis),
        ("events", events), ("filter", filter), ("eventRows", eventRows), ("repository", repository),
        ("search", search),
        ("pull", pullRequest), ("waiting", waiting), ("history", history), ("deliveries", deliveries),
        ("delivery", delivery), ("unexplained", unexplained),
        ("nodes", nodes),
        ("cell", cell), ("slices", slices), ("message", message), ("span", span), ("runbook", runbook),
    ]

    /// A time or duration.
    private static let time = #"<time datetime="{{datetime}}" title="{{exact}}">{{text}}</time>"#

    /// An option of a select element.
    private static let option =
        #"<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{name}}</option>"#

    /// The times that a page offers to show.
    private static let ranges = #"""
        <ul class="ranges">{{#ranges}}<li><a href="{{link}}"{{#isHere}} aria-current="true"{{/isHere}}>{{name}}</a></li>{{/ranges}}</ul>
        """#

    /// A repository or a pull request, linked if there is a page for it.
    private static let place = #"{{#link}}<a href="{{.}}">{{/link}}{{text}}{{#link}}</a>{{/link}}"#

    private static let layout = #"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{#frame}}{{title}}{{/frame}} – packit-slo</title>
        <link rel="stylesheet" href="/style.css?{{#frame}}{{version}}{{/frame}}">
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <script src="/fresh.js?{{#frame}}{{version}}{{/frame}}" defer></script>
        </head>
        <body{{#frame}}{{#fresh}} data-fresh="{{.}}"{{/fresh}}{{/frame}}>
        <a class="skip" href="#main">Skip to content</a>
        <header class="site"><div>
        <a class="name" href="/">packit-slo</a>
        <nav aria-label="Pages"><ul>
        {{#frame}}{{#links}}<li><a href="{{path}}"{{#isHere}} aria-current="page"{{/isHere}}>{{name}}</a></li>
        {{/links}}{{>nodesLink}}{{/frame}}</ul></nav>
        <form action="/search" method="get" role="search">
        <label class="sr" for="find">Find a repository, pull request, commit, build, request or delivery</label>
        <input id="find" name="q" type="search" placeholder="owner/name#123, commit, id" maxlength="256"
        autocomplete="off" spellcheck="false" required>
        <button>Find</button>
        </form>
        </div></header>
        <main id="main" tabindex="-1">
        {{$content}}{{/content}}
        </main>
        <footer>{{#frame}}{{#asOf}}As of {{>time}}. {{/asOf}}{{/frame}}All times are UTC (+00:00); hover over one for
        the exact value.
        The project’s documentation describes under <em>counting</em> what is counted, and how.
        Also here: <a href="/runbook">runbook</a>, <a href="/metrics">metrics</a>, <a href="/api/v1/openapi.json">API</a>, <a
        href="/readyz">readiness</a>.</footer>
        </body>
        </html>

        """#

    /// In the navigation of a cluster.
    private static let nodesLink =
        #"<li><a href="/nodes"{{#isNodes}} aria-current="page"{{/isNodes}}>Nodes</a></li>"#

    private static let message = #"""
        {{<layout}}{{$content}}
        <h1>{{heading}}</h1>
        <p class="lead">{{text}}</p>
        {{#hint}}<p class="lead">{{.}}</p>{{/hint}}
        {{/content}}{{/layout}}
        """#
}
