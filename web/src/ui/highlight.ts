// Colours for code, fetched when the first code block of a language is shown. The highlighter escapes
// the text itself and adds nothing but spans (markdown.test.ts holds it to that).

import type { HLJSApi, LanguageFn } from 'highlight.js';

type Loader = () => Promise<{ default: LanguageFn }>;

const kLanguages: Record<string, Loader> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  go: () => import('highlight.js/lib/languages/go'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  python: () => import('highlight.js/lib/languages/python'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

const kAliases: Record<string, string> = {
  sh: 'bash', shell: 'bash', zsh: 'bash', console: 'bash', 'c++': 'cpp', cc: 'cpp', h: 'c', hpp: 'cpp',
  js: 'javascript', jsx: 'javascript', mjs: 'javascript', ts: 'typescript', tsx: 'typescript', py: 'python',
  html: 'xml', svg: 'xml', svelte: 'xml', yml: 'yaml', rs: 'rust', golang: 'go', patch: 'diff',
};

let core: Promise<HLJSApi> | undefined;

export function known_language(name: string): string | undefined {
  const lower = name.toLowerCase();
  const canonical = Object.hasOwn(kAliases, lower) ? kAliases[lower] : lower;
  return canonical !== undefined && Object.hasOwn(kLanguages, canonical) ? canonical : undefined;
}

/** Coloured html, or undefined when the language is not known or could not be fetched. */
export async function highlight(code: string, name: string): Promise<string | undefined> {
  const language = known_language(name);
  const load = language === undefined ? undefined : kLanguages[language];
  if (language === undefined || !load || code.length > kLongest) return undefined;
  try {
    core ??= import('highlight.js/lib/core').then((m) => m.default);
    const [hljs, grammar] = await Promise.all([core, load()]);
    if (!hljs.getLanguage(language)) hljs.registerLanguage(language, grammar.default);
    return hljs.highlight(code, { language, ignoreIllegals: true }).value;
  } catch {
    return undefined; // plain text is readable too
  }
}

const kLongest = 60_000;
