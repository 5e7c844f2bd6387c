extension Templates {
    static let history = #"""
        {{<layout}}{{$content}}
        <h1>History</h1>
        <p class="lead">{{lead}}</p>
        <form class="filter" action="/history" method="get">
        <label>Kind
        <select name="kind">{{#kinds}}{{>option}}{{/kinds}}</select></label>
        <label>Deployment
        <select name="deployment">{{#deployments}}{{>option}}{{/deployments}}</select></label>
        <button>Show</button>
        </form>
        {{^hasRuns}}<section><p class="empty">{{emptyText}}</p></section>{{/hasRuns}}
        {{#hasRuns}}
        <section aria-labelledby="durations">
        <h2 id="durations">Durations</h2>
        <div class="card">
        <div class="chart"><div>{{{scale}}}</div>{{{bands}}}
        <div class="axis"><span>{{firstDay}}</span><span>{{lastDay}}</span></div></div>
        <p class="note">From queued to finished, for successes and failures. A bar is the range from the 10th to the 90th
        percentile of a day; the mark in it is the median; the dashed line is the deadline, {{deadline}}.</p>
        </div>
        </section>
        <section aria-labelledby="outcomes">
        <h2 id="outcomes">Outcomes</h2>
        <div class="card">
        {{{outcomeChart}}}
        <div class="axis"><span>{{firstDay}}</span><span>{{lastDay}}</span></div>
        <ul class="key">
        {{#totals}}
        <li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="{{tone}}" width="14" height="10"/></svg>{{name}}
        <a href="{{link}}">{{count}}</a> ({{share}})</li>{{/totals}}
        </ul>
        <details><summary>Numbers by day</summary>
        <div class="wide" tabindex="0" role="region" aria-label="Numbers by day">
        <table>
        <thead><tr><th scope="col">Day</th><th scope="col" class="n">Success</th>
        <th scope="col" class="n">Failure</th><th scope="col" class="n">Error</th><th scope="col" class="n">Other</th>
        <th scope="col" class="n">Median</th><th scope="col" class="n">90th percentile</th></tr></thead>
        <tbody>{{#days}}<tr><th scope="row" class="nowrap"><a href="{{link}}">{{day}}</a></th><td
        class="n"><a class="count" href="{{successLink}}">{{success}}</a></td>
        <td class="n"><a class="count" href="{{failureLink}}">{{failure}}</a></td><td class="n"><a class="count"
        href="{{errorLink}}">{{error}}</a></td><td class="n">{{other}}</td>
        {{#median}}{{>cell}}{{/median}}{{#percentile90}}{{>cell}}{{/percentile90}}</tr>
        {{/days}}</tbody>
        </table></div></details>
        </div>
        </section>
        <div class="pair">
        {{#lists}}
        <section aria-labelledby="{{id}}">
        <h2 id="{{id}}">{{title}}</h2>
        {{>slices}}
        </section>
        {{/lists}}
        </div>
        {{/hasRuns}}
        {{/content}}{{/layout}}
        """#

    static let cell = #"<td class="n"{{#exact}} title="{{.}}"{{/exact}}>{{text}}</td>"#

    static let slices = #"""
        {{^hasRows}}<p class="empty">Too few runs.</p>{{/hasRows}}
        {{#hasRows}}<table>
        <thead><tr><th scope="col">{{of}}</th>{{#columns}}
        <th scope="col" class="n">{{.}}</th>{{/columns}}</tr></thead>
        <tbody>{{#rows}}<tr><th scope="row">{{#link}}<a href="{{.}}">{{/link}}{{name}}{{#link}}</a>{{/link}}{{{chart}}}</th>{{#cells}}{{>cell}}{{/cells}}</tr>
        {{/rows}}</tbody>
        </table>{{/hasRows}}
        """#
}
