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
        <div><p class="note">Burn rate (1 × lasts exactly the window)</p>
        <dl class="burns">{{#burns}}<div><dt>{{over}}</dt>
        <dd class="{{tone}}" title="{{exact}}">{{#link}}<a href="{{.}}">{{/link}}{{text}}{{#link}}</a>{{/link}}</dd></div>{{/burns}}</dl>
        {{#projection}}<p class="note mark tone-warn">{{.}}</p>{{/projection}}</div>
        </article>
        """#
}
