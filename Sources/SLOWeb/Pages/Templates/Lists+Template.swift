extension Templates {
    static let waiting = #"""
        {{<layout}}{{$content}}
        <h1>Waiting and overdue</h1>
        <p class="lead">{{lead}}</p>
        {{>filter}}
        {{#hasGroups}}<section aria-labelledby="groups">
        <h2 id="groups">{{grouping}}</h2>
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">{{groupTitle}}</th>
        <th scope="col" role="columnheader" class="n">Now</th><th scope="col" role="columnheader"
        class="n">Overdue</th><th scope="col" role="columnheader" class="n">Longest</th>
        <th scope="col" role="columnheader" class="n">Next deadline in</th></tr></thead>
        <tbody role="rowgroup">{{#groups}}<tr role="row"><th scope="row" role="rowheader">{{#link}}<a
        href="{{.}}">{{/link}}{{name}}{{#link}}</a>{{/link}}</th>
        <td role="cell" class="n" data-label="Now">{{count}}</td>
        <td role="cell" class="n" data-label="Overdue"><span class="{{tone}}">{{overdue}}</span></td>
        <td role="cell" class="n" data-label="Longest">{{#longest}}{{>time}}{{/longest}}</td>
        <td role="cell" class="n" data-label="Next deadline in">{{#left}}{{>time}}{{/left}}{{^left}}–{{/left}}</td></tr>
        {{/groups}}</tbody>
        </table>
        {{#moreGroups}}<p class="note">{{.}}</p>{{/moreGroups}}
        </section>{{/hasGroups}}
        <section aria-labelledby="found">
        <h2 id="found">{{found}}</h2>
        {{#emptyText}}<p class="empty">{{.}}</p>{{/emptyText}}
        {{#showRows}}<p class="pages"><a href="{{.}}">Show each</a></p>{{/showRows}}
        {{#hasRows}}
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What</th>
        <th scope="col" role="columnheader">Where</th><th scope="col" role="columnheader">State</th>
        <th scope="col" role="columnheader">Since</th>
        <th scope="col" role="columnheader" class="n">Waiting for</th></tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row">
        <th scope="row" role="rowheader">{{what}} {{#isUncounted}}<span class="tag">not
        counted</span>{{/isUncounted}}{{#name}}<br><span class="mono soft">{{.}}</span>{{/name}}</th><td role="cell"
        data-label="Where">{{#place}}<span>{{>where}} <span class="tag"
        title="{{deployment}}">{{deployment}}</span></span>{{/place}}</td><td
        role="cell" data-label="State">{{hop}}</td><td role="cell"
        data-label="Since"><span>{{#since}}{{>time}}{{/since}}</span></td><td role="cell" data-label="Waiting for"
        class="n">{{#waited}}<span class="mark {{tone}}">{{>time}}</span>{{/waited}}</td></tr>
        {{/rows}}</tbody>
        </table>
        {{/hasRows}}
        <p class="pages">{{#previous}}<a rel="prev" href="{{.}}">Previous</a>{{/previous}}{{#position}}<span
        class="soft">{{.}}</span>{{/position}}{{#next}}<a rel="next" href="{{.}}">Next</a>{{/next}}</p>
        </section>
        {{/content}}{{/layout}}
        """#

    static let deliveries = #"""
        {{<layout}}{{$content}}
        <h1>Deliveries</h1>
        <p class="lead">Accepted and refused deliveries of each source, counted since the database was created.</p>
        <div class="pair">
        {{#sources}}
        <section aria-labelledby="{{id}}">
        <h2 id="{{id}}">{{name}}</h2>
        <p class="note">{{#last}}Last delivery {{>time}}. {{/last}}{{^last}}{{absence}} {{/last}}{{lag}}</p>
        {{#hasResults}}<table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Result</th>
        <th scope="col" role="columnheader">Meaning</th>
        <th scope="col" role="columnheader" class="n">Count</th></tr></thead>
        <tbody role="rowgroup">{{#results}}<tr role="row">
        <th scope="row" role="rowheader" class="word {{tone}}">{{name}}</th>
        <td role="cell" data-label="Meaning"><span>{{meaning}}</span></td>
        <td role="cell" data-label="Count" class="n">{{count}}</td></tr>
        {{/results}}</tbody>
        </table>{{/hasResults}}
        </section>
        {{/sources}}
        </div>
        <section aria-labelledby="journal">
        <h2 id="journal">Journal</h2>
        <p class="note">All stored deliveries, the latest first. A refused or repeated delivery leaves only a count.
        Everything else about a delivery is on its page.</p>
        {{>filter}}
        {{^hasRows}}<p class="empty">{{emptyText}}</p>{{/hasRows}}
        {{#hasRows}}<table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Received</th>
        <th scope="col" role="columnheader">Source</th><th scope="col" role="columnheader">Event</th>
        <th scope="col" role="columnheader">About</th><th scope="col" role="columnheader">What was made of it</th>
        <th scope="col" role="columnheader">Result</th>
        <th scope="col" role="columnheader" class="n">Size</th></tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row"><th scope="row" role="rowheader"><a class="nowrap"
        href="{{page}}">{{#at}}{{>time}}{{/at}}</a></th>
        <td role="cell" data-label="Source"><span class="nowrap">{{source}}</span></td>
        <td role="cell" data-label="Event"><span class="mono word">{{event}}</span></td>
        <td role="cell" class="about" data-label="About"><span>{{#place}}{{>where}}{{/place}}{{^place}}–{{/place}}</span></td>
        <td role="cell" data-label="Made of it"><span>{{#facts}}<span class="fact">{{.}}</span>
        {{/facts}}{{^facts}}–{{/facts}}</span></td>
        <td role="cell" data-label="Result"><span class="nowrap {{tone}}">{{result}}</span></td>
        <td role="cell" data-label="Size" class="n">{{size}}</td></tr>
        {{/rows}}</tbody>
        </table>{{/hasRows}}
        <p class="pages">{{#first}}<a href="{{.}}">Latest</a>{{/first}}{{#next}}<a rel="next"
        href="{{.}}">Earlier</a>{{/next}}<a href="/unexplained">Unknown names and contradictions</a></p>
        </section>
        {{#hasBlind}}<section aria-labelledby="blind">
        <h2 id="blind">Blind intervals</h2>
        <table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Began</th>
        <th scope="col" role="columnheader">Lasted</th><th scope="col" role="columnheader">Cause</th>
        <th scope="col" role="columnheader">Caught up</th></tr></thead>
        <tbody role="rowgroup">{{#blind}}<tr role="row">
        <th scope="row" role="rowheader">{{#from}}{{>time}}{{/from}}</th>
        <td role="cell" data-label="Lasted"><span>{{#span}}{{>time}}{{/span}}</span></td>
        <td role="cell" data-label="Cause">{{reason}}</td>
        <td role="cell"
        data-label="Caught up"><span>{{#caughtUp}}{{>time}}{{/caughtUp}}{{^caughtUp}}no{{/caughtUp}}</span></td></tr>
        {{/blind}}</tbody>
        </table>
        </section>{{/hasBlind}}
        {{/content}}{{/layout}}
        """#
}
