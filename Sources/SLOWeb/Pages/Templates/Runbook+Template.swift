extension Templates {
    /// A piece of a text of the runbook.
    static let span = #"""
        {{#isPlain}}{{text}}{{/isPlain}}{{#isCode}}<code>{{text}}</code>{{/isCode}}{{#isStrong}}<strong>{{text}}</strong>{{/isStrong}}{{#isEmphasis}}<em>{{text}}</em>{{/isEmphasis}}
        """#

    static let runbook = #"""
        {{<layout}}{{$content}}
        {{#sections}}<section id="{{id}}">
        {{#isTitle}}<h1>{{title}}</h1>{{/isTitle}}{{#isChapter}}<h2>{{title}}</h2>{{/isChapter}}{{#isAlert}}<h3>{{title}}</h3>{{/isAlert}}
        {{#blocks}}{{^isTable}}<p>{{#spans}}{{>span}}{{/spans}}</p>
        {{/isTable}}{{#isTable}}<table class="stack" role="table">
        <thead role="rowgroup"><tr role="row">{{#columns}}<th scope="col"
        role="columnheader">{{#spans}}{{>span}}{{/spans}}</th>{{/columns}}</tr></thead>
        <tbody role="rowgroup">{{#rows}}<tr role="row">{{#cells}}<td role="cell"
        data-label="{{label}}"><span>{{#spans}}{{>span}}{{/spans}}</span></td>{{/cells}}</tr>
        {{/rows}}</tbody>
        </table>
        {{/isTable}}{{/blocks}}</section>
        {{/sections}}
        {{/content}}{{/layout}}
        """#
}
