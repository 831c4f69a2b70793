// Markdown of a model is hostile text: no HTML passes, no picture is fetched (an address in a reply
// could carry the person's words away), links open elsewhere and tell nothing of this page.

import DOMPurify from 'dompurify';
import MarkdownIt, { type Token } from 'markdown-it';

/** A top-level piece. Pieces that did not change keep their html, so a stream rebuilds only the last. */
export type Block =
  | { kind: 'html'; html: string }
  | { kind: 'code'; language: string; code: string };

const md = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false });
md.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

md.renderer.rules.image = (tokens, i) => {
  const token = tokens[i];
  const source = String(token?.attrGet('src') ?? '');
  const label = token?.content || 'picture';
  return md.validateLink(source) && /^https?:/i.test(source)
    ? `<a href="${md.utils.escapeHtml(source)}">${md.utils.escapeHtml(label)} (picture)</a>`
    : md.utils.escapeHtml(label);
};
md.renderer.rules.table_open = () => '<div class="table" tabindex="0" role="group" aria-label="Table"><table>';
md.renderer.rules.table_close = () => '</table></div>';

const purifier = typeof window === 'undefined' ? undefined : make_purifier(window);

function make_purifier(view: Window & typeof globalThis): typeof DOMPurify {
  const purify = DOMPurify(view);
  purify.addHook('afterSanitizeAttributes', (node) => {
    if (node.tagName !== 'A') return;
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer nofollow');
    node.setAttribute('referrerpolicy', 'no-referrer');
  });
  return purify;
}

const kPolicy = {
  ALLOWED_TAGS: [
    'p', 'br', 'hr', 'strong', 'em', 's', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a', 'h1', 'h2',
    'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'div',
  ],
  ALLOWED_ATTR: ['href', 'title', 'start', 'class', 'align', 'tabindex', 'role', 'aria-label'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
};

export function sanitise(html: string): string {
  if (!purifier) throw new Error('Markdown needs a document to be made safe in.');
  return purifier.sanitize(html, kPolicy);
}

export function render_blocks(source: string): Block[] {
  const env = {};
  const tokens = md.parse(source, env);
  return top_level(tokens).map((group) => {
    const [first] = group;
    if (first && (first.type === 'fence' || first.type === 'code_block')) {
      const language = first.info.trim().split(/\s+/)[0] ?? '';
      return { kind: 'code', language, code: first.content.replace(/\n$/, '') };
    }
    return { kind: 'html', html: safe_html(md.renderer.render(group, md.options, env)) };
  });
}

function top_level(tokens: Token[]): Token[][] {
  const groups: Token[][] = [];
  let group: Token[] = [];
  let depth = 0;
  for (const token of tokens) {
    group.push(token);
    depth += token.nesting;
    if (depth === 0) {
      groups.push(group);
      group = [];
    }
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

const safe = new Map<string, string>();
const kRemembered = 400;

/** The same piece comes with every token of a stream; cleaning it once is enough. */
function safe_html(html: string): string {
  const known = safe.get(html);
  if (known !== undefined) return known;
  const clean = sanitise(html);
  if (safe.size >= kRemembered) {
    const oldest = safe.keys().next().value;
    if (oldest !== undefined) safe.delete(oldest);
  }
  safe.set(html, clean);
  return clean;
}
