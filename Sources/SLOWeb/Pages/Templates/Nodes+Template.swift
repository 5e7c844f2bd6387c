extension Templates {
    static let nodes = #"""
        {{<layout}}{{$content}}
        <h1>Nodes</h1>
        <p class="lead">{{lead}}{{#since}}, since {{>time}}{{/since}}.</p>
        {{#hasWarnings}}<section class="card banner tone-warn" aria-labelledby="apart">
        <h2 id="apart">To look at</h2>
        {{#warnings}}<p>{{.}}</p>
        {{/warnings}}</section>{{/hasWarnings}}

        <section aria-labelledby="each">
        <h2 id="each">Each node</h2>
        <table class="stack" role="table">
        <caption>A delivery is in the database once it is acknowledged, unless the node’s spool has it</caption>
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Node</th>
        <th scope="col" role="columnheader">Heard of</th>
        <th scope="col" role="columnheader" class="n">Lag</th>
        <th scope="col" role="columnheader" class="n">Not decided</th>
        <th scope="col" role="columnheader" class="n">In its spool</th>
        <th scope="col" role="columnheader">Version</th>
        <th scope="col" role="columnheader">Settings</th>
        <th scope="col" role="columnheader">Receives since</th>
        <th scope="col" role="columnheader">Stream</th></tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row"><th scope="row" role="rowheader" class="word">{{name}} <span
        class="tag {{tone}}">{{state}}</span></th><td role="cell"
        data-label="Heard of">{{#seen}}{{>time}}{{/seen}}</td><td role="cell" data-label="Lag"
        class="n">{{#lag}}{{>time}}{{/lag}}</td><td role="cell" data-label="Not decided" class="n"><span
        class="{{undecidedTone}}">{{undecided}}</span></td><td role="cell" data-label="In its spool" class="n"><span
        class="{{spooledTone}}">{{spooled}}</span></td><td role="cell" data-label="Version">{{version}}</td><td
        role="cell" data-label="Settings"><span class="mono">{{settings}}</span></td><td role="cell"
        data-label="Receives since">{{#started}}{{>time}}{{/started}}</td><td role="cell" data-label="Stream"><span
        class="mono">{{stream}}</span></td></tr>
        {{/rows}}</tbody>
        </table>
        <p class="note">The lag is how long ago the node last said that all it received is in the database. Settings are
        shown as a digest: equal ones have one digest. A node that has stopped is shown for a day.</p>
        </section>

        {{#hasDifferences}}<section aria-labelledby="settings">
        <h2 id="settings">Settings that differ</h2>
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Setting</th>
        <th scope="col" role="columnheader">Value</th></tr></thead>
        <tbody role="rowgroup">{{#differences}}<tr role="row"><th scope="row" role="rowheader"
        class="word">{{name}}</th><td role="cell" data-label="Value"><span>{{#values}}<span
        class="fact">{{#isWritten}}<code>{{text}}</code>{{/isWritten}}{{^isWritten}}{{text}}{{/isWritten}} <span
        class="soft">on {{nodes}}</span></span> {{/values}}</span></td></tr>
        {{/differences}}</tbody>
        </table>
        </section>{{/hasDifferences}}
        {{/content}}{{/layout}}
        """#
}
