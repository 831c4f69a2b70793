// The state behind the fake server: conversations, models, files and settings. A dev tool only.

let counter = 0;
export const new_id = (kind) => `${kind}-${Date.now().toString(36)}-${(counter += 1)}`;

export function make_world(options = {}) {
  const now = Date.now();
  const world = {
    epoch: new_id('epoch'),
    seq: 0,
    auth_key: options.auth_key ?? '',
    speed: options.speed ?? 1,
    sessions: new Map(),
    messages: new Map(),
    keys: new Map(),
    log: [],
    subsystems: [
      { name: 'storage', health: 'up', detail: 'SQLite, 1.2 MB', hint: '' },
      { name: 'engine', health: options.loading ? 'loading' : 'up',
        detail: options.loading ? 'loading the starter model, 40 %' : 'loci-engine is running', hint: '' },
      { name: 'chat model', health: 'up', detail: 'Starter 0.6B', hint: '' },
      { name: 'embeddings', health: 'degraded', detail: 'no model for the search by meaning',
        hint: 'Install one on the Models page.' },
      { name: 'voice', health: 'off', detail: 'not set up', hint: 'Voices come with a later update.' },
    ],
    models: models(),
    offers: [{
      id: 'ollama/qwen3:8b', name: 'qwen3:8b', role: 'chat', provider: 'ollama', place: 'here',
      state: 'ready', active: false, size_bytes: 5_200_000_000, note: 'Already served by Ollama on this machine.',
      ...(options.neighbour ? { recommended: true } : {}),
    }],
    files: [
      { name: 'SOUL.md', description: 'Who the companion is: character, tone, limits.',
        content: '# Nook\n\nYou are Nook, the spirit of this house. You are warm, curious and brief.\n' },
      { name: 'IDENTITY.md', description: 'Name, looks and voice.', content: 'Name: Nook\nLooks: orange hood, teal lantern\n' },
      { name: 'USER.md', description: 'What the companion knows about you.', content: 'Name: Ada\n' },
      { name: 'TOOLS.md', description: 'How tools are to be used.', content: '' },
    ],
    config: config(),
    origins: { 'server.port': 'default', 'server.listen': 'default', 'chat.model': 'file', 'log.level': 'environment' },
    restart_needed: [],
    welcome: {
      greeting: "Hello, I'm Nook. I live on this machine, and what you tell me stays here.",
      ask_name: options.ask_name ?? true,
      suggestions: ['What can you do?', 'Help me plan my evening', 'Tell me a story about this house'],
      person_name: '',
    },
  };
  if (options.history !== false) seed(world, now);
  return world;
}

function models() {
  return [
    { id: 'starter', name: 'Starter 0.6B', role: 'chat', provider: 'embedded', place: 'here', state: 'loaded',
      active: true, size_bytes: 484_000_000, memory_bytes: 790_000_000, licence: 'Apache-2.0',
      note: 'Small and quick; may be wrong about facts.', tokens_per_s: 38.4 },
    { id: 'qwen3-4b', name: 'Qwen3 4B', role: 'chat', provider: 'embedded', place: 'here', state: 'absent',
      active: false, size_bytes: 2_500_000_000, memory_bytes: 3_600_000_000, licence: 'Apache-2.0',
      note: 'A good all-rounder for 8 GB of memory.' },
    { id: 'qwen3-8b', name: 'Qwen3 8B', role: 'chat', provider: 'embedded', place: 'here', state: 'failed',
      active: false, size_bytes: 5_000_000_000, memory_bytes: 6_900_000_000, licence: 'Apache-2.0', done_bytes: 1_200_000_000,
      error: { code: 'storage', message: 'The disk was full after 1.2 GB.', hint: 'Free 4 GB and try again; the download goes on where it stopped.' } },
    { id: 'minilm', name: 'MiniLM embeddings', role: 'embedding', provider: 'embedded', place: 'here', state: 'ready',
      active: false, size_bytes: 46_000_000, licence: 'Apache-2.0' },
    { id: 'claude', name: 'Claude', role: 'chat', provider: 'anthropic', place: 'cloud', state: 'ready', active: false,
      note: 'Your words leave this machine.' },
  ];
}

