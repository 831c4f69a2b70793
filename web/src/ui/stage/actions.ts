// Movements by name, as words on a button, and which of them lie at hand.

/** The first that the figure can do are shown. */
const kFirst = ['wave', 'cheer', 'bow', 'dance', 'think', 'laugh', 'clap'];
const kWords: Record<string, string> = { shake_head: 'Shake your head', turn_around: 'Turn around', walk: 'Walk on the spot', listen: 'Listen', cry: 'Cry' };

export function action_words(name: string): string {
  const plain = kWords[name] ?? name.replace(/[_-]+/g, ' ').trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** What the body plays by itself: no wish of anybody. */
export function is_wish(name: string): boolean {
  return !/^(idle|talk|sitting_idle|sit_idle|kneeling_idle|lying_idle|beat)([_-]?\d*)$/.test(name);
}

export function quick(actions: readonly string[], stance: string): string[] {
  const change = stance === 'standing' ? 'sit_down' : 'stand_up';
  return [...kFirst.slice(0, 4), change, ...kFirst.slice(4)].filter((a) => actions.includes(a)).slice(0, 5);
}

const kDoing: Record<string, string> = {
  wave: 'waving', nod: 'nodding', shake_head: 'shaking the head', bow: 'bowing', shrug: 'shrugging', think: 'thinking', point: 'pointing', clap: 'clapping',
  cheer: 'cheering', laugh: 'laughing', cry: 'crying', sit_down: 'sitting down', stand_up: 'standing up', kneel: 'kneeling down', turn_around: 'turning around',
  walk: 'walking', stretch: 'stretching', listen: 'listening', dance: 'dancing', sleep: 'sleeping', wake_up: 'waking up',
};

/** What the figure does just now, after its name. */
export function doing_words(action: string): string {
  return kDoing[action] ?? `doing “${action_words(action)}”`;
}
