// body, protocol <- net <- session <- voice <- stage <- ui <- app: an arrow may only point to the left.
const layers = ['body', 'protocol', 'net', 'session', 'voice', 'stage', 'ui', 'app'];

const forbidden = layers.slice(0, -1).map((layer, i) => ({
  name: `${layer}-stays-below`,
  comment: `${layer} may not know ${layers.slice(i + 1).join(', ')}`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(${layers.slice(i + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...forbidden,
    {
      name: 'framework-free-core',
      comment: 'Svelte touches ui and app only; the rest runs and is tested without a browser.',
      severity: 'error',
      from: { path: '^src/(body|protocol|net|session|voice|stage)/' },
      to: { path: 'node_modules/svelte' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '\\.test\\.ts$', '\\.worklet\\.ts$'] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.svelte', '.js', '.svelte.ts'] },
  },
};
