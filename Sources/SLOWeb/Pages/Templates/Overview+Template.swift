import SLOQueries

extension Templates {
    static let overview = #"""
        {{<layout}}{{$content}}
        <h1>Overview</h1>
        {{#now}}{{>now}}{{/now}}
        <div class="card banner {{bannerTone}}" role="status">
        {{#headlines}}<p>{{text}}{{#page}} <a href="{{.}}">{{pageName}}</a>{{/page}}</p>{{/headlines}}
        </div>
        {{#hasAttention}}{{>attention}}{{/hasAttention}}
        {{#deployments}}
        <section aria-labelledby="{{id}}">
        <h2 id="{{id}}">{{name}}</h2>
        {{#isEmpty}}<p class="empty">Nothing was judged in the last {{window}}.</p>{{/isEmpty}}
        {{#missing}}<p class="note mark tone-warn">{{.}}</p>{{/missing}}
        {{^isEmpty}}<div class="grid">
        {{#cards}}
        {{>card}}
        {{/cards}}
        </div>
        {{#hasRows}}<details><summary>{{rowsText}}</summary>
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Objective</th>
        <th scope="col" role="columnheader">Target</th>
        <th scope="col" role="columnheader" class="n">Compliance</th>
        <th scope="col" role="columnheader" class="n">Error budget</th></tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row"><th scope="row" role="rowheader"><a
        href="{{link}}">{{title}}</a></th>
        <td role="cell" data-label="Target">{{promise}}</td><td role="cell" data-label="Compliance"
        class="n">{{compliance}}</td><td role="cell" data-label="Error budget" class="n"><span
        class="mark {{tone}}">{{budget}}</span></td></tr>
        {{/rows}}</tbody>
        </table></details>{{/hasRows}}{{/isEmpty}}
        </section>
        {{/deployments}}
        {{#hasDays}}<ul class="key" aria-label="Legend of the days">
        <li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="ok" width="14" height="10"/></svg>a day
        with a burn rate of at most 1</li>
        <li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="over" width="14" height="10"/></svg>a day
        with a higher one, which reaches above the dashed line; drawn up to 3</li>
        <li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="blind" width="14" height="10"/><rect
        class="blind-mark" width="14" height="3"/></svg>blind interval</li>
        {{#hasNotes}}<li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="note-mark" y="3" width="14"
        height="4"/></svg><a href="/conditions#notes">noted</a> incident or maintenance</li>{{/hasNotes}}
        </ul>{{/hasDays}}

        {{^hasAttention}}{{>attention}}{{/hasAttention}}

        <div class="pair">
        <section aria-labelledby="moved">
        <h2 id="moved">Activity in the last 24 hours</h2>
        <div class="wide" tabindex="0" role="region" aria-labelledby="moved">
        <table>
        <thead><tr><th scope="col">Runs</th><th scope="col" class="n">Queued</th>
        <th scope="col" class="n">Started</th><th scope="col" class="n">Success</th>
        <th scope="col" class="n">Failure</th><th scope="col" class="n">Error</th><th scope="col" class="n">Other</th>
        <th scope="col" class="n">Open now</th></tr></thead>
        <tbody>{{#activity}}<tr><th scope="row">{{name}} <span class="tag" title="{{deployment}}">{{deployment}}</span></th>
        <td class="n">{{queued}}</td><td class="n">{{started}}</td><td class="n"><a class="count"
        href="{{successLink}}">{{success}}</a></td>
        <td class="n"><a class="count" href="{{failureLink}}">{{failure}}</a></td><td class="n {{errorTone}}"><a
        class="count" href="{{errorLink}}">{{error}}</a></td>
        <td class="n" title="canceled, skipped, superseded">{{other}}</td><td class="n"><a class="count"
        href="{{openLink}}">{{open}}</a></td></tr>
        {{/activity}}</tbody>
        </table>
        <table>
        <thead><tr><th scope="col">Changes</th>{{#verdicts}}
        <th scope="col" class="n">{{.}}</th>{{/verdicts}}</tr></thead>
        <tbody>{{#changes}}<tr><th scope="row">Judged <span class="tag"
        title="{{deployment}}">{{deployment}}</span></th>{{#counts}}
        <td class="n {{tone}}">{{text}}</td>{{/counts}}</tr>
        {{/changes}}</tbody>
        </table>
        </div>
        </section>

        <section aria-labelledby="sources">
        <h2 id="sources">Sources</h2>
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Source</th>
        <th scope="col" role="columnheader">Last delivery</th><th scope="col" role="columnheader">Usual lag</th>
        <th scope="col" role="columnheader" class="n">Stored</th>
        <th scope="col" role="columnheader" class="n">Refused</th></tr></thead>
        <tbody role="rowgroup">{{#sources}}<tr role="row"><th scope="row" role="rowheader">{{name}}</th>
        <td role="cell" data-label="Last delivery">{{#last}}<span>{{>time}}</span>{{/last}}{{^last}}<span
        class="soft">{{absence}}</span>{{/last}}</td><td role="cell" data-label="Usual lag"><span{{#lagExact}}
        title="{{.}}"{{/lagExact}}>{{lag}}</span></td><td role="cell" data-label="Stored" class="n">{{taken}}</td><td
        role="cell" data-label="Refused" class="n"><a class="{{refusedTone}}"
        href="{{link}}">{{refused}}</a></td></tr>
        {{/sources}}</tbody>
        </table>
        {{#hasBlind}}<h3 id="blind">Blind intervals</h3>
        <ul class="note">{{#blind}}
        <li>{{#from}}{{>time}}{{/from}}: {{#span}}{{>time}}{{/span}}, {{reason}}{{#caughtUp}}; caught
        up{{/caughtUp}}</li>
        {{/blind}}</ul>{{/hasBlind}}
        </section>
        </div>
        {{/content}}{{/layout}}
        """#

    /// What is overdue. It comes before the objectives, which fill the first screen of a phone, if there is anything.
    static let attention = #"""
        <section aria-labelledby="attention">
        <h2 id="attention">Overdue</h2>
        {{^attention}}<p class="empty">Nothing is overdue.</p>{{/attention}}
        {{#hasAttention}}
        <table class="stack" role="table">
        <caption>{{attentionCaption}}</caption>
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What</th>
        <th scope="col" role="columnheader">Where</th><th scope="col" role="columnheader">State</th>
        <th scope="col" role="columnheader" class="n">Waiting for</th></tr></thead>
        <tbody role="rowgroup">{{#attention}}<tr role="row">
        <th scope="row" role="rowheader">{{what}} {{#isUncounted}}<span class="tag">not
        counted</span>{{/isUncounted}}</th><td role="cell" data-label="Where">{{#place}}<span>{{>where}} <span
        class="tag" title="{{deployment}}">{{deployment}}</span></span>{{/place}}</td><td role="cell"
        data-label="State">{{hop}}</td><td
        role="cell" data-label="Waiting for" class="n">{{#waited}}<span
        class="mark {{tone}}">{{>time}}</span>{{/waited}}</td></tr>
        {{/attention}}</tbody>
        </table>
        <p class="pages"><a href="/waiting">Everything waiting</a></p>
        {{/hasAttention}}
        </section>
        """#
}