function config() {
  return {
    values: {
      server: { listen: '127.0.0.1', port: 5624, public_url: '' },
      chat: { model: 'starter', temperature: 0.7, stream_reasoning: true, queue: 'queue', stop_words: ['bye'] },
      log: { level: 'info', file: '' },
      cloud: { api_key: '', allowed: false, providers: { work: { base_url: 'http://10.0.0.5:8000/v1', model: 'qwen' } } },
    },
    schema: {
      type: 'object',
      properties: {
        server: { type: 'object', title: 'Server', description: 'Where Loci listens.', properties: {
          listen: { type: 'string', 'x-applies': 'after_restart', description: 'Address to listen on. Only this machine by default.', default: '127.0.0.1' },
          port: { type: 'integer', minimum: 1, maximum: 65535, description: 'Port of the page and every interface.', default: 5624 },
          public_url: { type: 'string', description: 'Address under which others reach it.', default: '' } } },
        chat: { type: 'object', title: 'Conversation', description: 'How Nook answers.', properties: {
          model: { type: 'string', description: 'Model that answers.', default: 'starter' },
          temperature: { type: 'number', minimum: 0, maximum: 2, description: 'Higher is more playful.', default: 0.7 },
          stream_reasoning: { type: 'boolean', description: 'Show what the model thinks before it answers.', default: true },
          queue: { type: 'string', enum: ['queue', 'steer', 'collect'], description: 'What a message does while a reply is being made.', default: 'queue' },
          stop_words: { type: 'array', items: { type: 'string' }, description: 'Words that end a reply.', default: [] } } },
        log: { type: 'object', title: 'Log', properties: {
          level: { type: 'string', enum: ['trace', 'debug', 'info', 'warn', 'error'], default: 'info' },
          file: { type: 'string', description: 'Empty: standard error.', default: '' } } },
        cloud: { type: 'object', title: 'Cloud', description: 'Off unless you say so.', properties: {
          allowed: { type: 'boolean', description: 'May a reply be computed elsewhere?', default: false },
          providers: { type: 'object', additionalProperties: { type: 'object', properties: {
            base_url: { type: ['string', 'null'], description: 'Address of the provider.', default: null },
            model: { type: 'string', description: 'Model to ask for.', default: '' } } } },
          api_key: { type: 'string', 'x-secret': true, description: 'Key of the provider.', default: '' } } },
      },
    },
  };
}

function seed(world, now) {
  const make = (title, hours, texts) => {
    const session = { id: new_id('s'), title, created_at: now - hours * 3_600_000, updated_at: now - hours * 3_600_000,
      message_count: texts.length, preview: (texts.at(-1) ?? '').slice(0, 80), running: false };
    world.sessions.set(session.id, session);
    world.messages.set(session.id, texts.map((content, i) => ({
      id: new_id('m'), session_id: session.id, role: i % 2 ? 'assistant' : 'user', content, status: 'complete',
      created_at: session.updated_at - (texts.length - i) * 60_000,
      ...(i % 2 ? { detail: detail() } : {}),
    })));
    return session;
  };
  make('A week of simple dinners', 3, ['Can you plan five simple dinners?', 'Of course. Here is a calm week:\n\n| Day | Dinner |\n|---|---|\n| Mon | Lentil soup with lemon |\n| Tue | Pasta with greens |\n| Wed | Baked potatoes, herb curd |\n| Thu | Fried rice |\n| Fri | Flatbread night |\n\nShall I write the shopping list?']);
  make('Fixing the garden gate', 26, ['The gate does not close any more.', 'Look at the **upper hinge** first: when it sags, the latch sits too low.']);
  make('Python: reading a big file', 50, ['How do I read a big file line by line?', 'Iterate over the file object:\n\n```python\nfrom pathlib import Path\n\ndef long_lines(path: Path, limit: int = 80) -> list[str]:\n    """Lines that are longer than the limit."""\n    with path.open() as file:\n        return [line for line in file if len(line) > limit]\n```\n\nThe file is never in memory as a whole.']);
  make('Birthday ideas for Mira', 98, ['Ideas for a present?', 'A pressed-flower kit, or an evening under the stars.']);
  make('The story of the old clock', 190, ['Tell me a story.', 'In a house at the end of the lane there was a clock that only struck when nobody listened.']);
}

export function detail(extra = {}) {
  return {
    source: 'model', place: 'here', provider: 'embedded', model: 'Starter 0.6B', first_token_ms: 412, total_ms: 3180,
    tokens_per_s: 38.4, prompt_tokens: 1240, cached_tokens: 1106, completion_tokens: 107,
    prompt_parts: [{ name: 'persona', tokens: 620 }, { name: 'facts', tokens: 90 }, { name: 'history', tokens: 410 },
      { name: 'volatile', tokens: 70 }, { name: 'message', tokens: 50 }],
    stages: [{ name: 'prompt', ms: 3 }, { name: 'prefill', ms: 402 }, { name: 'generate', ms: 2768 }, { name: 'store', ms: 2 }],
    badge: 'starter model', finish: 'stop', ...extra,
  };
}
