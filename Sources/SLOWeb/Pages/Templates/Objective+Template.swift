extension Templates {
    static let objective = #"""
        {{<layout}}{{$content}}
        <h1>{{heading}}</h1>
        <p class="lead">{{lead}}</p>
        <form class="filter" action="/objective" method="get">
        <label>Objective
        <select name="objective">{{#objectives}}{{>option}}{{/objectives}}</select></label>
        <label>Deployment
        <select name="deployment">{{#deployments}}{{>option}}{{/deployments}}</select></label>
        <button>Show</button>
        </form>
        {{#deployment}}<section aria-labelledby="stands"><h2 id="stands">{{.}}</h2>
        <div class="grid">{{/deployment}}{{#card}}{{>card}}{{/card}}{{#deployment}}</div></section>{{/deployment}}
        {{#charts}}{{>charts}}{{/charts}}
        {{^hasLists}}<section><p class="empty">{{emptyText}}</p></section>{{/hasLists}}
        {{#lists}}
        <section aria-labelledby="{{id}}">
        <h2 id="{{id}}">{{title}}</h2>
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">{{of}}</th>
        <th scope="col" role="columnheader" class="n">Of the error budget</th>
        <th scope="col" role="columnheader" class="n">Bad</th>
        <th scope="col" role="columnheader" class="n">Good</th>
        <th scope="col" role="columnheader" class="n">Compliance</th></tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row"><th scope="row" role="rowheader">{{#link}}<a
        href="{{.}}">{{name}}</a>{{/link}}{{^link}}{{name}}{{/link}}</th><td role="cell"
        data-label="Of the error budget" class="n"><span class="{{tone}}">{{spent}}</span></td><td role="cell"
        data-label="Bad" class="n">{{#missedLink}}<a href="{{.}}">{{bad}}</a>{{/missedLink}}{{^missedLink}}{{bad}}{{/missedLink}}</td><td
        role="cell" data-label="Good" class="n">{{#goodLink}}<a
        href="{{.}}">{{good}}</a>{{/goodLink}}{{^goodLink}}{{good}}{{/goodLink}}</td><td
        role="cell" data-label="Compliance" class="n">{{compliance}}</td></tr>
        {{/rows}}</tbody>
        </table>
        {{#rest}}<p class="note">{{.}}.</p>{{/rest}}
        {{#more}}<p class="pages"><a href="{{link}}">{{text}}</a></p>{{/more}}
        </section>
        {{/lists}}
        {{/content}}{{/layout}}
        """#

    static let charts = #"""
        <section aria-labelledby="charts">
        <h2 id="charts">From {{from}} to {{to}}</h2>
        {{>ranges}}
        <form class="filter" action="/objective" method="get">
        <input type="hidden" name="objective" value="{{objective}}"><input type="hidden" name="deployment"
        value="{{deployment}}">{{#times}}<label>{{title}}
        <input type="datetime-local" step="1" name="{{name}}" value="{{value}}"></label>{{/times}}
        <button>Show</button>
        </form>
        {{#budget}}<div class="card chart-card">
        <h3>Error budget of this time</h3>
        <p class="note">{{summary}}</p>
        {{#hasBudget}}{{{chart}}}{{{lane}}}
        <div class="{{axis}}"><span>{{from}}</span><span>{{to}}</span></div>
        <details><summary>As a table</summary><table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">From</th>
        <th scope="col" role="columnheader" class="n">Good</th><th scope="col" role="columnheader" class="n">Bad</th>
        <th scope="col" role="columnheader" class="n">Left after it</th></tr></thead>
        <tbody role="rowgroup">{{#steps}}<tr role="row"><th scope="row" role="rowheader">{{at}}</th><td role="cell"
        data-label="Good" class="n">{{good}}</td><td role="cell" data-label="Bad" class="n">{{bad}}</td><td role="cell"
        data-label="Left after it" class="n">{{left}}</td></tr>
        {{/steps}}</tbody></table></details>{{/hasBudget}}
        </div>{{/budget}}
        {{#heat}}<div class="card chart-card">
        <h3>First status</h3>
        <p class="note">{{summary}}</p>
        <div class="heat-map"><ol aria-hidden="true">{{#labels}}<li>{{.}}</li>{{/labels}}</ol>{{{map}}}</div>
        <div class="heat-map"><span></span><div>{{{lane}}}{{>axis}}</div></div>
        <h4>All together</h4>
        {{{spread}}}
        <details><summary>As a table</summary><table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">First status after</th>
        <th scope="col" role="columnheader" class="n">Changes</th>
        <th scope="col" role="columnheader" class="n">Share</th></tr></thead>
        <tbody role="rowgroup">{{#bands}}<tr role="row"><th scope="row" role="rowheader">{{name}}</th><td role="cell"
        data-label="Changes" class="n">{{count}}</td><td role="cell" data-label="Share" class="n">{{share}}</td></tr>
        {{/bands}}</tbody></table></details>
        </div>{{/heat}}
        {{#shares}}<div class="card chart-card">
        <h3>Shares of a run’s time</h3>
        <p class="note">{{summary}}</p>
        {{{chart}}}{{{lane}}}{{>axis}}
        <ul class="key"><li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="queued" width="14"
        height="10"/></svg>queue</li><li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="started" width="14"
        height="10"/></svg>run</li><li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="report" width="14"
        height="10"/></svg>not reported</li></ul>
        </div>{{/shares}}
        {{#note}}<p class="note">{{.}}</p>{{/note}}
        <ul class="key" aria-label="Legend of the lines below the charts">
        <li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="bad" y="3" width="14" height="4"/></svg>critical
        incident</li><li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="warn" y="3" width="14"
        height="4"/></svg>incident</li><li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="blind-mark" y="3"
        width="14" height="4"/></svg>blind interval</li><li><svg aria-hidden="true" viewBox="0 0 14 10"><rect
        class="note-mark" y="3" width="14" height="4"/></svg>note</li><li><a href="{{incidentsLink}}">all incidents of
        this time</a></li></ul>
        </section>
        """#

    static let axis = #"""
        <div class="axis"><span>{{from}}</span><span>{{to}}</span></div>
        """#

    /// An objective of a deployment.
    static let card = #"""
        <article class="card objective">
        <header><h3><a href="{{link}}">{{title}}</a></h3>{{#state}}<span class="tag {{tone}}">{{word}}</span>{{/state}}</header>
        <div>
        <p class="figure">{{#compliance}}<a href="{{eventsLink}}"><data value="{{value}}"
        title="{{exact}}">{{text}}</data></a>{{/compliance}}{{^compliance}}–{{/compliance}}</p>
        <p class="note">{{promise}}</p>
        {{#description}}<p class="note">{{.}}</p>{{/description}}
        {{#missing}}<p class="note mark tone-warn">{{.}}</p>{{/missing}}
        {{#bounds}}<p class="note" title="{{exact}}">{{text}}.</p>{{/bounds}}</div>
        <div class="budget"><span class="note">{{budgetWord}}</span><span
        class="mark {{budgetTone}}">{{#missedLink}}<a href="{{.}}">{{/missedLink}}{{budget}}{{#missedLink}}</a>{{/missedLink}}</span>{{{meter}}}</div>
        <div><div class="days">{{{days}}}{{{dayLinks}}}</div><div class="axis"><span>{{firstDay}}</span><span>{{lastDay}}</span></div></div>
        <div><p class="note">Burn rate (at 1 × the budget lasts the window)</p>
        <dl class="burns">{{#burns}}<div><dt>{{over}}</dt>
        <dd class="{{tone}}" title="{{exact}}">{{#link}}<a href="{{.}}">{{/link}}{{text}}{{#link}}</a>{{/link}}</dd></div>{{/burns}}</dl>
        {{#projection}}<p class="note mark tone-warn">{{.}}</p>{{/projection}}</div>
        </article>
        """#
}
