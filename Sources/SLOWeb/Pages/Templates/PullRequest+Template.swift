extension Templates {
    static let pullRequest = #"""
        {{<layout}}{{$content}}
        <h1><span class="soft">{{repository}}</span> #{{number}}</h1>
        <p class="lead">{{#state}}<span class="tag">{{.}}</span> {{/state}}<a href="{{link}}">On GitHub</a> <a
        href="{{deliveries}}">Deliveries that name it</a></p>
        <div class="card banner {{bannerTone}}" role="status">
        {{#headlines}}<p>{{.}}</p>{{/headlines}}
        </div>
        {{#heads}}
        <section aria-labelledby="{{id}}">
        <h2 id="{{id}}">{{action}} <a class="mono" href="{{link}}" title="{{sha}}">{{short}}</a>{{#pushed}} <span
        class="soft">{{>time}}</span>{{/pushed}}{{#isLatest}} <span class="tag">latest</span>{{/isLatest}}</h2>
        <div class="card">
        {{#hasChart}}<ul class="key" aria-label="Legend of the timelines">
        <li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="status" width="14" height="10"/></svg>no status
        yet, or not reported</li>
        <li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="queued" width="14" height="10"/></svg>queued</li>
        <li><svg aria-hidden="true" viewBox="0 0 14 10"><rect class="started" width="14"
        height="10"/></svg>running</li>
        <li>{{#from}}from {{>time}}{{/from}} {{#length}}over {{>time}}{{/length}}</li>
        </ul>{{/hasChart}}
        <ol class="runs">
        {{#rows}}<li>
        <div class="head">
        <h3{{#isCode}} class="mono"{{/isCode}}>{{name}}</h3><span class="tag {{tone}}">{{word}}</span><span
        class="tag" title="{{deployment}}">{{deployment}}</span>{{#isUncounted}}<span
        class="tag">not counted</span>{{/isUncounted}}</div>
        {{{chart}}}
        {{#pending}}<p class="mark {{pendingTone}}">{{.}}</p>{{/pending}}
        <dl class="steps">{{#steps}}<div><dt>{{name}}</dt>
        <dd>{{#when}}{{>time}}{{/when}}{{^when}}<span class="soft">{{missing}}</span>{{/when}}{{#after}} <span
        class="soft after">after
        {{>time}}</span>{{/after}}{{#before}} <span class="soft after">{{>time}} before, by another
        clock</span>{{/before}}</dd></div>{{/steps}}{{#took}}<div><dt>Took</dt><dd>{{>time}}</dd></div>{{/took}}</dl>
        {{#evidence}}<p class="note">{{.}}</p>{{/evidence}}
        {{#hasLinks}}<p class="links">{{#links}}<a href="{{url}}">{{name}}</a>{{/links}}</p>{{/hasLinks}}
        </li>
        {{/rows}}
        {{^rows}}<li class="empty">Only the push of this commit is known.</li>{{/rows}}
        </ol>
        </div>
        <p class="pages"><a href="{{deliveries}}">Deliveries about this commit</a></p>
        </section>
        {{/heads}}
        <p class="pages">{{#previous}}<a rel="prev" href="{{.}}">Previous</a>{{/previous}}
        {{#next}}<a rel="next" href="{{.}}">Next</a>{{/next}}</p>
        {{/content}}{{/layout}}
        """#
}
