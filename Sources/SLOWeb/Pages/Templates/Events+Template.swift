extension Templates {
    static let events = #"""
        {{<layout}}{{$content}}
        <h1>{{heading}}</h1>
        <p class="lead">{{lead}}</p>
        {{>filter}}
        <section aria-label="What was found">
        {{^hasRows}}<p class="empty">{{emptyText}}</p>{{/hasRows}}
        {{#hasRows}}{{>eventRows}}{{/hasRows}}
        {{#note}}<p class="note">{{.}}</p>{{/note}}
        <p class="pages">{{#first}}<a href="{{.}}">First page</a>{{/first}}{{#next}}<a rel="next"
        href="{{.}}">Next page</a>{{/next}}<a href="{{json}}">As JSON</a><a href="{{csv}}">As CSV</a></p>
        </section>
        {{/content}}{{/layout}}
        """#

    static let repository = #"""
        {{<layout}}{{$content}}
        <h1>{{repository}}</h1>
        <p class="lead"><a href="{{link}}">On GitHub</a></p>
        <section aria-labelledby="objectives">
        <h2 id="objectives">Objectives</h2>
        {{^hasObjectives}}<p class="empty">No change and no run of this repository was judged within the window.</p>
        {{/hasObjectives}}
        {{#hasObjectives}}<table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Objective</th>
        <th scope="col" role="columnheader">Target of all repositories</th>
        <th scope="col" role="columnheader" class="n">Missed</th>
        <th scope="col" role="columnheader" class="n">Good</th>
        <th scope="col" role="columnheader" class="n">Compliance</th></tr></thead>
        <tbody role="rowgroup">{{#objectives}}<tr role="row"><th scope="row" role="rowheader"><a
        href="{{link}}">{{title}}</a> <span class="tag" title="{{deployment}}">{{deployment}}</span></th><td role="cell"
        data-label="Target">{{promise}}</td><td role="cell" data-label="Missed" class="n"><a
        href="{{missedLink}}">{{bad}}</a></td><td role="cell" data-label="Good" class="n"><a
        href="{{goodLink}}">{{good}}</a></td><td role="cell" data-label="Compliance" class="n"><span
        class="{{tone}}">{{compliance}}</span></td></tr>
        {{/objectives}}</tbody>
        </table>{{/hasObjectives}}
        </section>
        <section aria-labelledby="waiting">
        <h2 id="waiting">Waiting now</h2>
        {{^hasWaiting}}<p class="empty">Every change has its status, and every run has ended.</p>{{/hasWaiting}}
        {{#hasWaiting}}<table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What</th>
        <th scope="col" role="columnheader">Where</th><th scope="col" role="columnheader">State</th>
        <th scope="col" role="columnheader" class="n">Waiting for</th></tr></thead>
        <tbody role="rowgroup">{{#waiting}}<tr role="row">
        <th scope="row" role="rowheader">{{what}}{{#name}}<br><span class="mono soft">{{.}}</span>{{/name}}</th><td
        role="cell" data-label="Where">{{#place}}<span>{{>where}} <span class="tag"
        title="{{deployment}}">{{deployment}}</span></span>{{/place}}</td><td role="cell"
        data-label="State">{{hop}}</td><td role="cell" data-label="Waiting for" class="n">{{#waited}}<span
        class="mark {{tone}}">{{>time}}</span>{{/waited}}</td></tr>
        {{/waiting}}</tbody>
        </table>{{/hasWaiting}}
        {{#allWaiting}}<p class="pages"><a href="{{.}}">Everything waiting</a></p>{{/allWaiting}}
        </section>
        <section aria-labelledby="missed">
        <h2 id="missed">Latest missed</h2>
        {{^hasRows}}<p class="empty">Nothing of this repository missed an objective.</p>{{/hasRows}}
        {{#hasRows}}{{>eventRows}}{{/hasRows}}
        <p class="pages"><a href="{{allEvents}}">All events of this repository</a> <a
        href="{{deliveries}}">Deliveries that name it</a></p>
        </section>
        {{/content}}{{/layout}}
        """#

    static let search = #"""
        {{<layout}}{{$content}}
        <h1>Search</h1>
        <p class="lead">{{#hasRows}}Found for “{{term}}”.{{/hasRows}}{{^hasRows}}Nothing is known of “{{term}}”.{{/hasRows}}</p>
        {{^hasRows}}<p class="lead">The search takes owner/name, name, owner/name#12, the number of a pull request, at least five
        digits of a commit, the id of a Copr build, of a Testing Farm request or of a delivery, and “delivery 41” with a
        delivery’s number. It finds nothing of private repositories. The ids of deliveries are kept for journal.keep_identities.</p>{{/hasRows}}
        {{#hasRows}}<section aria-label="What was found">
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What</th>
        <th scope="col" role="columnheader">Where</th><th scope="col" role="columnheader">Which</th>
        <th scope="col" role="columnheader">When</th></tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row"><th scope="row" role="rowheader">{{what}}</th><td role="cell"
        data-label="Where"><span>{{>where}}</span></td><td role="cell" data-label="Which">{{note}}</td><td role="cell"
        data-label="When">{{#at}}<span>{{>time}}</span>{{/at}}</td></tr>
        {{/rows}}</tbody>
        </table></section>{{/hasRows}}
        {{/content}}{{/layout}}
        """#

    /// The form that filters a list.
    static let filter = #"""
        <form class="filter" method="get">
        {{#fields}}<label>{{title}}
        {{#isChoice}}<select name="{{name}}">{{#choices}}{{>option}}{{/choices}}</select>{{/isChoice}}{{^isChoice}}<input
        name="{{name}}" value="{{value}}" {{#isTime}}type="datetime-local" step="1"{{/isTime}}{{^isTime}}maxlength="255"
        placeholder="{{placeholder}}"{{/isTime}}>{{/isChoice}}</label>
        {{/fields}}<button>Show</button>
        </form>
        """#

    static let eventRows = #"""
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What</th>
        <th scope="col" role="columnheader">Where</th><th scope="col"
        role="columnheader">{{verdictTitle}}</th>
        <th scope="col" role="columnheader">Why</th><th scope="col" role="columnheader">Began</th>
        <th scope="col" role="columnheader" class="n">Took</th>
        <th scope="col" role="columnheader">{{timeTitle}}</th></tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row">
        <th scope="row" role="rowheader">{{what}}{{#name}}<br><span class="mono soft">{{.}}</span>{{/name}}</th><td
        role="cell" data-label="Where">{{#place}}<span>{{>where}} <span class="tag"
        title="{{deployment}}">{{deployment}}</span></span>{{/place}}</td><td
        role="cell" data-label="{{verdictTitle}}"><span><span class="mark nowrap {{tone}}">{{verdict}}</span>{{#objective}}<br><a
        href="{{link}}">{{title}}</a>{{/objective}}</span></td><td
        role="cell" data-label="Why"><span>{{why}}{{#links}} <a href="{{url}}">{{name}}</a>{{/links}}</span></td><td
        role="cell" data-label="Began">{{#since}}<span>{{>time}}</span>{{/since}}{{^since}}–{{/since}}</td><td role="cell"
        data-label="Took" class="n">{{#took}}{{>time}}{{/took}}{{^took}}–{{/took}}</td><td role="cell"
        data-label="{{timeTitle}}"><span>{{#judged}}{{>time}}{{/judged}}</span></td></tr>
        {{/rows}}</tbody>
        </table>
        """#
}
