import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { html } from './html.ts';

describe('html', () => {
  it('escapes every value for text and attributes', () => {
    const evil = `"><script>alert('x')</script>&`;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;';
    assert.equal(html`<p title="${evil}">${evil}</p>`.toString(), `<p title="${escaped}">${escaped}</p>`);
  });

  it('nests without escaping twice, joins lists, prints nothing for what is absent', () => {
    const items = ['<a>', '<b>'].map(text => html`<li>${text}</li>`);
    assert.equal(
      html`<ul>${items}</ul>${undefined}${false}${0}`.toString(),
      '<ul><li>&lt;a&gt;</li><li>&lt;b&gt;</li></ul>0',
    );
  });

  it('lets no value out of its place', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const inner = html`<p title="${text}">${text}</p>`.toString().slice('<p title="'.length, -'</p>'.length);
        assert.ok(!/[<>']/.test(inner.replace('">', '')));
      }),
    );
  });
});
