extension Templates {
    /// What holds now. It has the same look on the overview and on the page of conditions.
    static let now = #"""
        <section class="card banner {{tone}}" aria-labelledby="now">
        <h2 id="now">Now</h2>
        {{^hasRows}}<p>{{quiet}}</p>{{/hasRows}}
        {{#hasRows}}<table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What is wrong</th>
        <th scope="col" role="columnheader">Since</th><th scope="col" role="columnheader" class="n">Waiting</th>
        <th scope="col" role="columnheader">Whose part</th><th scope="col" role="columnheader">Look at</th></tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row"><th scope="row" role="rowheader" class="word"><span
        class="tag {{tone}}">{{word}}</span> {{summary}}{{#parts}}<span
        class="note fact">{{.}}</span>{{/parts}}</th><td role="cell"
        data-label="Since"><span>{{#since}}{{>time}}{{/since}}, {{#lasting}}{{>time}}{{/lasting}}</span></td><td role="cell"
        data-label="Waiting" class="n">{{#waitingLink}}<a
        href="{{.}}">{{/waitingLink}}{{waiting}}{{#waitingLink}}</a>{{/waitingLink}}</td><td role="cell" data-label="Whose part"><span>{{party}}{{#partyReason}}
        <span class="soft fact">{{.}}</span>{{/partyReason}}</span></td><td
        role="cell" data-label="Look at"><span><a href="{{link}}">{{linkText}}</a> <a class="nowrap"
        href="{{alertLink}}">{{alert}}</a></span></td></tr>
        {{/rows}}</tbody>
        </table>{{/hasRows}}
        {{#more}}<p><a href="/conditions">{{.}}</a></p>{{/more}}
        {{#outlook}}<p>{{.}}</p>{{/outlook}}
        {{#note}}<p class="note">{{.}}</p>{{/note}}
        </section>
        """#

    static let conditions = #"""
        {{<layout}}{{$content}}
        <h1>Conditions</h1>
        {{#now}}{{>now}}
        {{#hasRows}}<section aria-labelledby="actions">
        <h2 id="actions">What to do</h2>
        {{#rows}}<p><b>{{summary}}.</b> {{description}}</p>
        {{/rows}}</section>{{/hasRows}}{{/now}}

        <section aria-labelledby="timeline">
        <h2 id="timeline">The last {{span}}</h2>
        {{>ranges}}
        {{^hasIncidents}}<p class="empty">No condition has raised an alert.</p>{{/hasIncidents}}
        {{#hasIncidents}}
        <table class="stack" role="table">
        <caption>Each bar is an incident, from when it began; an alert fires later</caption>
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Condition</th>
        <th scope="col" role="columnheader" class="lanes"><span class="axis"><span>{{begin}}</span><span>now</span></span></th>
        <th scope="col" role="columnheader" class="n">Incidents</th>
        <th scope="col" role="columnheader" class="n">Lasted</th></tr></thead>
        <tbody role="rowgroup">{{#lanes}}<tr role="row"><th scope="row" role="rowheader" class="word">{{summary}} <span
        class="tag">{{party}}</span></th><td role="cell" data-label="When">{{{bars}}}</td><td role="cell"
        data-label="Incidents" class="n">{{count}}</td><td role="cell" data-label="Lasted"
        class="n">{{#lasted}}{{>time}}{{/lasted}}</td></tr>
        {{/lanes}}</tbody>
        </table>
        {{/hasIncidents}}
        </section>

        {{#hasIncidents}}<section aria-labelledby="incidents">
        <h2 id="incidents">Incidents</h2>
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What was wrong</th>
        <th scope="col" role="columnheader">Since</th><th scope="col" role="columnheader">Alert</th>
        <th scope="col" role="columnheader">Ended</th><th scope="col" role="columnheader" class="n">Lasted</th>
        <th scope="col" role="columnheader">Whose part</th></tr></thead>
        <tbody role="rowgroup">{{#incidents}}<tr role="row"><th scope="row" role="rowheader" class="word"><span
        class="tag {{tone}}">{{severity}}</span> {{summary}}<br><a
        href="{{alertLink}}">{{alert}}</a>{{#eventsLink}} <a href="{{.}}">what missed it</a>{{/eventsLink}}</th><td role="cell"
        data-label="Since">{{#since}}{{>time}}{{/since}}</td><td role="cell"
        data-label="Alert">{{#fired}}{{>time}}{{/fired}}</td><td role="cell"
        data-label="Ended">{{#ended}}{{>time}}{{/ended}}{{^ended}}<b>holds</b>{{/ended}}</td><td role="cell"
        data-label="Lasted" class="n">{{#lasted}}{{>time}}{{/lasted}}</td><td role="cell"
        data-label="Whose part">{{party}}</td></tr>
        {{/incidents}}</tbody>
        </table>
        {{#more}}<p class="note">{{.}}: <a href="/api/v1/conditions">all of them</a> are in the API.</p>{{/more}}
        </section>{{/hasIncidents}}

        {{#hasNotes}}<section aria-labelledby="notes">
        <h2 id="notes">Notes</h2>
        <p class="note">What people noted of the last {{span}}, and what is planned. No number leaves it out; reports
        tell compliance with and without it.</p>
        <div class="noted"><div class="axis"><span>{{begin}}</span><span>now</span></div>{{{noteBars}}}</div>
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What</th>
        <th scope="col" role="columnheader">From</th><th scope="col" role="columnheader">To</th></tr></thead>
        <tbody role="rowgroup">{{#notes}}<tr role="row"><th scope="row" role="rowheader" class="word"><span
        class="tag">{{kind}}</span> {{words}}</th><td role="cell"
        data-label="From">{{#from}}{{>time}}{{/from}}</td><td role="cell"
        data-label="To">{{#to}}{{>time}}{{/to}}</td></tr>
        {{/notes}}</tbody>
        </table>
        </section>{{/hasNotes}}
        {{/content}}{{/layout}}
        """#
}
