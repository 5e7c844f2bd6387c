extension Templates {
    static let delivery = #"""
        {{<layout}}{{$content}}
        <h1>{{heading}}</h1>
        <p class="lead">Received {{#received}}{{>time}}{{/received}}.</p>
        <section aria-labelledby="facts">
        <h2 id="facts">What it is</h2>
        <dl class="facts">{{#items}}<div><dt>{{name}}</dt><dd><span class="{{tone}}">{{text}}</span>{{#note}} <span
        class="soft">{{.}}</span>{{/note}}</dd></div>
        {{/items}}</dl>
        </section>
        <section aria-labelledby="made">
        <h2 id="made">What was made of it</h2>
        {{^hasFacts}}<p class="empty">Nothing.</p>{{/hasFacts}}
        {{#hasFacts}}<table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Observation</th>
        <th scope="col" role="columnheader">About</th><th scope="col" role="columnheader">Commit</th>
        <th scope="col" role="columnheader">Provider’s time</th></tr></thead>
        <tbody role="rowgroup">{{#facts}}<tr role="row"><th scope="row" role="rowheader">{{what}}</th>
        <td role="cell" data-label="About"><span>{{#place}}{{>where}}{{/place}} {{#deployment}}<span class="tag"
        title="{{.}}">{{.}}</span>{{/deployment}}</span></td>
        <td role="cell" data-label="Commit"><span class="mono">{{#sha}}{{.}}{{/sha}}{{^sha}}–{{/sha}}</span></td>
        <td role="cell" data-label="Provider’s time"><span>{{#stated}}{{>time}}{{/stated}}{{^stated}}–{{/stated}}{{#isFromFuture}}
        <span class="mark tone-warn">in the future</span>{{/isFromFuture}}</span></td></tr>
        {{/facts}}</tbody>
        </table>{{/hasFacts}}
        </section>
        <section aria-labelledby="body">
        <h2 id="body">Body</h2>
        {{#bodyAbsence}}<p class="empty">{{.}}</p>{{/bodyAbsence}}
        {{#body}}<p class="note">{{bodyNote}}</p>
        <pre class="code" tabindex="0" role="region" aria-labelledby="body">{{.}}</pre>{{/body}}
        </section>
        {{/content}}{{/layout}}
        """#

    static let unexplained = #"""
        {{<layout}}{{$content}}
        <h1>Unexplained</h1>
        <p class="lead">What the classification rules do not know, and what contradicts what was counted{{#since}}, in
        deliveries since {{>time}}{{/since}}.</p>
        <section aria-labelledby="names">
        <h2 id="names">Unknown names</h2>
        <p class="note">Checks of Packit’s whose name no rule knows. Until their states show what they are about, they
        are no runs. The two lines of YAML belong into a file that rules.files names; what the check is about is a guess.</p>
        {{^hasNames}}<p class="empty">Every name is known.</p>{{/hasNames}}
        {{#hasNames}}<table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Name</th>
        <th scope="col" role="columnheader" class="n">States</th>
        <th scope="col" role="columnheader">Last seen</th><th scope="col" role="columnheader">Example</th>
        <th scope="col" role="columnheader">Rules that would know it</th></tr></thead>
        <tbody role="rowgroup">{{#names}}<tr role="row">
        <th scope="row" role="rowheader" class="mono">{{name}}</th>
        <td role="cell" data-label="States" class="n">{{statuses}}</td>
        <td role="cell" data-label="Last seen"><span class="nowrap">{{#seen}}{{>time}}{{/seen}}</span></td>
        <td role="cell" class="about" data-label="Example"><span>{{#place}}{{>where}}{{/place}} <span class="tag"
        title="{{deployment}}">{{deployment}}</span>{{#links}} <a href="{{url}}">{{name}}</a>{{/links}}</span></td>
        <td role="cell" data-label="Rules">{{#rule}}<pre class="code">{{.}}</pre>{{/rule}}{{^rule}}No rule can: the name
        is too long.{{/rule}}</td></tr>
        {{/names}}</tbody>
        </table>{{/hasNames}}
        {{#hiddenNames}}<p class="note">{{.}}</p>{{/hiddenNames}}
        </section>
        {{#sections}}<section aria-labelledby="{{id}}">
        <h2 id="{{id}}">{{title}}: {{count}}</h2>
        <p class="note">{{meaning}}</p>
        {{#hasRows}}<table class="stack" role="table">
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Where</th>
        <th scope="col" role="columnheader">What</th><th scope="col" role="columnheader">One side</th>
        <th scope="col" role="columnheader">The other</th><th scope="col" role="columnheader">When</th></tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row">
        <th scope="row" role="rowheader">{{#place}}{{>where}}{{/place}} {{#deployment}}<span class="tag"
        title="{{.}}">{{.}}</span>{{/deployment}}</th>
        <td role="cell" data-label="What"><span class="mono">{{#name}}{{.}}{{/name}}{{^name}}–{{/name}}</span></td>
        <td role="cell" data-label="One side">{{stated}}</td><td role="cell" data-label="The other">{{instead}}</td>
        <td role="cell" data-label="When"><span>{{#at}}{{>time}}{{/at}}{{#delivery}} <a
        href="{{.}}">Delivery</a>{{/delivery}}</span></td></tr>
        {{/rows}}</tbody>
        </table>{{/hasRows}}
        {{#more}}<p class="note">{{.}}</p>{{/more}}
        </section>
        {{/sections}}
        {{/content}}{{/layout}}
        """#
}
